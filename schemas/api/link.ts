import { z } from 'zod'
import { AliasInput, AliasItem, Effect } from './act.ts'
import {
  Division,
  Fen,
  LinkDecision,
  PageQuery,
  PartyId,
  ProjectId,
  pageOfItems,
  RecordId,
  TaxpayerId,
  Tick,
} from './fields.ts'

export { LinkDecision }

export const LinksQuery = PageQuery.extend({
  decision: LinkDecision.default('review'),
  reason: z
    .string()
    .regex(/^[a-z]+\.[a-zA-Z]+$/)
    .optional()
    .describe('只看这一种理由，如 name.ambiguous'),
  division: Division.optional().describe('只看与该区划内项目有关的'),
})
export type LinksQuery = z.output<typeof LinksQuery>

export const LinkItem = z.object({
  party: PartyId,
  name: z.string(),
  code: z.string().nullable().describe('记录中的代码；身份证件号码不显示'),
  siteUnit: z.string().nullable(),
  decision: LinkDecision,
  registrationId: z.string().nullable(),
  registrationName: z.string().nullable(),
  score: z.number(),
  reason: z.string(),
  mentions: z.number().int().describe('多少处记录用这个写法'),
  projects: z.number().int().describe('牵涉多少个项目（辖区内）'),
  contractFen: Fen.describe('这些项目的合同额合计'),
  information: z.number().describe('核实它值多少：得分的熵 × 牵涉项目数的对数 × 合同额（万元）的对数'),
})
export type LinkItem = z.output<typeof LinkItem>
export const LinkPage = pageOfItems(LinkItem)

export const Candidate = z.object({
  registrationId: z.string(),
  taxpayerId: TaxpayerId.nullable(),
  score: z.number(),
  name: z.string().nullable().describe('不在可见范围内的登记没有名称'),
  uscc: z.string().nullable(),
  status: z.string().nullable(),
  divisionCode: z.string().nullable(),
  address: z.string().nullable(),
  officeName: z.string().nullable(),
})
export type Candidate = z.output<typeof Candidate>

export const JudgementItem = z.object({
  id: z.string(),
  verdict: z.enum(['positive', 'negative', 'unsure', 'undo']),
  registrationId: z.string().nullable(),
  undoes: z.string().nullable(),
  author: z.string(),
  reason: z.string(),
  at: z.iso.datetime(),
  tick: Tick,
})

/** How far the answer is from another one, and what would bring it there. */
export const LinkChange = z.object({
  to: LinkDecision,
  bits: z.number().nullable().describe('还差多少比特；空：不由权重决定'),
  by: z
    .array(
      z.enum([
        'code.same',
        'code.other',
        'name.former',
        'rival.gone',
        'judgement',
        'judgement.undo',
        'registration.new',
      ]),
    )
    .describe('任一即可'),
})
export type LinkChange = z.output<typeof LinkChange>

export const LinkAnswer = z.object({
  link: LinkItem,
  digest: z.string().describe('所示依据的 SM3；认定时作为 seen 送回，依据变了会被拒绝'),
  foundBy: z
    .enum(['code', 'codeCore', 'codePiece', 'nameForm', 'headOffice', 'namePairs'])
    .nullable()
    .describe('候选是按什么找到的（分块规则）'),
  change: z.array(LinkChange).describe('什么最小的依据会改变结论'),
  rejectedBefore: z
    .object({ author: z.string(), reason: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe('此前被谁、因何否定；有了新依据才重新提出'),
  aliases: z.array(AliasItem).describe('人工给最可能的登记记下的别名'),
  settings: z.number().int(),
  knownFromTick: Tick,
  evidence: z.array(z.unknown()).describe('逐项比较：两边的值、达到的档次、权重（比特）'),
  candidates: z.array(Candidate),
  mentions: z.array(
    z.object({
      record: RecordId,
      feed: z.string(),
      role: z.string(),
      project: ProjectId.nullable(),
      projectName: z.string().nullable(),
    }),
  ),
  judgements: z.array(JudgementItem),
})
export type LinkAnswer = z.output<typeof LinkAnswer>

export const JudgementInput = z
  .object({
    verdict: z.enum(['positive', 'negative', 'unsure', 'undo']),
    registrationId: z.string().min(1).max(64).optional().describe('认定（或否定）的登记序号'),
    undoes: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional()
      .describe('撤销哪一条认定'),
    reason: z.string().trim().min(1).max(500),
    alias: AliasInput.optional().describe('认定是时：把这一写法记作该登记的别名'),
    seen: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('所见依据的 digest'),
  })
  .strict()
  .refine((input) => (input.verdict === 'undo') === (input.undoes !== undefined), {
    error: 'undo names the judgement it undoes, others do not',
    path: ['undoes'],
  })
  .refine((input) => input.verdict !== 'positive' || input.registrationId !== undefined, {
    error: 'a positive verdict names the registration',
    path: ['registrationId'],
  })
  .refine((input) => input.alias === undefined || input.verdict === 'positive', {
    error: 'only a positive verdict gives an alias',
    path: ['alias'],
  })
export type JudgementInput = z.output<typeof JudgementInput>

export const JudgementAnswer = z.object({
  judgementId: z.string().nullable().describe('空：只是预览，或等待第二人确认'),
  tick: Tick.nullable(),
  state: z.enum(['previewed', 'done', 'proposed']),
  act: z.string().nullable().describe('认定编号，撤销与确认用它'),
  effect: Effect,
  link: LinkItem.nullable(),
})
