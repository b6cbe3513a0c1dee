/** What a fact speaks of, in the very words it uses. Equal words are resolved once, however many facts repeat them. */
import type {
  About,
  Canonical,
  Identifier,
  Invoice,
  PartyMention,
  PartyRole,
  Place,
  RecordRef,
  TaxPayment,
} from '#schemas/canonical/index.ts'
import { fingerprint } from '../kernel/cipher.ts'
import { recordKeyHash } from '../kernel/record-key.ts'

/** Identity of a party text: the name as written and the code as written. */
export const partyTextHash = (party: PartyMention): string =>
  fingerprint(`party\u0000${party.raw}\u0000${party.code?.raw ?? ''}`)

/** A code that may be compared: whole and of valid form. */
export const usableCode = (code: Identifier | null): string | null =>
  code !== null && (code.status === 'valid' || code.status === 'format_only') ? code.normalised : null

/**
 * A subject: the words by which facts say which project they speak of. `record` names another record and nothing else (a reading its account);
 * `about` may name a record, a code, a report number and a project name; `invoice` is what an invoice says of its works.
 */
export interface Subject {
  readonly hash: string
  readonly kind: 'record' | 'about' | 'invoice'
  /** Key hash of the record whose project it shares. */
  readonly refKey: string | null
  /** Who works (施工单位、销售方), who has it done (建设单位、购买方、付款方), and who may be either (户主、收款方). Text hashes. */
  readonly seller: string | null
  readonly buyer: string | null
  readonly holder: string | null
  /** 登记序号 of who works, where the tax core names it. */
  readonly registrationId: string | null
  readonly projectCode: string | null
  readonly projectName: string | null
  readonly placeText: string | null
  readonly divisionCode: string | null
  /** The day that tells one project of the same parties from another, as precise as it is known. */
  readonly on: string | null
  readonly reportNumber: string | null
  /** The number of the cross-region report that the fact is; what names this number follows it. */
  readonly ownReport: string | null
}

const nothingSaid = {
  refKey: null,
  seller: null,
  buyer: null,
  holder: null,
  registrationId: null,
  projectCode: null,
  projectName: null,
  placeText: null,
  divisionCode: null,
  on: null,
  reportNumber: null,
  ownReport: null,
}

/** Goods codes of construction services and of advances for them (税收分类编码 305…, 612; domain.md 0.5). */
const constructionGoods = /^(305|612|603)/

const isConstruction = (invoice: Invoice): boolean =>
  invoice.projectName !== null ||
  invoice.reportNumber !== null ||
  (invoice.goodsCode !== null && constructionGoods.test(invoice.goodsCode))

/** 投资项目统一代码 inside a name: issuers write it where the form has no field for it. */
const codeInName = (name: string | null): string | null =>
  name === null ? null : (/(?<!\d)\d{4}-\d{6}-\d{2}-\d{2}-\d{6}(?!\d)/.exec(name)?.[0] ?? null)

const invoiceSubject = (invoice: Invoice): Subject => {
  const seller = partyTextHash(invoice.seller)
  const buyer = partyTextHash(invoice.buyer)
  const { projectName, place, reportNumber } = invoice
  const words = ['invoice', seller, buyer, projectName, place.text, place.divisionCode, reportNumber]
  return {
    ...nothingSaid,
    hash: hashOf(words),
    kind: 'invoice',
    seller,
    buyer,
    projectCode: codeInName(projectName),
    projectName,
    placeText: place.text,
    divisionCode: place.divisionCode,
    reportNumber,
  }
}

const hashOf = (words: readonly (string | null)[]): string =>
  fingerprint(words.map((word) => word ?? '').join('\u0000'))

const recordSubject = (of: RecordRef): Subject => {
  const refKey = recordKeyHash(of.feed, of.key)
  return { ...nothingSaid, hash: fingerprint(`record\u0000${refKey}`), kind: 'record', refKey }
}

type Side = 'seller' | 'buyer' | 'holder'

/** On which side of the works a role stands; a payee may be the contractor or the unit that builds, as a holder may. */
const sides: Readonly<Record<PartyRole, Side | null>> = {
  contractor: 'seller',
  subcontractor: 'seller',
  seller: 'seller',
  owner: 'buyer',
  buyer: 'buyer',
  payer: 'buyer',
  holder: 'holder',
  payee: 'holder',
  agency: null,
}

