/** `demo [--size town|city] [--seed N]`: the hub with simulated departments, a first import, and a link to click. `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { departments } from '../../connectors/index.ts'
import { systemActor } from '../access/actor.ts'
import { issueToken, revokeTokensNamed } from '../access/tokens.ts'
import { databaseBeside } from '../db/beside.ts'
import { type Hub, hubOn, openHub } from '../hub.ts'
import { now } from '../kernel/clock.ts'
import type { Config } from '../kernel/config.ts'
import { HubError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { Secret } from '../kernel/secret.ts'
import { createShutdown, stopOnSignals } from '../kernel/shutdown.ts'
import { importAll } from './import.ts'
import type { Output } from './output.ts'
import { printReports } from './report.ts'
import { serve } from './serve.ts'

interface Simulated {
  readonly port: number
  readonly truthPort: number
  readonly drop: string
  /** Departments that answer over HTTP, under `/<department>`. */
  readonly interfaces: readonly string[]
  /** Departments that deliver into the front-end database. */
  readonly exchanges: readonly string[]
}

const startDepartments = (options: {
  size: string
  seed: string
  drop: string
  secrets: Readonly<Record<string, string>>
  exchange: Secret | null
}): Promise<{ child: ChildProcess; simulated: Simulated }> =>
  new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, '../../simulator/main.ts')
    const child = spawn(
      process.execPath,
      [
        script,
        '--size',
        options.size,
        '--seed',
        options.seed,
        '--drop',
        options.drop,
        '--port',
        '0',
        '--truth-port',
        '0',
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          SIMULATOR_SECRETS: JSON.stringify(options.secrets),
          ...(options.exchange ? { SIMULATOR_EXCHANGE_URL: options.exchange.reveal() } : {}),
        },
      },
    )
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(
        new HubError({
          code: 'demo.departments_stopped',
          publicMessage: { zh: '模拟部门未能启动', en: 'the simulated departments did not start' },
          context: { code },
        }),
      ),
    )
    createInterface({ input: child.stdout! }).once('line', (line) =>
      resolve({ child, simulated: JSON.parse(line) as Simulated }),
    )
  })

/**
 * Every department of the register: over its interface where the simulation has one, from the front-end database, and from the drop those that
 * leave files.
 */
const withDepartments = (
  config: Config,
  s: Simulated,
  secrets: Readonly<Record<string, string>>,
  exchange: Secret | null,
): Config => ({
  ...config,
  sources: Object.fromEntries(
    departments.map(({ id }) => [
      id,
      {
        enabled: true,
        folder: s.drop,
        ...(exchange && s.exchanges.includes(id) ? { database: exchange } : {}),
        ...(s.interfaces.includes(id)
          ? {
              baseUrl: `http://127.0.0.1:${s.port}/${id}`,
              clientId: 'jingwei-hub',
              secret: new Secret(secrets[id] ?? ''),
            }
          : {}),
      },
    ]),
  ),
})

/** The hub with what the simulated departments have to give; feeds that have no way to come are left out. */
const onDepartments = (hub: Hub, config: Config, leftOut: readonly string[]): Hub => {
  const all = hubOn(config, hub.db, hub.keyring)
  return { ...all, config, feedList: all.feedList.filter(({ department }) => !leftOut.includes(department)) }
}

/** A demo's tokens live as long as the demo: those of earlier starts end when the next one begins. */
const endOldTokens = (hub: Hub) => revokeTokensNamed(hub.db, 'demo ', systemActor)

const demoToken = (hub: Hub, role: 'officer' | 'steward' | 'operator') =>
  issueToken(
    hub.db,
    {
      name: `demo ${role}`,
      role,
      scopePrefix: hub.config.region.code.slice(0, 4),
      expiresAt: new Date(now().getTime() + 30 * 86_400_000),
    },
    systemActor,
  )

export const demoCommand = async (config: Config, args: readonly string[], out: Output): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { size: { type: 'string', default: 'town' }, seed: { type: 'string', default: '1' } },
  })
  const shutdown = createShutdown()
  stopOnSignals(shutdown)
  const secrets = Object.fromEntries(departments.map(({ id }) => [id, newSecret('sim')]))
  out.line('经纬 Jingwei 演示：模拟部门启动中… starting the simulated departments')
  // The database comes first: some departments deliver into one that stands beside it.
  const opened = await openHub({ ...config, sources: {} })
  shutdown.onStop('database', () => opened.close())
  const exchange = await databaseBeside(opened.db, 'exchange', config.database.url)
  const { child, simulated } = await startDepartments({
    size: values.size,
    seed: values.seed,
    drop: join(config.dataFolder, 'drop'),
    secrets,
    exchange,
  })
  shutdown.onStop('departments', () => void child.kill('SIGTERM'))
  const leftOut = exchange ? [] : simulated.exchanges
  if (leftOut.length > 0)
    out.line(
      `  数据库登录无权建库，演示不含前置库供数单位 this login may not create databases; left out: ${leftOut.join(', ')}`,
    )
  const hub = onDepartments(opened, withDepartments(config, simulated, secrets, exchange), leftOut)
  out.line('导入中… importing')
  const reports = await importAll(hub, 'all', { actor: 'demo', signal: shutdown.signal })
  if (shutdown.signal.aborted) return
  printReports(out, reports)
  const served = await serve(hub, shutdown, { isDemo: true })
  await endOldTokens(hub)
  const officer = await demoToken(hub, 'officer')
  const steward = await demoToken(hub, 'steward')
  const operator = await demoToken(hub, 'operator')
  out.line()
  out.line(`经纬已就绪 ready: ${served.url}`)
  out.line('  登录（每个链接可用一次）log in, each link once:')
  out.line(`    税务人员 officer   项目 projects       ${served.url}${served.loginPath(officer.id)}`)
  out.line(`    数据管理员 steward 待核实关联 links    ${served.url}${served.loginPath(steward.id)}`)
  out.line(`    调度 operator      导入与对账 imports  ${served.url}${served.loginPath(operator.id)}`)
  out.line(`  查询接口 query:    curl -H 'Authorization: Bearer ${officer.token}' ${served.url}/v1/projects`)
  out.line(`  运行情况 imports:  curl -H 'Authorization: Bearer ${operator.token}' ${served.url}/v1/imports`)
  out.line(`  模拟部门的真值与时钟 truth and clock: http://127.0.0.1:${simulated.truthPort}  (POST /advance?days=1)`)
  out.line('  演示数据，全部虚构 all data is invented. Ctrl-C 停止 stops.')
  log.info({ url: served.url }, 'the demo is ready')
}
