/**
 * The tax ladder 计税阶梯 of one project: expected band → declared → relief, credit → paid → arrears, per contractor and tax (domain.md 0.1). Every figure says
 * to whom it belongs; what belongs to the taxpayer stands beside and is in no sum. It is 疑点, never an assessment. `null` is unknown, never zero.
 */
import { z } from 'zod'

const fen = z.bigint()

export const Attribution = z
  .enum(['project', 'contract', 'taxpayer'])
  .describe('project 按项目, contract 按合同, taxpayer 按纳税人申报，不分项目')
export type Attribution = z.infer<typeof Attribution>

export const TaxName = z.enum([
  'businessTax',
  'vat',
  'vatPrepayment',
  'cityTax',
  'educationSurcharge',
  'localEducationSurcharge',
  'stampDuty',
  'incomeTax',
])
export type TaxName = z.infer<typeof TaxName>

/** 应缴测算: what is owed at least, most likely, at most, 分. */
export const TaxBand = z.object({ lowFen: fen, pointFen: fen, highFen: fen })
export type TaxBand = z.infer<typeof TaxBand>

/** A row of law that a figure went by. */
export const TaxRule = z.object({
  id: z.string(),
  tax: TaxName,
  rateBp: z.number().int().nullable(),
  basis: z.string(),
  article: z.string(),
  open: z.string().nullable().describe('what law or practice leaves open here, and who has to say it'),
})
export type TaxRule = z.infer<typeof TaxRule>

export const TaxLine = z.object({
  rule: z.string().describe('id of one of `rules`'),
  baseFen: fen,
  lowFen: fen,
  pointFen: fen,
  highFen: fen,
})
export type TaxLine = z.infer<typeof TaxLine>

export const TaxMonth = z.object({
  period: z.string(),
  dueOn: z.string().describe('last day of filing'),
  evidence: z
    .enum(['invoiced', 'received', 'advance', 'measured'])
    .describe('what the base rests on: 开票 / 收款 / 预收款 / 计量'),
  baseFen: fen.describe('price of the month with VAT; negative where red invoices took more back'),
  highBaseFen: fen,
  deductedFen: fen.describe("subcontractors' invoices that may be deducted"),
  record: z.string().nullable().describe('the first record that the base rests on'),
  records: z.number().int(),
  lines: z.array(TaxLine),
})
export type TaxMonth = z.infer<typeof TaxMonth>

export const TaxGapKind = z
  .enum(['notDeclared', 'arrears', 'notCheckedIn'])
  .describe('未申报 / 欠税 / 未报验; 未开票 stands in the sales ladder')
export type TaxGapKind = z.infer<typeof TaxGapKind>

export const TaxStep = z.object({
  tax: TaxName,
  attribution: Attribution,
  expected: TaxBand.describe('of the periods whose filing has ended'),
  notDueFen: fen.describe('point reading of the periods that can still be filed'),
  declaredFen: fen.nullable().describe('null: no form of this tax carries a project'),
  reliefFen: fen.nullable(),
  creditFen: fen.nullable(),
  paidFen: fen.nullable(),
  refundFen: fen.nullable(),
  lateFeeFen: fen.nullable(),
  arrearsFen: fen.nullable(),
  gapFen: fen.nullable(),
  gapKind: TaxGapKind.nullable(),
  rules: z.array(z.string()),
  records: z.array(z.string()).describe('the forms and payments behind declared and paid'),
})
export type TaxStep = z.infer<typeof TaxStep>

export const TaxContractor = z.object({
  name: z.string(),
  taxpayerId: z.string().nullable(),
  registrationIds: z.array(z.string()),
  scheme: z.enum(['general', 'simplified', 'smallScale', 'unknown']),
  homeDivision: z.string().nullable(),
  isCrossRegion: z.boolean().nullable(),
  isCrossProvince: z.boolean().nullable(),
  report: z
    .object({
      record: z.string(),
      reportNumber: z.string(),
      checkedInOn: z.string().nullable(),
      feedbackOn: z.string().nullable(),
      validTo: z.string().nullable(),
    })
    .nullable(),
  gapKinds: z.array(TaxGapKind),
  /** Dotted codes of what a reader has to know: what is assumed, and what a person has to decide. */
  notes: z.array(z.string()),
  steps: z.array(TaxStep),
  /** Of class taxpayer: beside the ladder, in no sum. */
  beside: z.array(TaxStep),
  months: z.array(TaxMonth),
})
export type TaxContractor = z.infer<typeof TaxContractor>

/** 印花税 of one contract, each side of which owes it. */
export const TaxContract = z.object({
  record: z.string(),
  name: z.string(),
  kind: z.enum(['contract', 'award', 'subcontract']).describe('award: no record of the contract, its award stands in'),
  parties: z.array(z.string()),
  signedOn: z.string(),
  priceFen: fen,
  expected: TaxBand.describe('of one side'),
  rule: z.string(),
})
export type TaxContract = z.infer<typeof TaxContract>

export const TaxLadder = z.object({
  siteDivision: z.string().nullable(),
  contractors: z.array(TaxContractor),
  contracts: z.array(TaxContract),
  /** Sums over contractors of class project alone. */
  expected: TaxBand,
  declaredFen: fen,
  paidFen: fen,
  arrearsFen: fen,
  gapFen: fen,
  rules: z.array(TaxRule),
})
export type TaxLadder = z.infer<typeof TaxLadder>
