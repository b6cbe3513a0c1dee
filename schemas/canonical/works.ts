/** What offices hold of projects beside approvals, contracts and awards: registers, permits, completions, money and sightings. */
import { z } from 'zod'
import { About, RecordRef, SourceProject } from './about.ts'
import { Identifier, PartialDate, PartyMention, Place } from './reading.ts'

const fen = z.bigint().nullable()

/** 项目台账: a department's own register entry of a project (water, transport, the yearly list of key projects). */
export const ProjectEntry = z.object({
  kind: z.literal('projectEntry'),
  name: z.string(),
  sourceProject: SourceProject.nullable(),
  projectCode: Identifier.nullable(),
  documentNumber: z.string().nullable(),
  parties: z.array(PartyMention),
  place: Place,
  totalInvestmentFen: fen,
  governmentFunded: z.boolean().nullable(),
  industry: z.string().nullable(),
  listedYear: z.number().int().nullable().describe('重点项目名单年度; null for other registers'),
  registeredOn: PartialDate.nullable(),
  startedOn: PartialDate.nullable(),
  completedOn: PartialDate.nullable().describe('竣工验收'),
  stage: z.enum(['notStarted', 'started', 'inProgress', 'handedOver', 'completed', 'stopped']).nullable(),
})
export type ProjectEntry = z.infer<typeof ProjectEntry>

/** 施工许可: one permit of one project or of one of its sections. */
export const Permit = z.object({
  kind: z.literal('permit'),
  name: z.string(),
  permitNumber: z.string().nullable(),
  projectCode: Identifier.nullable(),
  documentNumber: z.string().nullable().describe('立项文号, often filled in later'),
  /** 四库一平台项目编号: children of one project share it. */
  sourceProject: SourceProject.nullable(),
  parties: z.array(PartyMention),
  place: Place,
  contractFen: fen,
  totalInvestmentFen: fen,
  areaM2: z.number().nullable(),
  issuedOn: PartialDate.nullable(),
  plannedStart: PartialDate.nullable(),
  plannedCompletion: PartialDate.nullable(),
  status: z.enum(['valid', 'suspended', 'revoked', 'expired']).nullable(),
})
export type Permit = z.infer<typeof Permit>

/** 竣工验收备案. */
export const Completion = z.object({
  kind: z.literal('completion'),
  about: About,
  parties: z.array(PartyMention),
  place: Place,
  costFen: fen.describe('实际造价'),
  areaM2: z.number().nullable(),
  startedOn: PartialDate.nullable().describe('实际开工'),
  completedOn: PartialDate.nullable().describe('实际竣工'),
  filedOn: PartialDate.nullable().describe('备案日期'),
})
export type Completion = z.infer<typeof Completion>

/** 投资进度报送: what the project unit reports each month. Cumulative investment holds land, equipment and interest and is never work done (domain.md 0.4). */
export const Investment = z.object({
  kind: z.literal('investment'),
  about: About,
  parties: z.array(PartyMention),
  place: Place,
  report: z.enum(['start', 'progress', 'completion']).nullable(),
  period: PartialDate.nullable(),
  cumulativeInvestmentFen: fen,
  constructionInvestmentFen: fen.describe('其中建安投资, only where stated'),
  physicalProgressBp: z.number().int().nullable().describe('1/10000'),
  startedOn: PartialDate.nullable(),
  completedOn: PartialDate.nullable(),
})
export type Investment = z.infer<typeof Investment>

/** 土地供应: one grant contract or allocation decision. */
export const LandSupply = z.object({
  kind: z.literal('landSupply'),
  about: About,
  parties: z.array(PartyMention).describe('holder: 受让人'),
  place: Place,
  contractNumber: z.string().nullable(),
  supply: z.enum(['grant', 'allocation', 'lease']).nullable().describe('出让/划拨/租赁'),
  use: z.string().nullable(),
  areaM2: z.number().nullable(),
  priceFen: fen,
  signedOn: PartialDate.nullable(),
})
export type LandSupply = z.infer<typeof LandSupply>

/** 财政拨付与结算评审. */
export const FundPayment = z.object({
  kind: z.literal('fundPayment'),
  about: About,
  parties: z.array(PartyMention).describe('payer, payee'),
  payment: z.enum(['appropriation', 'settlementReview']).nullable(),
  amountFen: fen.describe('拨付金额'),
  submittedFen: fen.describe('送审金额'),
  approvedFen: fen.describe('审定金额'),
  paidOn: PartialDate.nullable(),
})
export type FundPayment = z.infer<typeof FundPayment>

/** 乡镇街道巡查: what a delegate of a town saw. */
export const Observation = z.object({
  kind: z.literal('observation'),
  about: About,
  parties: z.array(PartyMention).describe('holder: whose works or business it is'),
  place: Place,
  subject: z.enum(['construction', 'business', 'letting', 'training']).nullable(),
  state: z.enum(['operating', 'stopped', 'gone']).nullable(),
  text: z.string().nullable(),
  seenOn: PartialDate.nullable(),
})
export type Observation = z.infer<typeof Observation>

/** 计量: one interim measurement of one section. */
export const Measurement = z.object({
  kind: z.literal('measurement'),
  of: RecordRef,
  sequence: z.number().int().nullable().describe('期数'),
  period: PartialDate.nullable(),
  periodFen: fen,
  cumulativeFen: fen,
  physicalProgressBp: z.number().int().nullable().describe('形象进度, 1/10000'),
  measuredOn: PartialDate.nullable(),
})
export type Measurement = z.infer<typeof Measurement>
