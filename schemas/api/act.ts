/** What people do to links and projects: acts, what one would change, proposals that wait for another person, aliases. */
import { z } from 'zod'
import { LifecycleStage } from '../canonical/position.ts'
import {
  Day,
  Fen,
  Instant,
  LinkDecision,
  PageQuery,
  PartyId,
  ProjectId,
  pageOfItems,
  RecordId,
  Tick,
} from './fields.ts'

export const ActId = z
  .string()
  .regex(/^\d{1,18}$/)
  .describe('认定编号')
export const ActVerb = z.enum(['confirm', 'reject', 'doubt', 'merge', 'split', 'undo'])
export const ActReason = z.string().trim().min(1).max(500).describe('理由')

/** `dryRun=true`: what it would change, and nothing is written. */
export const DryRunQuery = z.object({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('true：只预览会改变什么，不写入'),
})

export const Sums = z.object({
  contractFen: Fen.nullable(),
  workDoneFen: Fen.nullable(),
  receivableFen: Fen.nullable(),
  netInvoicedFen: Fen.nullable(),
  gapFen: Fen.nullable(),
})
export type Sums = z.output<typeof Sums>

export const ProjectSide = z.object({
  name: z.string(),
  stage: LifecycleStage,
  records: z.number().int(),
  invoices: z.number().int(),
  sums: Sums,
})
export type ProjectSide = z.output<typeof ProjectSide>

export const EffectProject = z.object({
  id: ProjectId.nullable().describe('空：将新立的项目'),
  before: ProjectSide.nullable().describe('空：此前没有这个项目'),
  after: ProjectSide.nullable().describe('空：此后不再有这个项目'),
  mergedInto: ProjectId.nullable(),
})
export type EffectProject = z.output<typeof EffectProject>

const LinkSide = z.object({ decision: LinkDecision, registrationId: z.string().nullable() })
export const EffectLink = z.object({
  party: PartyId,
  name: z.string(),
  before: LinkSide.nullable(),
  after: LinkSide.extend({ registrationName: z.string().nullable(), reason: z.string() }),
})
export type EffectLink = z.output<typeof EffectLink>

export const SecondPersonReason = z.enum(['amount', 'scope', 'wide'])

export const Effect = z.object({
  links: z.array(EffectLink).describe('至多 50 条'),
  linksChanged: z.number().int(),
  projects: z.array(EffectProject).describe('辖区内的，变动金额大者在前，至多 50 个'),
  projectsChanged: z.number().int(),
  projectsHidden: z.number().int().describe('其中在您辖区以外的个数，不列出'),
  recordsMoved: z.number().int(),
  tiesMoved: z.number().int().describe('改归项目的发票、报告等的写法数'),
  before: Sums.describe('列入计算的项目此前合计'),
  after: Sums,
  movedFen: Fen.describe('变动金额：转移到别的项目或别的纳税人名下的合同额、完成额、应结算额、开票额中最大者'),
  truncated: z.boolean().describe('涉及项目过多（超过 1000 个），只计算了一部分'),
  secondPerson: z.array(SecondPersonReason).describe('须第二人确认的原因；空：不须'),
})
export type Effect = z.output<typeof Effect>

export const ActResult = z.object({
  judgementId: z.string().nullable().describe('第一条认定；空：没有写入'),
  state: z.enum(['previewed', 'done', 'proposed']),
  act: ActId.nullable(),
  tick: Tick.nullable(),
  effect: Effect,
})
export type ActResult = z.output<typeof ActResult>

export const MergeInput = z
  .object({ other: ProjectId.describe('并入哪一个以外的另一个项目'), reason: ActReason })
  .strict()
export const SplitInput = z
  .object({ records: z.array(RecordId).min(1).max(500).describe('分出去的记录'), reason: ActReason })
  .strict()
export const UndoInput = z.object({ reason: ActReason }).strict()
export const AnswerInput = z
  .object({ answer: z.enum(['confirmed', 'declined', 'withdrawn']), reason: ActReason })
  .strict()
export type AnswerInput = z.output<typeof AnswerInput>

export const ActState = z.enum(['standing', 'undone', 'open', 'confirmed', 'declined', 'withdrawn'])

export const ActItem = z.object({
  id: ActId,
  verb: ActVerb,
  state: ActState.describe('standing 有效，undone 已撤销；提议：open 待确认，declined 被否决，withdrawn 已收回'),
  undoes: ActId.nullable(),
  party: PartyId.nullable(),
  partyName: z.string().nullable(),
  registrationId: z.string().nullable(),
  registrationName: z.string().nullable(),
  projects: z.array(z.object({ id: ProjectId, name: z.string() })).describe('所涉记录现在所在的项目'),
  records: z.array(RecordId),
  author: z.string(),
  authorName: z.string(),
  reason: z.string(),
  settings: z.number().int(),
  digest: z.string().describe('提出人所见依据的 SM3'),
  movedFen: Fen.nullable(),
  secondPerson: z.array(SecondPersonReason),
  at: Instant,
  answer: z
    .object({ author: z.string(), authorName: z.string(), reason: z.string(), at: Instant })
    .nullable()
    .describe('第二人的答复'),
})
export type ActItem = z.output<typeof ActItem>

export const ActsQuery = PageQuery.extend({
  state: z.enum(['open', 'all']).default('open').describe('open：等待第二人确认的；all：全部'),
  project: ProjectId.optional().describe('涉及该项目记录的'),
})
export type ActsQuery = z.output<typeof ActsQuery>
export const ActPage = pageOfItems(ActItem)

export const AliasInput = z
  .object({ kind: z.enum(['shortName', 'siteName', 'rename']), validUntil: Day.describe('有效期最后一日，五年以内') })
  .strict()

export const AliasItem = z.object({
  id: z.string(),
  registrationId: z.string(),
  name: z.string(),
  kind: z.enum(['shortName', 'siteName', 'rename']),
  validUntil: Day,
  ownerName: z.string(),
  at: Instant,
  living: z.boolean(),
  endedWhy: z.enum(['expired', 'withdrawn']).nullable(),
})
export type AliasItem = z.output<typeof AliasItem>
