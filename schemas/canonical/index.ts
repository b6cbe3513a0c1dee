/**
 * The one schema that everything is normalised to. A feed's `map` returns one of these kinds; later stages know no department's field names.
 * A new kind is a new member of the union here; the fact table needs no change.
 */
import { z } from 'zod'
import { SourceProject } from './about.ts'
import { Identifier, PartialDate, PartyMention, Place } from './reading.ts'
import { CompanySeal, Enterprise, EnterpriseChange, Letting } from './registers.ts'
import {
  CrossRegionReport,
  InvoiceQuota,
  InvoiceSupply,
  OfficerEntry,
  Prepayment,
  RiskTask,
  SocialInsurance,
  TaxPayment,
  TaxReturn,
} from './tax.ts'
import { PowerAccount, PowerInstallation, PowerReading, WaterPermit, WaterUse } from './utilities.ts'
import {
  Completion,
  FundPayment,
  Investment,
  LandSupply,
  Measurement,
  Observation,
  Permit,
  ProjectEntry,
} from './works.ts'

export * from './about.ts'
export * from './reading.ts'
export * from './registers.ts'
export * from './tax.ts'
export * from './utilities.ts'
export * from './works.ts'

const fen = z.bigint().nullable()

/** 立项: one approval document of a project (审批/核准/备案). */
export const Approval = z.object({
  kind: z.literal('approval'),
  name: z.string(),
  projectCode: Identifier.nullable(),
  documentNumber: z.string().nullable().describe('批复文号, normalised'),
  approvalType: z.enum(['approval', 'ratification', 'filing']).nullable().describe('审批/核准/备案'),
  approvalStage: z
    .enum(['proposal', 'feasibility', 'preliminaryDesign', 'budgetAdjustment', 'filing', 'ratification'])
    .nullable(),
  status: z.enum(['coded', 'approved', 'withdrawn', 'expired']).nullable(),
  parties: z.array(PartyMention),
  place: Place,
  totalInvestmentFen: fen.describe('总投资: land, equipment and interest included, never work done'),
  governmentFunded: z.boolean().nullable(),
  industry: z.string().nullable().describe('GB/T 4754 code'),
  approvedOn: PartialDate.nullable(),
  plannedStart: PartialDate.nullable(),
  plannedCompletion: PartialDate.nullable(),
})
export type Approval = z.infer<typeof Approval>

/** 合同段: one contract section with its price and its parties. */
export const Contract = z.object({
  kind: z.literal('contract'),
  name: z.string().describe('项目名称 as the section record has it'),
  section: z.string().nullable().describe('合同段/标段'),
  sourceProject: SourceProject.nullable(),
  projectCode: Identifier.nullable(),
  documentNumber: z.string().nullable(),
  contractNumber: z.string().nullable(),
  parties: z.array(PartyMention),
  place: Place,
  contractFen: fen,
  signedOn: PartialDate.nullable(),
  plannedStart: PartialDate.nullable(),
  startedOn: PartialDate.nullable(),
  handedOverOn: PartialDate.nullable().describe('交工日期'),
  stage: z.enum(['notStarted', 'started', 'inProgress', 'handedOver', 'completed']).nullable(),
  governmentFunded: z.boolean().nullable(),
})
export type Contract = z.infer<typeof Contract>

/** 中标: one award notice of one lot. */
export const Award = z.object({
  kind: z.literal('award'),
  name: z.string().describe('标段名称'),
  lotNumber: z.string().nullable(),
  projectCode: Identifier.nullable(),
  parties: z.array(PartyMention),
  place: Place,
  awardFen: fen,
  noticedOn: PartialDate.nullable(),
  scope: z.string().nullable(),
})
export type Award = z.infer<typeof Award>

/** 税务登记: one registration (登记序号) of a taxpayer. */
export const TaxRegistration = z.object({
  kind: z.literal('taxRegistration'),
  registrationId: z.string(),
  code: Identifier.nullable(),
  formerCode: Identifier.nullable(),
  codeBlind: z.string().nullable().describe("blind index of a natural person's number, which never stands in clear"),
  name: z.string(),
  formerNames: z.array(z.string()),
  status: z.enum(['normal', 'suspended', 'abnormal', 'cancelled', 'pendingCancel', 'checkedIn']).nullable(),
  isNaturalPerson: z.boolean(),
  vatScheme: z.enum(['general', 'smallScale']).nullable(),
  industry: z.string().nullable(),
  address: z.string().nullable(),
  place: Place,
  officeInCharge: z
    .object({ code: z.string().nullable(), name: z.string().nullable() })
    .describe('主管税务所（科、分局）'),
  taxOfficer: z.string().nullable().describe('税收管理员'),
  registeredOn: PartialDate.nullable(),
})
export type TaxRegistration = z.infer<typeof TaxRegistration>

/** 发票: one invoice; a red one has negative amounts and names the blue one. */
export const Invoice = z.object({
  kind: z.literal('invoice'),
  number: z.string(),
  code: z.string().nullable(),
  invoiceType: z.string().nullable(),
  status: z.enum(['normal', 'void', 'red', 'partlyRed']).nullable(),
  blueNumber: z.string().nullable(),
  issuedOn: PartialDate.nullable(),
  seller: PartyMention,
  buyer: PartyMention,
  netFen: fen.describe('不含税金额'),
  taxFen: fen,
  grossFen: fen.describe('价税合计'),
  rateBp: z.number().int().nullable().describe('1/10000'),
  goodsCode: z.string().nullable().describe('税收分类编码; 612 and 603 are non-taxable (domain.md 0.5)'),
  projectName: z.string().nullable().describe('建筑项目名称'),
  place: Place,
  crossRegion: z.boolean().nullable(),
  reportNumber: z.string().nullable().describe('跨区域涉税事项报验管理编号'),
})
export type Invoice = z.infer<typeof Invoice>

export const Canonical = z.discriminatedUnion('kind', [
  Approval,
  Contract,
  Award,
  Measurement,
  TaxRegistration,
  Invoice,
  ProjectEntry,
  Permit,
  Completion,
  Investment,
  LandSupply,
  FundPayment,
  Observation,
  WaterPermit,
  WaterUse,
  PowerAccount,
  PowerInstallation,
  PowerReading,
  Enterprise,
  EnterpriseChange,
  CompanySeal,
  Letting,
  TaxReturn,
  TaxPayment,
  Prepayment,
  InvoiceSupply,
  InvoiceQuota,
  CrossRegionReport,
  SocialInsurance,
  RiskTask,
  OfficerEntry,
])
export type Canonical = z.infer<typeof Canonical>
export type Kind = Canonical['kind']

/** Kinds that are records of a project in their own right: the nodes that grouping joins. */
export const projectKinds = ['approval', 'projectEntry', 'permit', 'contract', 'award'] as const
export type ProjectKind = (typeof projectKinds)[number]
export type ProjectRecord = Extract<Canonical, { kind: ProjectKind }>
