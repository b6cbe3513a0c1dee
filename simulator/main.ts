/**
 * `node simulator/main.ts --size town --seed 1 --port 0 --truth-port 0 --drop DIR`: the departments as a process of their own.
 * `SIMULATOR_SECRETS` holds their secrets as a JSON object by department, `SIMULATOR_EXCHANGE_URL` the database of those with front-end tables:
 * arguments can be read by every user of the machine.
 */
import { parseArgs } from 'node:util'
import { exchanges, interfaces, startSimulator } from './server.ts'
import { type Size, sizes } from './world/world.ts'

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'town' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    'truth-port': { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    drop: { type: 'string' },
    today: { type: 'string' },
    'rows-per-page': { type: 'string', default: '1000' },
    'client-id': { type: 'string', default: 'jingwei-hub' },
  },
})

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const whole = (name: 'seed' | 'port' | 'truth-port' | 'rows-per-page'): number => {
  const number = Number(values[name])
  return Number.isSafeInteger(number) && number >= 0 ? number : fail(`--${name} must be a whole number / 应为非负整数`)
}

if (!Object.hasOwn(sizes, values.size))
  fail(`--size must be one of ${Object.keys(sizes).join(', ')} / 规模应为其中之一`)
const dropFolder = values.drop ?? fail('--drop DIR is missing / 缺少文件投放目录')
const today = values.today ?? new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
if (!/^\d{4}-\d{2}-\d{2}$/.test(today) || Number.isNaN(Date.parse(today)))
  fail('--today must be YYYY-MM-DD / 日期应为 YYYY-MM-DD')

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

const simulator = await startSimulator({
  size: values.size as Size,
  seed: whole('seed'),
  today,
  port: whole('port'),
  truthPort: whole('truth-port'),
  host: values.host,
  dropFolder,
  exchangeUrl: process.env.SIMULATOR_EXCHANGE_URL || null,
  rowsPerPage: Math.max(1, whole('rows-per-page')),
  clientId: values['client-id'],
  secrets: JSON.parse(process.env.SIMULATOR_SECRETS ?? '{}') as Record<string, string>,
})
const { port, truthPort } = simulator
process.stdout.write(
  `${JSON.stringify({ ready: true, port, truthPort, drop: dropFolder, interfaces, exchanges, size: values.size, seed: Number(values.seed), today, pid: process.pid })}\n`,
)
