/** The tax core beside registrations and invoices. Whom a record is of is a registration (登记序号), so nothing of it needs linking. */
import { z } from 'zod'
import { About } from './about.ts'
import { PartialDate, PartyMention, Place } from './reading.ts'

const fen = z.bigint().nullable()
/** 征收项目: 10101 增值税, 10111 印花税 and so on, the core's own code. */
const taxItem = z.string().nullable().describe('征收项目代码 ZSXM_DM')
const period = { periodFrom: PartialDate.nullable(), periodTo: PartialDate.nullable() }

/** 申报: one filed form for one tax and period. */
export const TaxReturn = z.object({
  kind: z.literal('taxReturn'),
  registrationId: z.string(),
  taxItem,
  ...period,
  salesFen: fen.describe('应税销售额, without tax'),
  exemptSalesFen: fen,
  taxDueFen: fen.describe('应纳税额'),
  reliefFen: fen,
  prepaidFen: fen.describe('已预缴税额'),
  payableFen: fen.describe('应补(退)税额'),
  isCorrection: z.boolean().nullable().describe('更正申报'),
  isVoid: z.boolean().nullable(),
  declaredOn: PartialDate.nullable(),
  dueOn: PartialDate.nullable(),
})
export type TaxReturn = z.infer<typeof TaxReturn>

/** 入库、减免、抵减、退税、欠税. */
export const TaxPayment = z.object({
  kind: z.literal('taxPayment'),
  registrationId: z.string(),
  payment: z.enum(['paid', 'relief', 'credit', 'refund', 'arrears']).nullable(),
  taxItem,
  ...period,
  amountFen: fen,
  lateFeeFen: fen,
  paidOn: PartialDate.nullable(),
  treasury: z.string().nullable().describe('收款国库'),
  reportNumber: z.string().nullable().describe('报验管理编号, only on prepayments at the site'),
})
export type TaxPayment = z.infer<typeof TaxPayment>

/** 增值税预缴: per project, with the subcontracts deducted. */
export const Prepayment = z.object({
  kind: z.literal('prepayment'),
  registrationId: z.string(),
  about: About,
  place: Place,
  taxItem,
  ...period,
  grossFen: fen.describe('全部价款和价外费用'),
  deductedFen: fen.describe('扣除的分包款'),
  rateBp: z.number().int().nullable().describe('预征率, 1/10000'),
  taxFen: fen,
  isAdvance: z.boolean().nullable().describe('预收款预缴'),
  declaredOn: PartialDate.nullable(),
  paidOn: PartialDate.nullable(),
})
export type Prepayment = z.infer<typeof Prepayment>

/** 发票领用、验旧、缴销、挂失: one segment of paper invoices. */
export const InvoiceSupply = z.object({
  kind: z.literal('invoiceSupply'),
  registrationId: z.string(),
  event: z.enum(['supply', 'verification', 'surrender', 'loss']).nullable(),
  invoiceCode: z.string().nullable(),
  numberFrom: z.string().nullable(),
  numberTo: z.string().nullable(),
  copies: z.number().int().nullable(),
  invoiceType: z.string().nullable(),
  happenedOn: PartialDate.nullable(),
})
export type InvoiceSupply = z.infer<typeof InvoiceSupply>

/** 发票总额度: one event of a 数电发票 quota. */
export const InvoiceQuota = z.object({
  kind: z.literal('invoiceQuota'),
  registrationId: z.string(),
  event: z.enum(['monthly', 'temporary', 'manual']).nullable(),
  period: PartialDate.nullable(),
  quotaFen: fen.describe('总额度, without tax'),
  effectiveOn: PartialDate.nullable(),
})
export type InvoiceQuota = z.infer<typeof InvoiceQuota>

/** 跨区域涉税事项报告、报验、反馈. */
export const CrossRegionReport = z.object({
  kind: z.literal('crossRegionReport'),
  reportNumber: z.string(),
  registrationId: z.string().nullable().describe('报验户; null before 报验'),
  about: About,
  parties: z.array(PartyMention).describe('contractor: 纳税人, owner: 合同对方'),
  place: Place,
  homeDivision: z.string().nullable(),
  contractNumber: z.string().nullable(),
  contractFen: fen,
  manner: z.enum(['installation', 'decoration', 'repair', 'processing', 'wholesale', 'retail', 'other']).nullable(),
  validFrom: PartialDate.nullable(),
  validTo: PartialDate.nullable(),
  reportedOn: PartialDate.nullable(),
  checkedInOn: PartialDate.nullable().describe('报验日期'),
  feedbackOn: PartialDate.nullable().describe('反馈日期'),
  status: z.enum(['reported', 'checkedIn', 'fedBack', 'void']).nullable().describe('−2, 0, 1, 2 of the core'),
})
export type CrossRegionReport = z.infer<typeof CrossRegionReport>

/** 社保费: one month of one payer; 工伤保险 of a project names it. */
export const SocialInsurance = z.object({
  kind: z.literal('socialInsurance'),
  registrationId: z.string(),
  about: About,
  insurance: z.enum(['pension', 'medical', 'unemployment', 'injury', 'projectInjury', 'maternity']).nullable(),
  period: PartialDate.nullable(),
  persons: z.number().int().nullable(),
  baseFen: fen,
  amountFen: fen,
  paidOn: PartialDate.nullable(),
})
export type SocialInsurance = z.infer<typeof SocialInsurance>

/** 风险应对任务: what the provincial office has tasked already. */
export const RiskTask = z.object({
  kind: z.literal('riskTask'),
  registrationId: z.string(),
  taskNumber: z.string(),
  risk: z.string().nullable(),
  level: z.enum(['low', 'medium', 'high']).nullable(),
  response: z.enum(['reminder', 'guidance', 'interview', 'inspection', 'assessment', 'audit']).nullable(),
  status: z.enum(['open', 'closed']).nullable(),
  recoveredFen: fen,
  issuedOn: PartialDate.nullable(),
  closedOn: PartialDate.nullable(),
})
export type RiskTask = z.infer<typeof RiskTask>

/** 信息采集: what an officer entered of a project: contract, subcontract, terms, receipt, settlement, stoppage. */
export const OfficerEntry = z.object({
  kind: z.literal('officerEntry'),
  entry: z.enum(['contract', 'subcontract', 'terms', 'receipt', 'settlement', 'stoppage']).nullable(),
  about: About,
  parties: z.array(PartyMention),
  amountFen: fen,
  paymentRatioBp: z.number().int().nullable().describe('合同约定的进度款支付比例, 1/10000'),
  retentionBp: z.number().int().nullable().describe('质保金比例, 1/10000'),
  happenedOn: PartialDate.nullable(),
  remark: z.string().nullable(),
  officer: z.string().nullable(),
})
export type OfficerEntry = z.infer<typeof OfficerEntry>
