/** Every setting there is, with what it means: the one source of validation, of "did you mean", and of the README's table. */
import { z } from 'zod'
import { Secret } from './secret.ts'

/** How a value of the file names a variable of the environment. */
const reference = (name: string): string => `\${${name}}`

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text))
const port = z.coerce.number().int().min(0).max(65_535)
const count = (low: number, high: number) => z.number().int().min(low).max(high)
const share = z.number().min(0).max(1)
const cronText = z
  .string()
  .regex(/^\S+(\s+\S+){4,5}$/, '应为 5 或 6 段的 cron 表达式 / expected a cron expression of 5 or 6 fields')
const divisionCode = z.string().regex(/^\d{6}$/, '应为 6 位区划代码 / expected a division code of 6 digits')

export const EnvironmentSchema = z.strictObject({
  PORT: port.default(8080).describe('Port of the hub; 0 takes any free one'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address it listens on; 0.0.0.0 for all'),
  DATABASE_URL: secret
    .optional()
    .describe('PostgreSQL 15 or later; unset: an embedded server under JINGWEI_DATA_DIR')
    .meta({ example: 'postgresql://hub:…@db:5432/jingwei' }),
  JINGWEI_DATA_DIR: z.string().min(1).default('.data').describe('Folder of the embedded database, keys and backups'),
  JINGWEI_CONFIG: z
    .string()
    .min(1)
    .optional()
    .describe('YAML file with the settings below; unset: no sources (the demo brings its own)')
    .meta({ example: '/etc/jingwei.yaml' }),
  JINGWEI_LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least level that is logged (JSON lines on stderr)'),
  JINGWEI_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, '应为 64 位十六进制 / expected 64 hexadecimal digits')
    .transform((text) => new Secret(text))
    .optional()
    .describe(
      '32 bytes as hex, from which all keys derive; unset: made once and kept in the data folder. All hubs on one database need the same',
    )
    .meta({ example: 'openssl rand -hex 32' }),
})

export const SourceSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('False: never pulled'),
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where its interface answers')
      .meta({ example: 'https://10.0.0.5/fgw' }),
    folder: z
      .string()
      .min(1)
      .optional()
      .describe("Folder of the file drop; the department's own folder lies in it")
      .meta({ example: '/data/exchange' }),
    database: secret
      .optional()
      .describe("The sharing platform's front-end database (前置库), for sources read from its tables")
      .meta({ example: reference('HOUSING_DATABASE') }),
    clientId: z.string().min(1).optional().describe('Name the department knows the hub by'),
    secret: secret
      .optional()
      .describe(`Client secret or signing key; ${reference('NAME')} takes it from the environment`)
      .meta({ example: reference('WATER_SECRET') }),
    secretFile: z.string().min(1).optional().describe('File that holds the secret instead'),
    pacingMs: count(0, 60_000).optional().describe('Least time between two requests; unset: what the connector states'),
    attemptTimeoutMs: count(100, 3_600_000).optional().describe('Limit of one request'),
    budgetMs: count(100, 86_400_000).optional().describe('Limit of one request with all its retries'),
    rowsPerPage: count(1, 100_000).optional().describe('Rows asked for in one page'),
  })
  .refine(
    (source) => !(source.secret && source.secretFile),
    'secret 与 secretFile 只能给一个 / give secret or secretFile, not both',
  )

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 HH:mm / expected HH:mm')
const day = z.iso.date({ error: '应为 YYYY-MM-DD / expected YYYY-MM-DD' })

const DueSchema = z.strictObject({
  every: z
    .enum(['workday', 'day', 'week', 'month', 'quarter', 'never'])
    .describe('How often a delivery is owed; never: it cannot be late'),
  by: count(1, 28)
    .optional()
    .describe(
      'Day by which it is owed: 1 to 7 (Monday to Sunday) of a week, 1 to 28 of a month, or of the month after a quarter',
    ),
  time: timeOfDay
    .optional()
    .describe("Time of day in Asia/Shanghai; unset: the department's")
    .meta({ example: '09:00' }),
  sameDay: z.boolean().optional().describe('True: an extract owed on a day bears the date of that day'),
})

export const ScheduleSchema = z.strictObject({
  cron: cronText.optional().describe("When it fires; unset: the feed's own").meta({ example: '20 2 * * *' }),
  timeZone: z
    .string()
    .refine(isTimeZone, '没有这个时区 / there is no such time zone')
    .default('Asia/Shanghai')
    .describe('Zone of the expression'),
  enabled: z.boolean().default(true).describe('False: started by hand or by another scheduler only'),
  catchUp: z
    .enum(['latest', 'all', 'none'])
    .default('latest')
    .describe('Slots missed while no hub ran: the newest is run, all are, or none; the others are recorded as missed'),
  catchUpMax: count(1, 1_000)
    .default(24)
    .describe('Most slots run late under `all`; older ones are recorded as missed'),
  due: DueSchema.optional(),
})

const HoldSchema = z.strictObject({
  rowsMin: count(0, 1_000_000_000).optional().describe('A full delivery with fewer rows is held'),
  rowsMax: count(0, 1_000_000_000).optional().describe('A full delivery with more rows is held'),
  rejectedShareMax: share.optional().describe('A delivery with a greater share of rejected rows is held'),
  changedShareMax: share.optional().describe('A full delivery that changes or withdraws a greater share is held'),
})

