/**
 * Shapes in which every department's words are held once they are read.
 * Money is bigint 分, dates carry the precision they came with, identifiers are strings with the verdict on them.
 */
import { z } from 'zod'

/** 日期及其精度: `value` is `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as precise as the source was. */
export const PartialDate = z.object({
  value: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/),
  precision: z.enum(['day', 'month', 'year']),
})
export type PartialDate = z.infer<typeof PartialDate>

export const IdentifierStatus = z.enum([
  'valid',
  'format_only',
  'bad_check',
  'truncated',
  'damaged',
  'unknown_type',
  'empty',
])
export type IdentifierStatus = z.infer<typeof IdentifierStatus>

/** A code as it was read: `normalised` is never repaired, a repair is only ever a `suggestion` (domain.md 1). */
export const Identifier = z.object({
  scheme: z.enum([
    'uscc',
    'orgCode',
    'businessLicence',
    'legacyTax',
    'idCard',
    'projectCode',
    'permit',
    'documentNumber',
    'unknown',
  ]),
  raw: z.string(),
  normalised: z.string(),
  status: IdentifierStatus,
  /** The nine-character organisation core that joins USCC, 组织机构代码 and 15-digit tax numbers. */
  core: z.string().nullable(),
  suggestions: z.array(z.string()),
})
export type Identifier = z.infer<typeof Identifier>

export const PartyRole = z.enum([
  'owner',
  'contractor',
  'subcontractor',
  'agency',
  'seller',
  'buyer',
  // 户主、权利人、申请人: who holds an account, a permit, a seal or a parcel.
  'holder',
  'payer',
  'payee',
])
export type PartyRole = z.infer<typeof PartyRole>

/** One organisation as one record names it: a member of a 联合体 is a mention of its own. */
export const PartyMention = z.object({
  role: PartyRole,
  /** The text exactly as it stood in the record, the member's part only. */
  raw: z.string(),
  /** Width, brackets and spaces folded; bracket content kept (domain.md 2). */
  name: z.string(),
  /** 项目部、指挥部 and the like, cut from the end of the name; null where there is none. */
  siteUnit: z.string().nullable(),
  code: Identifier.nullable(),
  /** In a 联合体: leader, member; null alone. */
  consortium: z.enum(['leader', 'member']).nullable(),
})
export type PartyMention = z.infer<typeof PartyMention>

/** Where: the division code as far as it is known (6, 9 or 12 digits) and the text it came from. */
export const Place = z.object({ divisionCode: z.string().nullable(), text: z.string().nullable() })
export type Place = z.infer<typeof Place>
