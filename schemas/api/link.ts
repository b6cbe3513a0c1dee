import { z } from 'zod'
import { LinkDecision, PageQuery, PartyId, ProjectId, pageOfItems, RecordId, TaxpayerId, Tick } from './fields.ts'

export { LinkDecision }

export const LinksQuery = PageQuery.extend({ decision: LinkDecision.default('review') })
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
  information: z.number().describe('核实它能消除多少不确定：得分的熵 × 涉及记录数的对数'),
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

export const LinkAnswer = z.object({
  link: LinkItem,
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
export type JudgementInput = z.output<typeof JudgementInput>

export const JudgementAnswer = z.object({ judgementId: z.string(), tick: Tick, link: LinkItem.nullable() })
