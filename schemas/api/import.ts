import { z } from 'zod'
import { Day, FeedId, Instant, PageQuery, pageOfItems, RunId } from './fields.ts'
import { ArrivalItem, MessageItem } from './schedule.ts'

export const RunState = z.enum(['queued', 'running', 'green', 'held', 'failed', 'unreconciled'])
export const RunKind = z.enum(['import', 'backfill', 'load', 'push', 'replay', 'quarantineReplay', 'rehearsal'])

export const ImportsQuery = PageQuery.extend({
  source: z.string().max(64).optional(),
  state: RunState.optional(),
  kind: RunKind.optional(),
})
export type ImportsQuery = z.output<typeof ImportsQuery>

export const RunItem = z.object({
  runId: RunId,
  source: z.string(),
  kind: RunKind,
  state: RunState,
  attempt: z.number().int(),
  slotAt: Instant.nullable(),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
  seconds: z.number().nullable(),
  error: z.unknown(),
  progress: z
    .object({
      pages: z.number().int(),
      rows: z.number().int(),
      slice: z.number().int().optional().describe('补采第几段'),
      slices: z.number().int().optional(),
      day: Day.optional(),
    })
    .nullable()
    .describe('进行中或中止时已完成的部分；结束后以批次数字为准'),
})
export type RunItem = z.output<typeof RunItem>
export const RunPage = pageOfItems(RunItem)

const count = z.number().int()
export const BatchItem = z.object({
  batchId: z.string(),
  feed: z.string(),
  mode: z.enum(['full', 'increment']),
  state: z.enum(['landing', 'landed', 'held', 'queued', 'admitted', 'refused']),
  fetched: count,
  new: count,
  changed: count,
  unchanged: count,
  withdrawn: count,
  older: count,
  repeated: count,
  quarantined: count,
  revived: count,
  absent: count,
  declaredRows: count.nullable(),
  liveBefore: count.nullable(),
  liveAfter: count.nullable(),
  closes: z.boolean().describe('获取 = 新增 + 变更 + 未变 + 撤回 + 较旧 + 重复 + 问题数据'),
  agrees: z.boolean().nullable().describe('与来源声明的条数一致；未声明为空'),
  balances: z.boolean().nullable().describe('存量平衡；批次未采纳为空'),
  holdReason: z.unknown(),
  pages: count,
  versions: count.nullable(),
  facts: count.nullable(),
  rejected: count.nullable(),
  ignored: count.nullable(),
  issues: count.nullable(),
  openedAt: Instant,
  landedAt: Instant.nullable(),
})
export type BatchItem = z.output<typeof BatchItem>

export const QuarantineState = z.enum(['open', 'replayed', 'dismissed'])
export const QuarantineItem = z.object({
  id: z.string(),
  feed: z.string(),
  batchId: z.string(),
  source: z.string(),
  row: z.number().int(),
  code: z.string(),
  pointer: z.string(),
  expected: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
  payload: z.string().nullable().describe('按岗位遮盖；含敏感字段的整条封存，不显示'),
  sealed: z.boolean(),
  state: QuarantineState,
})
export type QuarantineItem = z.output<typeof QuarantineItem>

export const DriftItem = z.object({
  feed: z.string(),
  field: z.string(),
  kind: z.enum(['unknown', 'missing']),
  rows: count,
})
export type DriftItem = z.output<typeof DriftItem>
export const RunAnswer = RunItem.extend({
  request: z.unknown(),
  figures: z.unknown().describe('运行结束时写定，此后不变'),
  batches: z.array(BatchItem),
  quarantine: z.array(QuarantineItem).describe('前 20 条'),
  drift: z.array(DriftItem),
})
export type RunAnswer = z.output<typeof RunAnswer>

export const StartImport = z
  .object({
    source: z.string().trim().min(1).max(64).describe('数据资源、供数单位，或 all'),
    since: Day.optional().describe('给出区间即为补采：不影响断点与当日到数'),
    until: Day.optional().describe('缺省：到今天'),
    daysMax: z.number().int().min(1).max(99_999).optional().describe('一次至多补采的天数，缺省 31'),
    byDay: z.boolean().optional().describe('补采时逐日分段，每日一个批次'),
    dryRun: z.boolean().default(false),
  })
  .strict()
  .refine((input) => input.since === undefined || input.until === undefined || input.since <= input.until, {
    error: 'since must not lie after until',
    path: ['since'],
  })
export type StartImport = z.output<typeof StartImport>
export const StartedImport = z.object({ runIds: z.array(RunId), dryRun: z.boolean() })

export const SourceItem = z.object({
  feed: z.string(),
  title: z.string(),
  department: z.string(),
  mode: z.enum(['full', 'increment']),
  cron: z.string(),
  pulled: z.boolean().describe('由系统拉取；否则只接收推送或文件'),
  live: count,
  lastCompleteAt: Instant.nullable(),
  heldBatches: count,
  openQuarantine: count,
  lastRun: RunItem.nullable(),
  lastZeroReport: z
    .object({ period: z.string(), reason: z.string().nullable(), receivedAt: Instant })
    .nullable()
    .describe('最近一次零报送'),
  today: ArrivalItem.nullable().describe('最近一个应报日的到数情况，尚无则为下一个；无报送要求为空'),
  nextRuns: z.array(Instant).describe('今后两次拉取'),
  lastMessage: MessageItem.nullable().describe('最近一条逾期或恢复的消息'),
})
export type SourceItem = z.output<typeof SourceItem>
export const SourcesAnswer = z.object({ items: z.array(SourceItem) })

export const QuarantineQuery = PageQuery.extend({
  feed: FeedId.optional(),
  state: QuarantineState.default('open'),
  code: z.string().max(100).optional(),
})
export const QuarantinePage = pageOfItems(QuarantineItem)

export const HoldInput = z
  .object({ decision: z.enum(['release', 'refuse']), reason: z.string().trim().min(1).max(500) })
  .strict()
export const HoldAnswer = z.object({ batchId: z.string(), decision: z.enum(['release', 'refuse']) })
