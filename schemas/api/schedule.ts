/** When feeds are pulled, what they owe and what came of it. */
import { z } from 'zod'
import { Day, FeedId, Instant, PageQuery, pageOfItems, RunId } from './fields.ts'

const count = z.number().int()

export const SchedulesQuery = z.object({
  next: z.coerce.number().int().min(1).max(50).default(5).describe('列出今后几次执行'),
})
export type SchedulesQuery = z.output<typeof SchedulesQuery>

export const SlotState = z.enum(['sent', 'running', 'done', 'failed', 'missed'])
export const ScheduleItem = z.object({
  source: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  enabled: z.boolean(),
  catchUp: z.enum(['latest', 'all', 'none']).describe('停机期间错过的：补跑最近一次、全部、或不补'),
  catchUpMax: count,
  updatedAt: Instant,
  lastSlotAt: Instant.nullable(),
  lastSlotState: z.string().nullable(),
  nextRuns: z.array(Instant).describe('与实际触发出自同一函数；停用时为空'),
  decidedTo: Instant.nullable().describe('此时刻之前应执行的均已处理'),
  missed: z.object({ days: count, slots: count, lastAt: Instant.nullable() }).describe('近 days 天错过而未执行的次数'),
})
export type ScheduleItem = z.output<typeof ScheduleItem>
export const SchedulesAnswer = z.object({ items: z.array(ScheduleItem) })

export const ArrivalState = z
  .enum(['due', 'arrived', 'zero', 'late', 'excused'])
  .describe('待到、已到、零报送、逾期、免报')
export const ArrivalItem = z.object({
  feed: z.string(),
  day: Day.describe('应报日'),
  every: z.enum(['workday', 'day', 'week', 'month', 'quarter']),
  state: ArrivalState,
  dueAt: Instant,
  periodFrom: Day.describe('所报数据的起日'),
  periodTo: Day,
  lateAt: Instant.nullable().describe('何时发现逾期；到数后保留'),
  settledAt: Instant.nullable(),
  runId: RunId.nullable(),
  rows: count.nullable(),
  reason: z.string().nullable().describe('零报送或免报的理由；calendar：日历或要求变更'),
})
export type ArrivalItem = z.output<typeof ArrivalItem>
export const ArrivalsQuery = PageQuery.extend({
  feed: FeedId.optional(),
  state: ArrivalState.optional(),
  from: Day.optional(),
  to: Day.optional(),
})
export type ArrivalsQuery = z.output<typeof ArrivalsQuery>
export const ArrivalPage = pageOfItems(ArrivalItem)

export const ExcuseInput = z.object({ reason: z.string().trim().min(1).max(500) }).strict()
export const ExcuseAnswer = z.object({ feed: z.string(), day: Day, state: z.literal('excused') })

export const MessageItem = z.object({
  messageId: z.string().describe('重复送达时不变：接收方据此去重'),
  feed: z.string(),
  day: Day.describe('逾期的第一日'),
  kind: z.enum(['late', 'recovered']),
  text: z.object({ zh: z.string(), en: z.string() }),
  createdAt: Instant,
  sentAt: Instant.nullable(),
  attempts: count,
  willRetry: z.boolean(),
  lastError: z.string().nullable(),
})
export type MessageItem = z.output<typeof MessageItem>
export const MessagesQuery = PageQuery.extend({ feed: FeedId.optional() })
export type MessagesQuery = z.output<typeof MessagesQuery>
export const MessagePage = pageOfItems(MessageItem)
