import { z } from 'zod'
import { TaxpayerId } from './fields.ts'
import { ProjectSummary } from './project.ts'

export const RegistrationItem = z.object({
  registrationId: z.string().describe('登记序号'),
  name: z.string(),
  formerNames: z.array(z.string()),
  uscc: z.string().nullable().describe('统一社会信用代码；自然人为空'),
  status: z.string().nullable(),
  active: z.boolean(),
  vatScheme: z.string().nullable(),
  divisionCode: z.string().nullable(),
  address: z.string().nullable(),
  officeCode: z.string().nullable(),
  officeName: z.string().nullable().describe('主管税务所（科、分局）'),
  officerCode: z.string().nullable(),
})
export type RegistrationItem = z.output<typeof RegistrationItem>

export const TaxpayerAnswer = z.object({
  id: TaxpayerId,
  registrations: z.array(RegistrationItem),
  projects: z.array(z.object({ project: ProjectSummary, roles: z.array(z.string()) })),
  projectsTruncated: z.boolean(),
})
export type TaxpayerAnswer = z.output<typeof TaxpayerAnswer>

export const TaxpayerSearch = z
  .object({
    code: z.string().trim().min(2).max(64).optional().describe('税号、统一社会信用代码、组织机构代码或身份证件号码'),
    name: z.string().trim().min(2).max(100).optional().describe('名称或曾用名，两个字起，或拼音首字母'),
    limit: z.number().int().min(1).max(200).default(20),
  })
  .strict()
  .refine((search) => (search.code === undefined) !== (search.name === undefined), { error: 'code or name' })
export type TaxpayerSearch = z.output<typeof TaxpayerSearch>

export const TaxpayerHit = z.object({ id: TaxpayerId, registration: RegistrationItem })
export const TaxpayerHits = z.object({ items: z.array(TaxpayerHit), truncated: z.boolean() })
export type TaxpayerHits = z.output<typeof TaxpayerHits>
