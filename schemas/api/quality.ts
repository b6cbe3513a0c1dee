import { z } from 'zod'
import { Day, FeedId } from './fields.ts'

const daysMax = 366
const dayMs = 86_400_000

export const QualityQuery = z
  .object({
    feed: FeedId.optional(),
    from: Day.optional().describe('含；缺省为 to 之前 29 天'),
    to: Day.optional().describe('含；缺省为今天'),
  })
  .refine(
    ({ from, to }) => !from || !to || (from <= to && Date.parse(to) - Date.parse(from) < daysMax * dayMs),
    `起止日期颠倒或超过 ${daysMax} 天 / from lies after to, or the range is longer than ${daysMax} days`,
  )
export type QualityQuery = z.output<typeof QualityQuery>

const count = z.number().int()
const share = z.number().min(0).max(1).nullable()

const fillFigures = {
  rows: count,
  filled: count,
  blank: count.describe('空白、无、/ 等，或缺少该字段；填报 + 空白 = 行数'),
  missing: count.describe('其中缺少该字段'),
  fill: share.describe('填报率'),
}

export const QualityDay = z.object({
  feed: FeedId,
  day: Day.describe('收到日期'),
  batches: count,
  rows: count.describe('收到的行'),
  quarantined: count,
  declared: count.describe('来源声明的行数；0 为未声明'),
  completeness: share.describe('收下的行 / 来源声明的行，未声明时 / 收到的行'),
  fill: share.describe('本资源各字段的平均填报率'),
  read: count.describe('解读的新版本'),
  sound: count.describe('其中没有任何数据问题'),
  validity: share.describe('没有数据问题的份额'),
  dated: count.describe('有业务日期的新记录'),
  lateDays: z.number().nullable().describe('业务日期到收到的平均天数'),
  withinWeek: count,
  withinMonth: count,
  withinQuarter: count,
  later: count,
  ahead: count.describe('业务日期晚于收到日期'),
  unknownFields: count.describe('多出的字段'),
  missingFields: count.describe('有行缺少的字段'),
})
export type QualityDay = z.output<typeof QualityDay>

export const QualityField = z.object({
  feed: FeedId,
  field: z.string(),
  known: z.boolean().describe('false：约定之外的字段'),
  ...fillFigures,
  faulty: count.describe('该字段的数据问题'),
  validity: share,
})
export type QualityField = z.output<typeof QualityField>

export const FallenField = z.object({
  feed: FeedId,
  day: Day,
  field: z.string(),
  ...fillFigures,
  habit: z.number().describe('此前最多 30 次交付的填报率'),
  deliveries: count.describe('此前计入的交付日数'),
})
export type FallenField = z.output<typeof FallenField>

export const QualityIssue = z.object({
  feed: FeedId,
  pointer: z.string().describe('字段；空为字段之间'),
  code: z.string(),
  rows: count,
})
export type QualityIssue = z.output<typeof QualityIssue>

export const QualityAnswer = z.object({
  from: Day,
  to: Day,
  fallen: z
    .array(FallenField)
    .describe('填报率明显低于自身惯例的字段，降幅大的在前；不指定资源时只看各资源最近一次交付日'),
  days: z.array(QualityDay).describe('按资源与日期'),
  fields: z.array(QualityField).describe('期间合计，问题多的在前'),
  issues: z.array(QualityIssue).describe('期间合计，多的在前'),
})
export type QualityAnswer = z.output<typeof QualityAnswer>
