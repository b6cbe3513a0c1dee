/** Contract sections and permits with what was measured on each. The latest measurement's cumulative figure is the work done, restatements included. */
import type { Contract, Permit } from '#schemas/canonical/index.ts'
import type { Section } from '#schemas/canonical/position.ts'
import type { Known, KnownMeasurement } from './known.ts'

const laterFirst = (a: KnownMeasurement, b: KnownMeasurement): number => {
  const [x, y] = [a.fact.sequence ?? -1, b.fact.sequence ?? -1]
  if (x !== y) return y - x
  const [p, q] = [a.eventOn ?? '', b.eventOn ?? '']
  return p !== q ? (p < q ? 1 : -1) : a.record < b.record ? -1 : 1
}

/** Cumulative 计量 of one section: as stated last, or the sum of the periods where nobody states a cumulative figure. */
const workDone = (measurements: readonly KnownMeasurement[]): bigint | null => {
  const stated = measurements.find((m) => m.fact.cumulativeFen !== null)
  if (stated) return stated.fact.cumulativeFen
  const periods = measurements.flatMap((m) => m.fact.periodFen ?? [])
  return periods.length > 0 ? periods.reduce((sum, fen) => sum + fen, 0n) : null
}

type SectionFact = Contract | Permit

const priceOf = (fact: SectionFact): bigint | null => {
  if (fact.kind === 'contract') return fact.contractFen
  // 合同价 filled from 总投资 is no contract price (domain.md 2, quirks).
  return fact.contractFen === fact.totalInvestmentFen ? null : fact.contractFen
}

const sectionOf = (record: string, fact: SectionFact, measured: readonly KnownMeasurement[]): Section => ({
  record,
  kind: fact.kind,
  name: fact.name,
  section: fact.kind === 'contract' ? fact.section : fact.permitNumber,
  contractors: fact.parties.filter((p) => p.role === 'contractor').map((p) => p.name),
  contractFen: priceOf(fact),
  workDoneFen: workDone(measured),
  measuredTo: measured[0]?.eventOn ?? null,
  physicalProgressBp: measured.find((m) => m.fact.physicalProgressBp !== null)?.fact.physicalProgressBp ?? null,
  measurements: measured.length,
})

const order = (s: Section): string => `${s.kind} ${s.section ?? ''}`

/** Contract sections and permits, each in the order of their labels. */
export const sections = (known: Known): Section[] => {
  const byKey = Map.groupBy(known.measurements, (m) => m.sectionKey)
  const all = known.records.flatMap(({ record, keyHash, fact }): Section[] =>
    fact.kind === 'contract' || (fact.kind === 'permit' && fact.status !== 'revoked')
      ? [sectionOf(record, fact, [...(byKey.get(keyHash) ?? [])].sort(laterFirst))]
      : [],
  )
  return all.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : a.record < b.record ? -1 : 1))
}
