/** Fields that many answers share. Money is bigint 分 and travels as decimal text under a name that ends in `Fen`. */
import { z } from 'zod'

export const Fen = z.bigint().describe('分，十进制整数文本')
export const ProjectId = z
  .string()
  .regex(/^P[1-9]\d{0,17}$/)
  .describe('项目编号')
export const RecordId = z
  .string()
  .regex(/^r_[0-9a-hjkmnp-tv-z]+$/)
  .describe('记录编号（不透明）')
export const PartyId = z
  .string()
  .regex(/^p_[0-9a-hjkmnp-tv-z]+$/)
  .describe('当事方文本编号（不透明）')
export const TaxpayerId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w-]+$/)
  .describe('纳税人编号（不透明，非税号）')
export const RunId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.:-]+$/)
export const Day = z.iso.date().describe('YYYY-MM-DD，Asia/Shanghai')
export const Instant = z.iso.datetime({ offset: true })
export const Division = z
  .string()
  .regex(/^\d{2}[0-9A-Z]{0,13}$/)
  .describe('行政区划代码或其前缀')
export const FeedId = z
  .string()
  .regex(/^[a-z]+\.[a-z-]+$/)
  .describe('数据资源，如 transport.sections')
export const Department = z
  .string()
  .regex(/^[a-z]+$/)
  .describe('供数单位，如 transport')
export const LinkDecision = z.enum(['link', 'review', 'none'])
export const Tick = z.string().regex(/^\d+$/).describe('真值时钟')

export const PageQuery = z.object({
  cursor: z.string().max(1_000).optional().describe('上一页的 nextCursor'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

export const pageOfItems = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })
