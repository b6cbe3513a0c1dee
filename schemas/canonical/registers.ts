/** Registers of persons and places outside the tax bureau: enterprises and their changes, company seals, let dwellings. */
import { z } from 'zod'
import { Identifier, PartialDate, PartyMention, Place } from './reading.ts'

const enterpriseStatus = z
  .enum(['active', 'revoked', 'revokedCancelled', 'cancelled', 'annulled', 'movedOut', 'other'])
  .nullable()
  .describe('登记状态 1存续 2吊销未注销 3吊销已注销 4注销 5撤销 6迁出 9其他')

/** 市场主体登记: an enterprise as the register of commerce holds it. */
export const Enterprise = z.object({
  kind: z.literal('enterprise'),
  code: Identifier.nullable(),
  registrationNumber: Identifier.nullable().describe('注册号, the number before the unified code'),
  name: z.string(),
  formerNames: z.array(z.object({ name: z.string(), until: PartialDate.nullable() })),
  parties: z.array(PartyMention).describe('holder: itself, for linking to its tax registration'),
  parentCode: Identifier.nullable().describe('隶属企业 of a branch'),
  enterpriseType: z.string().nullable(),
  status: enterpriseStatus,
  industry: z.string().nullable(),
  capitalFen: z.bigint().nullable(),
  capitalCurrency: z.string().nullable(),
  establishedOn: PartialDate.nullable(),
  approvedOn: PartialDate.nullable(),
  cancelledOn: PartialDate.nullable(),
  revokedOn: PartialDate.nullable(),
  address: z.string().nullable(),
  place: Place,
})
export type Enterprise = z.infer<typeof Enterprise>

/** 变更登记: one item of one change. */
export const EnterpriseChange = z.object({
  kind: z.literal('enterpriseChange'),
  code: Identifier.nullable(),
  registrationNumber: Identifier.nullable().describe('注册号 of an enterprise without a unified code'),
  name: z.string().nullable().describe('its name on the day of the change'),
  item: z.enum(['name', 'address', 'capital', 'scope', 'representative', 'status', 'branch', 'other']).nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  changedOn: PartialDate.nullable(),
})
export type EnterpriseChange = z.infer<typeof EnterpriseChange>

/** 印章备案. */
export const CompanySeal = z.object({
  kind: z.literal('companySeal'),
  sealNumber: z.string(),
  parties: z.array(PartyMention).describe('holder'),
  sealType: z.enum(['official', 'finance', 'invoice', 'contract', 'other']).nullable(),
  status: z.enum(['valid', 'lost', 'destroyed']).nullable(),
  carvedOn: PartialDate.nullable(),
})
export type CompanySeal = z.infer<typeof CompanySeal>

/** 出租房屋: one let room. The owner is a blind index; nothing of a person stands in clear (decision 7). */
export const Letting = z.object({
  kind: z.literal('letting'),
  dwellingNumber: z.string(),
  ownerBlind: z.string().nullable().describe("blind index of the owner's identity number: equal owners, equal values"),
  place: Place,
  tenants: z.number().int().nullable(),
  areaM2: z.number().nullable(),
  rentFen: z.bigint().nullable().describe('月租金, mostly blank'),
  letFrom: PartialDate.nullable(),
  letTo: PartialDate.nullable(),
  registeredOn: PartialDate.nullable(),
})
export type Letting = z.infer<typeof Letting>
