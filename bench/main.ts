/** `npm run -s bench -- <name> [--rows N] [--runs R] [--seed S] [--json]`: figures beside the floor of the same run. */
import { parseArgs } from 'node:util'
import { table } from '../src/cli/output.ts'
import { printResult } from '../src/kernel/log.ts'
import { hostOf } from './host.ts'
import { feedLines } from './import/feed-table.ts'
import type { BenchFigure } from './link.ts'

interface Asked {
  readonly rows?: number
  readonly runs?: number
  readonly seed?: number
  readonly profile?: string
  /** `link` only: how many taxpayers of which registry, and whether parties have names alone. */
  readonly taxpayers?: number
  readonly registry?: string
  readonly namesOnly?: boolean
}
type Bench = (asked: Asked) => AsyncGenerator<BenchFigure>

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  import: async () => (await import('./import.ts')).run,
  link: async () => {
    const { run } = await import('./link.ts')
    return ({ rows, seed, taxpayers, registry, namesOnly }) =>
      run({
        ...(rows ? { parties: rows } : {}),
        ...(seed ? { seed } : {}),
        ...(taxpayers ? { taxpayers } : {}),
        ...(registry ? { registry } : {}),
        ...(namesOnly ? { namesOnly } : {}),
      })
  },
  group: async () => {
    const { run } = await import('./group.ts')
    return () => run()
  },
  push: async () => (await import('./push.ts')).run,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean' },
    taxpayers: { type: 'string' },
    registry: { type: 'string' },
    'names-only': { type: 'boolean' },
  },
})

const fail = (zh: string, en: string): never => {
  process.stderr.write(`${zh}\n${en}\n`)
  process.exit(2)
}

const whole = (name: 'rows' | 'runs' | 'seed' | 'taxpayers'): Record<string, number> => {
  const text = values[name]
  if (text === undefined) return {}
  return /^[1-9]\d{0,8}$/.test(text)
    ? { [name]: Number(text) }
    : fail(`--${name} 应为正整数`, `--${name} takes a positive whole number`)
}

const [name = ''] = positionals
const names = Object.keys(benches).join(' ')
const load =
  benches[name] ?? fail(`没有名为 ${name} 的测试；可用：${names}`, `there is no bench ${name}; known: ${names}`)
const bench = await load()
const asked: Asked = {
  ...whole('rows'),
  ...whole('runs'),
  ...whole('seed'),
  ...whole('taxpayers'),
  ...(values.registry ? { registry: values.registry } : {}),
  ...(values['names-only'] ? { namesOnly: true } : {}),
  ...(values.profile ? { profile: values.profile } : {}),
}

const peakRssMb = (): number => Math.round(process.resourceUsage().maxRSS / 1_024)
const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(3))
const share = (value: unknown): string => (typeof value === 'number' ? value.toFixed(4) : '')
const figures: BenchFigure[] = []
for await (const figure of bench(asked)) {
  const line = { peakRssMb: peakRssMb(), runs: 1, host: hostOf(), ...figure }
  figures.push(line)
  if (values.json) printResult(JSON.stringify(line))
}
if (figures.length === 0)
  fail('没有结果：所需数据不在本机', 'no figures: the data this bench needs is not on this machine')
if (!values.json) {
  const head = [
    'name',
    'unit',
    'throughput',
    'floor',
    'ratio',
    'peakRssMb',
    'seconds',
    'precision',
    'recall',
    'stages ms',
  ]
  const cells = figures.map((f) => [
    f.name,
    f.unit,
    round(f.throughput),
    round(f.floor),
    f.ratio.toFixed(3),
    String(f.peakRssMb ?? ''),
    String(f.seconds ?? ''),
    share(f.precision),
    share(f.recall),
    f.stagesMs
      ? Object.entries(f.stagesMs)
          .map(([stage, ms]) => `${stage} ${ms}`)
          .join(' ')
      : '',
  ])
  for (const line of table(head, cells)) printResult(line)
  for (const line of feedLines(figures)) printResult(line)
}