const days = (low: number, fallback: number) => count(low, 36_500).default(fallback)

/** The least periods are law or promise, not taste: 网络安全法 21 (records of six months), 网络数据安全管理条例 (providing personal data, three years). */
export const RetentionSchema = z.strictObject({
  supersededBytesDays: days(30, 400).describe(
    'Raw bytes of a version are dropped this long after a newer one was admitted',
  ),
  asOfDays: days(92, 1_096).describe(
    'Pages can be shown as of any day this far back; what was superseded before is dropped',
  ),
  batchPagesDays: days(30, 400).describe('Which page or file brought which version, after a delivery has ended'),
  receiptsDays: days(183, 1_096).describe('Receipts of pushes'),
  closedQuarantineDays: days(30, 400).describe(
    'Rows of quarantine that were replayed or dismissed: their text; open ones stay',
  ),
  qualityBatchDays: days(60, 400).describe('Quality figures by batch; those by day stay'),
  auditDays: days(183, 1_096).describe('Audit rows under a seal; at least six months by law, twelve by practice'),
})

const poolSchema = (connections: number, timeoutMs: number) =>
  z.strictObject({
    connectionsMax: count(1, 200).default(connections).describe('Most connections'),
    statementTimeoutMs: count(0, 86_400_000).default(timeoutMs).describe('Limit of one statement; 0: none'),
  })

export const FileSchema = z.strictObject({
  region: z
    .strictObject({
      code: divisionCode.default('410100').describe('Division code of the city'),
      name: z.string().min(1).default('郑州市').describe('Its name, as pages show it'),
    })
    .prefault({}),
  sources: z.record(z.string().regex(/^[a-z][a-z-]*$/), SourceSchema).prefault({}),
  schedules: z.record(z.string().regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/), ScheduleSchema).prefault({}),
  policies: z
    .strictObject({
      gather: z
        .strictObject({
          rowsMax: count(1, 1_000_000).default(10_000).describe('Rows landed in one transaction'),
          bytesMax: count(1_024, 1_073_741_824).default(8_388_608).describe('Bytes landed in one transaction'),
          waitMaxMs: count(1, 60_000).default(500).describe('Longest time rows wait to be landed'),
        })
        .prefault({}),
      hold: z.record(z.string(), HoldSchema).prefault({}),
      retention: RetentionSchema.prefault({}),
      judgement: z
        .strictObject({
          secondPersonFromYuan: count(0, 1_000_000_000_000)
            .default(50_000_000)
            .describe(
              'A judgement that moves this much (contract, work done, receivable or invoiced, in yuan) to another project or taxpayer waits for a second person; 0: every one',
            ),
        })
        .prefault({}),
      stallAfterMinutes: count(1, 1_440)
        .default(30)
        .describe('A run without a page, a landed row or a step of a stage for so long is ended and tried again'),
    })
    .prefault({}),
  calendar: z
    .strictObject({
      holidays: z
        .array(day)
        .default([])
        .describe('Days off that the known notices do not hold')
        .meta({ example: '[2027-01-01]' }),
      workdays: z.array(day).default([]).describe('Days worked (调休) that they do not hold'),
    })
    .prefault({}),
  notify: z
    .strictObject({
      url: secret
        .optional()
        .describe(
          'Where messages of late and recovered feeds are posted as JSON (also fits robots of WeCom and DingTalk)',
        )
        .meta({ example: reference('NOTIFY_URL') }),
      secret: secret.optional().describe('Sent along as a bearer token'),
    })
    .prefault({}),
  database: z
    .strictObject({
      pipeline: poolSchema(8, 0).prefault({}),
      reader: poolSchema(16, 15_000).prefault({}),
      capacityBytes: z
        .number()
        .int()
        .min(1_073_741_824)
        .optional()
        .describe(
          'Disk of a database of your own, for the forecast; unset: the disk of JINGWEI_DATA_DIR if the database is embedded',
        )
        .meta({ example: '500000000000' }),
    })
    .prefault({}),
})

export type SourceSettings = Omit<z.output<typeof SourceSchema>, 'secretFile'>
export type ScheduleSettings = z.output<typeof ScheduleSchema>
export type RetentionPolicy = z.output<typeof RetentionSchema>
export type DueSettings = z.output<typeof DueSchema>
export type HoldSettings = z.output<typeof HoldSchema>

/** What a schema wraps: optional, default, prefault and refinements taken off. */
export const bare = (schema: z.ZodType): z.ZodType => {
  const inner = (schema as unknown as { def: { innerType?: z.ZodType; in?: z.ZodType } }).def
  if (inner.innerType) return bare(inner.innerType)
  return inner.in ? bare(inner.in) : schema
}

/** The names known at a path of a schema; empty where any name goes. */
export const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  const here = bare(schema)
  const [first, ...rest] = path
  if (here instanceof z.ZodRecord) return first === undefined ? [] : knownKeys(here.valueType as z.ZodType, rest)
  if (!(here instanceof z.ZodObject)) return []
  if (first === undefined) return Object.keys(here.shape)
  const child = here.shape[String(first)] as z.ZodType | undefined
  return child ? knownKeys(child, rest) : []
}
