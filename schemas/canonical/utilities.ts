/** Water and power: permits and use, connections, accounts and readings. Use of them is a sign of work and of business. */
import { z } from 'zod'
import { About, RecordRef } from './about.ts'
import { PartialDate, PartyMention, Place } from './reading.ts'

/** 取水许可. */
export const WaterPermit = z.object({
  kind: z.literal('waterPermit'),
  permitNumber: z.string().nullable(),
  about: About,
  parties: z.array(PartyMention).describe('holder: 取水权人'),
  place: Place,
  source: z.enum(['ground', 'surface']).nullable(),
  purpose: z.string().nullable(),
  permittedM3: z.number().nullable().describe('年许可水量'),
  validFrom: PartialDate.nullable(),
  validTo: PartialDate.nullable(),
  status: z.enum(['valid', 'expired', 'revoked', 'cancelled']).nullable(),
})
export type WaterPermit = z.infer<typeof WaterPermit>

/** 取水量: one quarter or month of one permit. */
export const WaterUse = z.object({
  kind: z.literal('waterUse'),
  of: RecordRef,
  period: PartialDate.nullable(),
  quarter: z.number().int().nullable(),
  volumeM3: z.number().nullable(),
})
export type WaterUse = z.infer<typeof WaterUse>

const powerUse = z
  .enum(['temporaryWorks', 'industry', 'commerce', 'residential', 'agriculture', 'other'])
  .nullable()
  .describe('用电类别; temporaryWorks 基建临时用电')

/** 用电户. */
export const PowerAccount = z.object({
  kind: z.literal('powerAccount'),
  accountNumber: z.string(),
  /** `record`: the installation that it was connected by. */
  about: About,
  parties: z.array(PartyMention).describe('holder: 户名'),
  place: Place,
  use: powerUse,
  capacityKva: z.number().nullable(),
  connectedOn: PartialDate.nullable().describe('送电日期'),
  closedOn: PartialDate.nullable().describe('销户日期'),
  status: z.enum(['active', 'suspended', 'closed']).nullable(),
})
export type PowerAccount = z.infer<typeof PowerAccount>

/** 用电报装: an application to be connected. */
export const PowerInstallation = z.object({
  kind: z.literal('powerInstallation'),
  applicationNumber: z.string(),
  accountNumber: z.string().nullable().describe('known once connected'),
  about: About,
  parties: z.array(PartyMention).describe('holder: 申请单位'),
  place: Place,
  use: powerUse,
  capacityKva: z.number().nullable(),
  appliedOn: PartialDate.nullable(),
  connectedOn: PartialDate.nullable(),
  status: z.enum(['applied', 'building', 'connected', 'withdrawn']).nullable(),
})
export type PowerInstallation = z.infer<typeof PowerInstallation>

/** 月度抄表: negative corrections occur. */
export const PowerReading = z.object({
  kind: z.literal('powerReading'),
  of: RecordRef,
  period: PartialDate.nullable(),
  sequence: z.number().int().nullable(),
  energyKwh: z.number().nullable(),
  amountFen: z.bigint().nullable(),
  isCorrection: z.boolean(),
  readOn: PartialDate.nullable(),
})
export type PowerReading = z.infer<typeof PowerReading>
