/** Who owes tax on a project's works: whoever a record names as its contractor, and whoever invoices its owner (domain.md 0.7). */
import type { CrossRegionReport, PartyMention } from '#schemas/canonical/index.ts'
import type { Scheme } from '../tax/expected/input.ts'
import type { Known, KnownRegistration, KnownSales, KnownTied } from './known.ts'
import { identityOf } from './ladder.ts'

export interface TaxParty {
  /** The taxpayer where linked, else the name. */
  readonly key: string
  readonly name: string
  readonly taxpayerId: string | null
  readonly registrations: readonly KnownRegistration[]
  readonly scheme: Scheme
  readonly home: string | null
  readonly isBranch: boolean
  readonly isConsortium: boolean
  readonly sales: readonly KnownSales[]
  readonly reports: readonly (KnownTied & { readonly fact: CrossRegionReport })[]
  readonly notes: readonly string[]
}

interface Named {
  readonly key: string
  readonly name: string
  readonly taxpayerId: string | null
  readonly code: string | null
  readonly isConsortium: boolean
}

const linkedTaxpayer = (known: Known, text: string): string | null => {
  const link = known.links.get(text)
  return link?.decision === 'link' ? link.taxpayerId : null
}

/** Who sold: by the link of the invoices' text, else by name. */
export const sellerKey = (known: Known, sale: KnownSales): string =>
  linkedTaxpayer(known, sale.seller) ?? sale.sellerName
export const buyerKey = (known: Known, sale: KnownSales): string => linkedTaxpayer(known, sale.buyer) ?? sale.buyerName

const byMention = (known: Known, mention: PartyMention): Named => {
  const key = identityOf(known, mention)
  return {
    key,
    name: mention.name,
    taxpayerId: key === mention.name ? null : key,
    code: mention.code?.normalised ?? null,
    isConsortium: mention.consortium !== null,
  }
}

const named = (known: Known): Named[] => [
  ...known.records.flatMap((r) =>
    r.fact.parties.filter((p) => p.role === 'contractor').map((mention) => byMention(known, mention)),
  ),
  ...known.sales
    .filter((sale) => sale.tier === 1)
    .map((sale) => ({
      key: sellerKey(known, sale),
      name: sale.sellerName,
      taxpayerId: linkedTaxpayer(known, sale.seller),
      code: sale.sellerCode,
      isConsortium: false,
    })),
]

const generalRates = new Set([900, 1_000, 1_100])

/** Rates of 建筑服务; others are of design, equipment and the like (domain.md 0.7). */
export const isConstruction = (sale: KnownSales): boolean =>
  sale.rateBp === null || generalRates.has(sale.rateBp) || [100, 300, 500].includes(sale.rateBp)

const grossAt = (sales: readonly KnownSales[], fits: (rateBp: number) => boolean): bigint =>
  sales.reduce((sum, s) => (s.rateBp !== null && s.goods === 'taxable' && fits(s.rateBp) ? sum + s.grossFen : sum), 0n)

/** A general taxpayer that invoices works at 3 % has chosen the simplified method; which ground it has no feed tells. */
const schemeOf = (
  registered: 'general' | 'smallScale' | null,
  sales: readonly KnownSales[],
): { scheme: Scheme; notes: string[] } => {
  const general = grossAt(sales, (bp) => generalRates.has(bp))
  const levied = grossAt(sales, (bp) => bp === 300)
  if (registered === 'smallScale') return { scheme: 'smallScale', notes: [] }
  const isSimplified = levied > general
  const notes = [
    ...(registered === null ? ['scheme.inferred'] : []),
    ...(general > 0n && levied > 0n ? ['scheme.mixed'] : []),
  ]
  if (registered === 'general' || general > 0n) {
    const grounds = sales.some((s) => s.rateBp === 300 && s.period >= '2026-01')
      ? 'scheme.groundsOf2026'
      : 'scheme.grounds'
    return isSimplified ? { scheme: 'simplified', notes: [...notes, grounds] } : { scheme: 'general', notes }
  }
  if (sales.length > 0 && grossAt(sales, (bp) => bp === 100) > 0n) return { scheme: 'smallScale', notes }
  return { scheme: 'unknown', notes: [...notes, 'scheme.unknown'] }
}

