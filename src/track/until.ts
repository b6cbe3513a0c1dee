/** The business date: what a project looked like on a day, from what is known now or was known then. */
import type { PartialDate } from '#schemas/canonical/index.ts'
import type { Known, KnownRecord } from './known.ts'

const notAfter = (date: PartialDate | null, day: string): PartialDate | null =>
  date && date.value <= day.slice(0, date.value.length) ? date : null

const cut = (r: KnownRecord, day: string): KnownRecord | null => {
  const { fact } = r
  if (fact.kind === 'approval') return fact.approvedOn && !notAfter(fact.approvedOn, day) ? null : r
  if (fact.kind === 'award') return fact.noticedOn && !notAfter(fact.noticedOn, day) ? null : r
  if (fact.signedOn && !notAfter(fact.signedOn, day)) return null
  return {
    ...r,
    fact: { ...fact, startedOn: notAfter(fact.startedOn, day), handedOverOn: notAfter(fact.handedOverOn, day) },
  }
}

/** Leaves out the records of later days, and the later dates of records that stay. */
export const knownUntil = (known: Known, day: string): Known => ({
  ...known,
  records: known.records.flatMap((r) => cut(r, day) ?? []),
})
