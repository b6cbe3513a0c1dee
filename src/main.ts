/** The only file that joins all parts: reads the configuration, picks the command, sets the exit code. */
import { createOutput, type Output, tellError } from './cli/output.ts'
import type { Hub } from './hub.ts'
import { type Config, loadConfig } from './kernel/config.ts'
import { HubError } from './kernel/errors.ts'
import { setLogLevel } from './kernel/log.ts'
import { nearest } from './kernel/nearest.ts'

type HubCommand = (hub: Hub, args: readonly string[], out: Output) => Promise<number>

/** Commands that need the hub's database; each is loaded when it is asked for. */
const hubCommands: Readonly<Record<string, () => Promise<HubCommand>>> = {
  import: async () => (await import('./cli/import.ts')).importCommand,
  schedules: async () => (await import('./cli/schedules.ts')).schedulesCommand,
  load: async () => (await import('./cli/load.ts')).loadCommand,
  replay: async () => (await import('./cli/replay.ts')).replayCommand,
  rebuild: async () => (await import('./cli/rebuild.ts')).rebuildCommand,
  check: async () => (await import('./cli/check.ts')).checkCommand,
  trace: async () => (await import('./cli/trace.ts')).traceCommand,
  token: async () => (await import('./cli/token.ts')).tokenCommand,
  key: async () => (await import('./cli/key.ts')).keyCommand,
  user: async () => (await import('./cli/user.ts')).userCommand,
  hold: async () => (await import('./cli/hold.ts')).holdCommand,
  quarantine: async () => (await import('./cli/quarantine.ts')).quarantineCommand,
  quality: async () => (await import('./cli/quality.ts')).qualityCommand,
  retention: async () => (await import('./cli/retention.ts')).retentionCommand,
  disk: async () => (await import('./cli/disk.ts')).diskCommand,
  audit: async () => (await import('./cli/audit.ts')).auditCommand,
  migrate: async () => async (_hub, _args, out) => {
    out.result({ migrated: true })
    out.line('数据库已是最新 the database is up to date')
    return 0
  },
}

const otherCommands = ['serve', 'demo', 'link', 'group'] as const

const withHub = async (config: Config, args: readonly string[], out: Output, command: HubCommand): Promise<number> => {
  const { openHub } = await import('./hub.ts')
  const hub = await openHub(config)
  try {
    return await command(hub, args, out)
  } finally {
    await hub.close()
  }
}

const serveForever = async (config: Config): Promise<void> => {
  const [{ openHub }, { serve }, { createShutdown, stopOnSignals }, { log }] = await Promise.all([
    import('./hub.ts'),
    import('./cli/serve.ts'),
    import('./kernel/shutdown.ts'),
    import('./kernel/log.ts'),
  ])
  const shutdown = createShutdown()
  stopOnSignals(shutdown)
  const hub = await openHub(config)
  shutdown.onStop('database', () => hub.close())
  const { url } = await serve(hub, shutdown, { isDemo: false })
  log.info({ url }, 'the hub is ready')
}

const unknown = (name: string): HubError => {
  const names = [...Object.keys(hubCommands), ...otherCommands]
  const meant = nearest(name, names)
  return new HubError({
    code: 'cli.unknown_command',
    publicMessage: {
      zh: `没有命令 ${name || '（空）'}${meant ? `，是否想写 ${meant}？` : ''} 可用：${names.join(' ')}`,
      en: `there is no command ${name || '(empty)'}${meant ? `; did you mean ${meant}?` : ''} Known: ${names.join(' ')}`,
    },
  })
}

/** Exit codes: 0 success, 1 the command's work did not succeed, 2 it was asked for wrongly. Null: it goes on serving. */
const run = async (argv: readonly string[]): Promise<number | null> => {
  const json = argv.includes('--json')
  const [name = '', ...args] = argv.filter((a) => a !== '--json')
  const out = createOutput(json)
  if (name === 'link') return (await import('./link/standalone/command.ts')).linkCommand(args, out)
  if (name === 'group') return (await import('./link/standalone/command.ts')).groupCommand(args, out)
  const load = hubCommands[name]
  if (!load && name !== 'serve' && name !== 'demo') throw unknown(name)
  const config = loadConfig()
  setLogLevel(name === 'serve' ? config.logLevel : config.logLevel === 'info' ? 'warn' : config.logLevel)
  if (name === 'demo') {
    await (await import('./cli/demo.ts')).demoCommand(config, args, out)
    return null
  }
  if (name === 'serve') {
    await serveForever(config)
    return null
  }
  return withHub(config, args, out, await load!())
}

const isUsage = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code
  return (
    typeof code === 'string' &&
    (/^(cli|config)\.|^import\.(unknown_source|bad_range|range_too_long|unordered_range)$/.test(code) ||
      code.startsWith('ERR_PARSE_ARGS'))
  )
}

run(process.argv.slice(2)).then(
  (code) => {
    if (code !== null) process.exitCode = code
  },
  (error: unknown) => {
    tellError(error)
    process.exit(isUsage(error) ? 2 : 1)
  },
)
