/** What a fact speaks of, in the very words it uses. Equal words are resolved once, however many facts repeat them. */
import type { Canonical, Invoice, PartyMention } from '#schemas/canonical/index.ts'
import { fingerprint } from '../kernel/cipher.ts'
import { recordKeyHash } from '../kernel/record-key.ts'

/** Identity of a party text: the name as written and the code as written. */
export const partyTextHash = (party: PartyMention): string =>
  fingerprint(`party\u0000${party.raw}\u0000${party.code?.raw ?? ''}`)

/** Goods codes of construction services and of advances for them (税收分类编码 305…, 612; domain.md 0.5). */
const constructionGoods = /^(305|612|603)/

const isConstruction = (invoice: Invoice): boolean =>
  invoice.projectName !== null ||
  invoice.reportNumber !== null ||
  (invoice.goodsCode !== null && constructionGoods.test(invoice.goodsCode))

const invoiceSubject = (invoice: Invoice): string =>
  fingerprint(
    [
      'invoice',
      partyTextHash(invoice.seller),
      partyTextHash(invoice.buyer),
      invoice.projectName,
      invoice.place.text,
      invoice.place.divisionCode,
      invoice.reportNumber,
    ]
      .map((part) => part ?? '')
      .join('\u0000'),
  )

/** The subject's hash, null for facts that are project records themselves or speak of no project. */
export const subjectHash = (fact: Canonical): string | null => {
  if (fact.kind === 'measurement') return fingerprint(`record\u0000${recordKeyHash(fact.of.feed, fact.of.key)}`)
  if (fact.kind === 'invoice' && isConstruction(fact)) return invoiceSubject(fact)
  return null
}