type AboutFact = Extract<Canonical, { about: About }>

/** The first party of each side: in a 联合体 its leader. */
const partiesBySide = (fact: AboutFact): Record<Side, string | null> => {
  const found: Record<Side, string | null> = { seller: null, buyer: null, holder: null }
  if (!('parties' in fact)) return found
  for (const party of fact.parties) {
    const side = sides[party.role]
    if (side !== null) found[side] ??= partyTextHash(party)
  }
  return found
}

/** Facts that are of works by what they are, also where they name no project: who and where may leave one. */
const isOfWorks = (fact: AboutFact): boolean => {
  switch (fact.kind) {
    case 'completion':
    case 'landSupply':
    case 'waterPermit':
      return true
    case 'observation':
      return fact.subject === 'construction'
    case 'powerAccount':
    case 'powerInstallation':
      return fact.use === 'temporaryWorks'
    default:
      return false
  }
}

const isNothing = ({ record, projectCode, name, reportNumber }: About): boolean =>
  record === null && projectCode === null && name === null && reportNumber === null

const works = /项目|工程|改造/u
const siteOffice = /部$|部（/u

/** The works that a holder's name says after it: `某某有限公司（某某花园二期建设项目）`. */
const worksOfHolder = (fact: AboutFact): string | null => {
  if (!('parties' in fact)) return null
  const said = fact.parties.find((party) => party.role === 'holder')?.siteUnit ?? null
  return said !== null && works.test(said) && !siteOffice.test(said) ? said : null
}

/** Works connect to power within months of their beginning, which tells one project of a holder from another; other facts come at any time. */
const tellingDay = (fact: AboutFact): string | null =>
  fact.kind === 'powerInstallation'
    ? (fact.appliedOn?.value ?? null)
    : fact.kind === 'powerAccount' && fact.use === 'temporaryWorks'
      ? (fact.connectedOn?.value ?? null)
      : null

const nowhere: Place = { divisionCode: null, text: null }

const aboutSubject = (fact: AboutFact): Subject | null => {
  const { about } = fact
  const parties = partiesBySide(fact)
  const ownReport = fact.kind === 'crossRegionReport' ? fact.reportNumber : null
  const hasParty = parties.seller !== null || parties.buyer !== null || parties.holder !== null
  if (isNothing(about) && ownReport === null && !(hasParty && isOfWorks(fact))) return null
  const place = 'place' in fact ? fact.place : nowhere
  const said = {
    refKey: about.record === null ? null : recordKeyHash(about.record.feed, about.record.key),
    ...parties,
    registrationId: parties.seller === null && 'registrationId' in fact ? fact.registrationId : null,
    projectCode: usableCode(about.projectCode) ?? codeInName(about.name),
    projectName: about.name ?? worksOfHolder(fact),
    placeText: place.text,
    divisionCode: place.divisionCode,
    on: tellingDay(fact),
    reportNumber: about.reportNumber === ownReport ? null : about.reportNumber,
    ownReport,
  }
  return { hash: hashOf(['about', ...Object.values(said)]), kind: 'about', ...said }
}

/** A payment carries a project only where the core has one: the report number of a prepayment at the site (domain.md 0.1). */
const paymentSubject = ({ reportNumber, registrationId }: TaxPayment): Subject | null =>
  reportNumber === null
    ? null
    : {
        ...nothingSaid,
        hash: hashOf(['payment', registrationId, reportNumber]),
        kind: 'about',
        registrationId,
        reportNumber,
      }

/** What a fact speaks of; null for project records themselves and for what speaks of no project. */
export const subjectOf = (fact: Canonical): Subject | null => {
  if (fact.kind === 'invoice') return isConstruction(fact) ? invoiceSubject(fact) : null
  if ('of' in fact) return recordSubject(fact.of)
  if (fact.kind === 'taxPayment') return paymentSubject(fact)
  return 'about' in fact ? aboutSubject(fact) : null
}

/** The subject's hash, null where there is none. */
export const subjectHash = (fact: Canonical): string | null => subjectOf(fact)?.hash ?? null

/** Who a fact names, in the order of the record; a meter reading names nobody. */
export const partiesOf = (fact: Canonical): readonly PartyMention[] =>
  fact.kind === 'invoice' ? [fact.seller, fact.buyer] : 'parties' in fact ? fact.parties : []
