/** What offices report of a project beside its records: land, investment, years on the list of key projects, and what they call it. */
import type { LandParcel, ReportedInvestment } from '#schemas/canonical/position.ts'
import type { Known, KnownTied, TiedFact } from './known.ts'

type TiedOf<K extends TiedFact['kind']> = KnownTied & { readonly fact: Extract<TiedFact, { kind: K }> }

const ofKind = <K extends TiedFact['kind']>(known: Known, kind: K): TiedOf<K>[] =>
  known.tied.filter((t): t is TiedOf<K> => t.fact.kind === kind)

const byDayAndRecord = (a: KnownTied, b: KnownTied): number => {
  const [x, y] = [a.eventOn ?? '', b.eventOn ?? '']
  return x !== y ? (x < y ? -1 : 1) : a.record < b.record ? -1 : 1
}

/** Offices whose own name of a project is worth finding it by; issuers and taxpayers shorten and bend names too freely. */
const naming: ReadonlySet<TiedFact['kind']> = new Set([
  'completion',
  'investment',
  'landSupply',
  'fundPayment',
  'powerInstallation',
  'crossRegionReport',
])

export const reportedNames = (known: Known): (string | null)[] =>
  known.tied.map(({ fact }) => (naming.has(fact.kind) && 'about' in fact ? fact.about.name : null))

export const listedYears = (known: Known): number[] =>
  [...new Set(known.records.flatMap(({ fact }) => (fact.kind === 'projectEntry' ? (fact.listedYear ?? []) : [])))].sort(
    (a, b) => a - b,
  )

export const landOf = (known: Known): LandParcel[] =>
  ofKind(known, 'landSupply')
    .sort(byDayAndRecord)
    .map(({ record, fact }) => ({
      record,
      supply: fact.supply,
      use: fact.use,
      areaM2: fact.areaM2,
      priceFen: fact.priceFen,
      signedOn: fact.signedOn,
    }))

/** The latest month's report; one of a start or a completion that states no figure does not hide the last that does. */
export const investmentOf = (known: Known): ReportedInvestment | null => {
  const last = ofKind(known, 'investment')
    .filter(({ fact }) => fact.cumulativeInvestmentFen !== null || fact.physicalProgressBp !== null)
    .sort(byDayAndRecord)
    .at(-1)
  if (last === undefined) return null
  const { fact, record } = last
  return {
    record,
    period: fact.period,
    cumulativeFen: fact.cumulativeInvestmentFen,
    constructionFen: fact.constructionInvestmentFen,
    physicalProgressBp: fact.physicalProgressBp,
  }
}
