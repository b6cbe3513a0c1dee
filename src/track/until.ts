/** The business date: what a project looked like on a day, from what is known now or was known then. */
import type { PartialDate, ProjectRecord } from '#schemas/canonical/index.ts'
import type { Known, KnownRecord, KnownTied, TiedFact } from './known.ts'

const notAfter = (date: PartialDate | null, day: string): PartialDate | null =>
  date && date.value <= day.slice(0, date.value.length) ? date : null

/** The day from which there is such a record at all. */
const madeOn = (fact: ProjectRecord): PartialDate | null => {
  switch (fact.kind) {
    case 'approval':
      return fact.approvedOn
    case 'projectEntry':
      return fact.registeredOn
    case 'permit':
      return fact.issuedOn
    case 'contract':
      return fact.signedOn
    case 'award':
      return fact.noticedOn
  }
}

const withoutLater = (fact: ProjectRecord, day: string): ProjectRecord => {
  if (fact.kind === 'contract')
    return { ...fact, startedOn: notAfter(fact.startedOn, day), handedOverOn: notAfter(fact.handedOverOn, day) }
  if (fact.kind === 'projectEntry')
    return { ...fact, startedOn: notAfter(fact.startedOn, day), completedOn: notAfter(fact.completedOn, day) }
  return fact
}

const cut = (r: KnownRecord, day: string): KnownRecord | null => {
  const made = madeOn(r.fact)
  if (made && !notAfter(made, day)) return null
  return { ...r, fact: withoutLater(r.fact, day) }
}

const tiedWithoutLater = (fact: TiedFact, day: string): TiedFact => {
  switch (fact.kind) {
    case 'completion':
    case 'investment':
      return { ...fact, startedOn: notAfter(fact.startedOn, day), completedOn: notAfter(fact.completedOn, day) }
    case 'powerAccount':
      return { ...fact, closedOn: notAfter(fact.closedOn, day) }
    case 'powerInstallation':
      return { ...fact, connectedOn: notAfter(fact.connectedOn, day) }
    case 'prepayment':
      return { ...fact, paidOn: notAfter(fact.paidOn, day) }
    case 'crossRegionReport':
      return { ...fact, checkedInOn: notAfter(fact.checkedInOn, day), feedbackOn: notAfter(fact.feedbackOn, day) }
    default:
      return fact
  }
}

/** The day from which there is such a fact: a form of prepayment is there before it is paid, which is its event. */
const happenedOn = ({ fact, eventOn }: KnownTied): string | null =>
  fact.kind === 'prepayment' ? (fact.declaredOn?.value ?? eventOn) : eventOn

const cutTied = (t: KnownTied, day: string): KnownTied | null => {
  const on = happenedOn(t)
  return on !== null && on > day.slice(0, on.length) ? null : { ...t, fact: tiedWithoutLater(t.fact, day) }
}

/** Leaves out the records of later days, and the later dates of records that stay. */
export const knownUntil = (known: Known, day: string): Known => ({
  ...known,
  records: known.records.flatMap((r) => cut(r, day) ?? []),
  tied: known.tied.flatMap((t) => cutTied(t, day) ?? []),
})
