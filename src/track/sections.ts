/** Contract sections with what was measured on each. The latest measurement's cumulative figure is the work done, restatements included. */
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

/** Sections in the order of their labels. */
export const sections = (known: Known): Section[] => {
  const byKey = Map.groupBy(known.measurements, (m) => m.sectionKey)
  const all = known.records.flatMap(({ record, keyHash, fact }): Section[] => {
    if (fact.kind !== 'contract') return []
    const measurements = [...(byKey.get(keyHash) ?? [])].sort(laterFirst)
    return [
      {
        record,
        name: fact.name,
        section: fact.section,
        contractors: fact.parties.filter((p) => p.role === 'contractor').map((p) => p.name),
        contractFen: fact.contractFen,
        workDoneFen: workDone(measurements),
        measuredTo: measurements[0]?.eventOn ?? null,
        physicalProgressBp:
          measurements.find((m) => m.fact.physicalProgressBp !== null)?.fact.physicalProgressBp ?? null,
        measurements: measurements.length,
      },
    ]
  })
  return all.sort((a, b) =>
    (a.section ?? '') < (b.section ?? '')
      ? -1
      : (a.section ?? '') > (b.section ?? '')
        ? 1
        : a.record < b.record
          ? -1
          : 1,
  )
}
