/** What accounts and applications of the power company have in common: categories of use, and names that are persons'. */
import { type Cell, oneOf, party, place } from '#connect'
import type { PartyMention, Place } from '#schemas/canonical/index.ts'

/** 用电类别, the tariff names of before and after 2020. */
export const use = oneOf({
  基建临时用电: 'temporaryWorks',
  临时用电: 'temporaryWorks',
  大工业用电: 'industry',
  普通工业: 'industry',
  一般工商业: 'commerce',
  商业用电: 'commerce',
  非居民照明: 'commerce',
  城镇居民生活用电: 'residential',
  乡村居民生活用电: 'residential',
  农业生产用电: 'agriculture',
  农业排灌: 'agriculture',
  非工业: 'other',
})

const residential = new Set(['城镇居民生活用电', '乡村居民生活用电'])
/** Words that organisations of four characters end with; a name shorter than that is a person's. */
const shortOrganisation = /[店部厂所院校社会局馆行站处铺吧场园队组庄司]$/u

const isPersonName = (name: string): boolean => {
  const bare = name.trim().replace(/[（(].*$/u, '')
  return /^[\p{Script=Han}·]{2,4}$/u.test(bare) && !(bare.length === 4 && shortOrganisation.test(bare))
}

interface Holding {
  readonly name: Cell
  readonly elecType: Cell
}

/**
 * Whether an account or application is a natural person's: a dwelling, or a business that goes by its owner's name. Its name and address are
 * sealed (decision 7); what is sealed already stays so.
 */
export const isPersons = ({ name, elecType }: Holding): boolean => {
  const text = typeof name === 'string' ? name : ''
  return text.startsWith('sealed:') || residential.has(String(elecType ?? '').trim()) || isPersonName(text)
}

/** 户名、申请单位; nobody where it is a natural person or blank. */
export const holders = (holding: Holding): PartyMention[] =>
  isPersons(holding) ? [] : [party(holding.name, null, 'holder')].filter(({ name }) => name !== '')

/** Where the power is used, from free text; unknown where it is a person's. */
export const placeOf = (holding: Holding, address: Cell): Place =>
  isPersons(holding) ? place(null, null) : place(null, address)
