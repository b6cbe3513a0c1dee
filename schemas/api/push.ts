import { z } from 'zod'
import { FeedId, Instant, RecordId } from './fields.ts'

export const PushParams = z.object({ feed: FeedId })
export const PushQuery = z.strictObject({
  mode: z
    .enum(['partial', 'atomic'])
    .default('partial')
    .describe('partial：合格的记录接收，不合格的逐条说明；atomic：有一条不合格则整批不接收'),
})
export const PushHeaders = z.object({
  'Idempotency-Key': z.string().max(200).optional().describe('同一份报送的名称，保留 7 天；重发得到同一回执'),
  'Content-Encoding': z.enum(['gzip']).optional(),
})

const count = z.number().int()
export const PushOutcome = z.enum(['new', 'changed', 'unchanged', 'older', 'withdrawn', 'repeated', 'quarantined'])

export const PushRow = z.object({
  row: count.describe('报送内容中的第几条，从 1 开始'),
  outcome: PushOutcome,
  recordId: RecordId.nullable().describe('记录编号，撤回时用；不合格的为空'),
  fault: z
    .object({
      code: z.string(),
      pointer: z.string().describe('JSON Pointer，空为整条'),
      expected: z.string(),
      message: z.object({ zh: z.string(), en: z.string() }),
    })
    .nullable(),
})
export type PushRow = z.output<typeof PushRow>

export const ReceiptId = z.string().regex(/^rcpt_[0-9a-hjkmnp-tv-z]{16}$/)

export const ReceiptAnswer = z.object({
  receiptId: ReceiptId,
  feed: FeedId,
  kind: z.enum(['records', 'withdrawal']),
  mode: z.enum(['partial', 'atomic']),
  state: z.enum(['admitted', 'held', 'refused']).describe('held：已存储，变动过大，待税务人员放行'),
  receivedAt: Instant,
  rowCount: count,
  counts: z.record(PushOutcome, count),
  rows: z.array(PushRow).describe('前 10000 条；其余用 GET /v1/receipts/{receiptId}?after= 读取'),
  nextAfter: count.nullable().describe('下一页的 after；空为已到末尾'),
})
export type ReceiptAnswer = z.output<typeof ReceiptAnswer>

export const ReceiptParams = z.object({ receiptId: ReceiptId })
export const ReceiptQuery = z.strictObject({
  after: z.coerce.number().int().min(0).max(2_000_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
})

export const WithdrawParams = z.object({ feed: FeedId, recordId: RecordId })

export const ZeroReportInput = z.strictObject({
  period: z.union([z.iso.date(), z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)]).describe('YYYY-MM 或 YYYY-MM-DD'),
  reason: z.string().trim().min(1).max(500).optional(),
})
export const ZeroReportAnswer = z.object({
  feed: FeedId,
  period: z.string(),
  reason: z.string().nullable(),
  receivedAt: Instant,
  isNew: z.boolean().describe('该期间此前已零报送的为 false，以首次为准'),
})