/** Digits 3–8 of a social credit code: where the enterprise was registered (domain.md 1.1). */
const divisionInCode = (code: string | null): string | null =>
  code !== null && /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-Z]{10}$/.test(code) ? code.slice(2, 8) : null

/** Home: as the report states it; of a registration here its place, of a 报验户 what its code says. */
const homeOf = (
  reports: TaxParty['reports'],
  registrations: readonly KnownRegistration[],
  code: string | null,
): { home: string | null; notes: string[] } => {
  const stated = reports.find(({ fact }) => fact.homeDivision !== null)?.fact.homeDivision ?? null
  if (stated !== null) return { home: stated, notes: [] }
  const resident = registrations.find(({ fact }) => fact.status !== 'checkedIn' && fact.place.divisionCode !== null)
  if (resident) return { home: resident.fact.place.divisionCode, notes: [] }
  const visitor = registrations.map(({ fact }) => fact.code?.normalised ?? null).find((c) => c !== null) ?? null
  const home = divisionInCode(visitor) ?? divisionInCode(code)
  return { home, notes: [home === null ? 'home.unknown' : 'home.fromCode'] }
}

const active = ({ fact }: KnownRegistration): boolean => fact.status !== 'cancelled' && fact.status !== 'pendingCancel'

const registrationsOf = (known: Known, taxpayerId: string | null): KnownRegistration[] =>
  taxpayerId === null
    ? []
    : [...known.registrations.values()]
        .filter((r) => r.taxpayerId === taxpayerId)
        .sort((a, b) => Number(active(b)) - Number(active(a)) || (a.registrationId < b.registrationId ? -1 : 1))

/** Reports that are not void, the one that is checked in first, then the latest. */
const reportsOf = (known: Known, key: string, ids: ReadonlySet<string>): TaxParty['reports'] => {
  const rank = (t: KnownTied & { fact: CrossRegionReport }): string =>
    `${t.fact.checkedInOn === null ? 1 : 0} ${t.fact.reportedOn?.value ?? ''}`
  return known.tied
    .flatMap((t) => (t.fact.kind === 'crossRegionReport' && t.fact.status !== 'void' ? [{ ...t, fact: t.fact }] : []))
    .filter(
      ({ fact }) =>
        (fact.registrationId !== null && ids.has(fact.registrationId)) ||
        fact.parties.some((p) => p.role === 'contractor' && identityOf(known, p) === key),
    )
    .sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a.record < b.record ? -1 : 1))
}

const partyOf = (known: Known, key: string, found: readonly Named[]): TaxParty => {
  const sorted = [...found].sort((a, b) => (a.name < b.name ? -1 : 1))
  const taxpayerId = sorted.find((n) => n.taxpayerId !== null)?.taxpayerId ?? null
  const registrations = registrationsOf(known, taxpayerId)
  const ids = new Set(registrations.map((r) => r.registrationId))
  const sales = known.sales.filter((sale) => sale.tier === 1 && sellerKey(known, sale) === key)
  const reports = reportsOf(known, key, ids)
  const code = sorted.find((n) => n.code !== null)?.code ?? null
  const current = registrations.find((r) => r.fact.vatScheme !== null)
  const { scheme, notes } = schemeOf(current?.fact.vatScheme ?? null, sales)
  const { home, notes: homeNotes } = homeOf(reports, registrations, code)
  const name = registrations[0]?.fact.name ?? sorted[0]!.name
  return {
    key,
    name,
    taxpayerId,
    registrations,
    scheme,
    home,
    isBranch: /分公司$/u.test(name),
    isConsortium: sorted.some((n) => n.isConsortium),
    sales,
    reports,
    notes: [...(taxpayerId === null ? ['register.absent'] : []), ...notes, ...homeNotes],
  }
}

/** All of them, in the order of their keys. */
export const taxParties = (known: Known): TaxParty[] =>
  [...Map.groupBy(named(known), (n) => n.key)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, found]) => partyOf(known, key, found))
