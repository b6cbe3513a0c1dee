import { z } from 'zod'
import { LifecycleStage, Position } from '../canonical/position.ts'
import {
  Day,
  Department,
  Division,
  Fen,
  Instant,
  PageQuery,
  PartyId,
  ProjectId,
  pageOfItems,
  RecordId,
  TaxpayerId,
  Tick,
} from './fields.ts'

export const ProjectSort = z.enum(['gap', 'updated', 'name'])

export const ProjectsQuery = PageQuery.extend({
  q: z
    .string()
    .trim()
    .max(100)
    .optional()
    .describe('名称、代码、单位；两个字起，或拼音首字母（jslgz）；空格分开的词须全部出现'),
  division: Division.optional(),
  stage: LifecycleStage.optional(),
  gapMinFen: z.coerce.bigint().optional().describe('未开票差额不低于（分）'),
  taxpayerId: TaxpayerId.optional().describe('该纳税人参与的项目'),
  contractor: z.string().trim().min(2).max(100).optional().describe('施工单位名称包含'),
  department: Department.optional().describe('该单位报送过'),
  sort: ProjectSort.default('gap'),
})
export type ProjectsQuery = z.output<typeof ProjectsQuery>

export const ProjectSummary = z.object({
  id: ProjectId,
  name: z.string(),
  projectCode: z.string().nullable(),
  divisionCode: z.string().nullable().describe('项目所在地'),
  ownerName: z.string().nullable(),
  contractorNames: z.string(),
  stage: LifecycleStage,
  departments: z.number().int(),
  contractFen: Fen.nullable(),
  workDoneFen: Fen.nullable(),
  receivableFen: Fen.nullable(),
  netInvoicedFen: Fen,
  gapFen: Fen.describe('未开票差额；没有则为 0'),
  lastEventOn: Day.nullable(),
})
export type ProjectSummary = z.output<typeof ProjectSummary>
export const ProjectPage = pageOfItems(ProjectSummary)

export const ProjectLink = z.object({
  record: RecordId,
  other: RecordId,
  weight: z.number(),
  veto: z.boolean(),
  rule: z.string(),
  evidence: z.unknown(),
})

/** Why its records are one project, and the position they give. */
export const ProjectAnswer = z.object({
  id: ProjectId,
  position: Position,
  knownFromTick: Tick,
  asOf: Day.nullable(),
  on: Day.nullable(),
  changesOn: Day.nullable(),
  divisions: z.array(z.object({ code: z.string(), reason: z.enum(['site', 'inCharge', 'supervising']) })),
  links: z.array(ProjectLink).describe('把各单位记录认作同一项目的依据'),
})
export type ProjectAnswer = z.output<typeof ProjectAnswer>

export const PairQuery = z.object({ record: RecordId, other: RecordId.describe('另一条记录，可在别的项目') })

export const PairAnswer = z.object({
  records: z
    .array(z.object({ record: RecordId, feed: z.string(), kind: z.string(), name: z.string(), project: ProjectId }))
    .length(2),
  same: z.boolean().describe('是否属同一项目'),
  because: z
    .enum(['judgement', 'edge', 'chain', 'codes', 'veto', 'weight', 'notCompared', 'cluster'])
    .describe(
      'judgement 人工认定；edge 两条直接相连；chain 经其他记录相连；codes 两个不同的项目代码；veto 编号互斥；weight 权重不足；notCompared 没有共同的分块，未比较；cluster 两条相近，但所在的记录群不能并存',
    ),
  rule: z.string().nullable(),
  weight: z.number().nullable().describe('两条之间的权重（比特）'),
  veto: z.boolean(),
  evidence: z.unknown(),
  foundBy: z
    .array(z.enum(['code', 'document', 'source', 'name', 'ownerAndName', 'route', 'contractorAndSum']))
    .describe('两条共有的分块规则'),
  way: z
    .array(z.object({ record: RecordId, other: RecordId, rule: z.string(), weight: z.number().nullable() }))
    .describe('从一条到另一条所经的关联'),
  judgements: z.array(
    z.object({ verdict: z.enum(['positive', 'negative']), author: z.string(), reason: z.string(), at: Instant }),
  ),
  change: z.object({
    bits: z.number().nullable().describe('还差多少比特'),
    by: z
      .array(z.enum(['code.same', 'document.same', 'numbers.corrected', 'judgement', 'judgement.undo']))
      .describe('任一即可改变结论'),
  }),
})
export type PairAnswer = z.output<typeof PairAnswer>

export const ProjectNeighbour = z.object({
  project: ProjectId,
  name: z.string(),
  contractFen: Fen.nullable(),
  records: z.number().int(),
  record: RecordId.describe('本项目中最相近的记录'),
  other: RecordId.describe('对方最相近的记录'),
  weight: z.number(),
  veto: z.boolean(),
  rule: z.string(),
})
export type ProjectNeighbour = z.output<typeof ProjectNeighbour>
export const NeighbourList = z.object({ items: z.array(ProjectNeighbour) })

export const PositionQuery = z.object({
  asOf: Day.optional().describe('截至该日终了时系统所知'),
  on: Day.optional().describe('业务日期'),
})
export const PositionAnswer = z.object({
  id: ProjectId,
  asOf: Day.nullable(),
  on: Day.nullable(),
  tick: Tick.describe('所据时点'),
  knownFromTick: Tick.nullable().describe('该状态自何时点起成立；按业务日期推算的为空'),
  position: Position,
})

export const TimelineEvent = z.object({
  record: RecordId,
  feed: z.string(),
  department: z.string(),
  kind: z.string(),
  on: Day.nullable(),
  precision: z.enum(['day', 'month', 'year']).nullable(),
  title: z.string(),
  amountFen: Fen.nullable(),
  weight: z.number().describe('佐证力 0..1'),
  voided: z.boolean(),
})
export type TimelineEvent = z.output<typeof TimelineEvent>
export const TimelineLane = z.object({
  department: z.string(),
  events: z.array(TimelineEvent),
  undated: z.number().int(),
})
export type TimelineLane = z.output<typeof TimelineLane>
export const TimelineAnswer = z.object({
  id: ProjectId,
  milestones: Position.shape.milestones,
  lanes: z.array(TimelineLane),
  events: z.number().int(),
  truncated: z.boolean().describe('事件过多，只给出最近的一部分'),
})
export type TimelineAnswer = z.output<typeof TimelineAnswer>

export const InvoiceItem = z.object({
  record: RecordId,
  number: z.string(),
  code: z.string().nullable(),
  issuedOn: Day.nullable(),
  status: z.string().nullable(),
  class: z.enum(['taxable', 'nonTaxable', 'void']).nullable(),
  tier: z.number().int().nullable().describe('1 购买方是建设单位；2 总分包之间'),
  sellerName: z.string(),
  buyerName: z.string(),
  netFen: Fen.nullable(),
  taxFen: Fen.nullable(),
  grossFen: Fen.nullable(),
  projectName: z.string().nullable(),
  reason: z.string().describe('归到本项目的理由'),
  score: z.number(),
})
export type InvoiceItem = z.output<typeof InvoiceItem>
export const InvoicePage = pageOfItems(InvoiceItem)

export const MovedProject = z.object({ id: ProjectId, mergedInto: ProjectId, at: Instant.nullable() })
export { PartyId }
