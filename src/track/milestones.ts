/** Milestones from evidence: what each record says of a day, how much it weighs, and which day the evidence together points to (domain.md 2). */
import type { PartialDate } from '#schemas/canonical/index.ts'
import type { Milestone, MilestoneKind } from '#schemas/canonical/position.ts'
import type { Known, KnownRecord } from './known.ts'
import type { TrackRules } from './rules.ts'
import type { Sign } from './signs.ts'
import { powerSigns, tiedSigns } from './tied-signs.ts'

const day = (value: string): PartialDate => ({ value, precision: 'day' })

const signsOf = ({ record, feed, fact }: KnownRecord, rules: TrackRules): Sign[] => {
  const sign = (kind: MilestoneKind, on: PartialDate | null, weight: number, rule: string): Sign[] =>
    on ? [{ kind, on, weight, rule, feed, record }] : []
  switch (fact.kind) {
    case 'approval':
      return [
        ...(fact.status === 'withdrawn' ? [] : sign('approval', fact.approvedOn, 1, 'approval.document')),
        ...sign('plannedStart', fact.plannedStart, 0.3, 'approval.planned'),
      ]
    case 'projectEntry':
      return [
        ...sign('start', fact.startedOn, rules.startEvidence.reported, 'register.started'),
        ...sign('completion', fact.completedOn, rules.endEvidence.accepted, 'register.completed'),
      ]
    case 'permit':
      return [
        ...(fact.status === 'revoked' ? [] : sign('permit', fact.issuedOn, 1, 'permit.issued')),
        ...sign('plannedStart', fact.plannedStart, 0.4, 'permit.planned'),
      ]
    case 'contract':
      return [
        ...sign('contract', fact.signedOn, 1, 'section.signed'),
        ...sign('plannedStart', fact.plannedStart, 0.4, 'section.planned'),
        ...sign('start', fact.startedOn, rules.startEvidence.reported, 'section.started'),
      ]
    case 'award':
      return sign('award', fact.noticedOn, 1, 'award.notice')
  }
}

const recordSigns = (known: Known, rules: TrackRules): Sign[] => known.records.flatMap((r) => signsOf(r, rules))

/** A road is handed over when its last section is (交工); while one is open there is no such day. */
const handoverSigns = (known: Known): Sign[] => {
  const sections = known.records.filter((r) => r.fact.kind === 'contract')
  const signs = sections.flatMap(({ record, feed, fact }): Sign[] =>
    fact.kind === 'contract' && fact.handedOverOn
      ? [{ kind: 'handover', on: fact.handedOverOn, weight: 0.95, rule: 'section.handedOver', feed, record }]
      : [],
  )
  return signs.length === sections.length ? signs.sort(byDay).slice(-1) : []
}

const measurementSigns = (known: Known, rules: TrackRules): Sign[] => {
  const dated = known.measurements
    .filter((m) => m.eventOn !== null)
    .sort((a, b) => (a.eventOn! < b.eventOn! ? -1 : a.eventOn! > b.eventOn! ? 1 : a.record < b.record ? -1 : 1))
  const first = dated[0]
  const last = dated.at(-1)
  if (!first || !last) return []
  const sign = (kind: MilestoneKind, m: typeof first, weight: number, rule: string): Sign => ({
    kind,
    on: day(m.eventOn!),
    weight,
    rule,
    feed: m.feed,
    record: m.record,
  })
  return [
    sign('start', first, rules.startEvidence.measured, 'measurement.first'),
    sign('firstMeasurement', first, 1, 'measurement.first'),
    sign('lastMeasurement', last, 1, 'measurement.last'),
  ]
}

const invoiceSigns = (known: Known, rules: TrackRules): Sign[] => {
  const taxable = known.invoices.filter((i) => i.class === 'taxable' && i.tier === 1)
  const first = taxable.flatMap((i) => i.first ?? []).sort((a, b) => (a.on < b.on ? -1 : 1))[0]
  const last = taxable
    .flatMap((i) => i.last ?? [])
    .sort((a, b) => (a.on < b.on ? -1 : 1))
    .at(-1)
  if (!first || !last) return []
  const sign = (kind: MilestoneKind, at: { on: string; record: string }, weight: number, rule: string): Sign => ({
    kind,
    on: day(at.on),
    weight,
    rule,
    feed: 'tax.invoices',
    record: at.record,
  })
  return [
    sign('start', first, rules.startEvidence.invoiced, 'invoice.first'),
    sign('firstInvoice', first, 1, 'invoice.first'),
    sign('lastInvoice', last, 1, 'invoice.last'),
  ]
}

const byDay = (a: Sign, b: Sign): number =>
  a.on.value < b.on.value ? -1 : a.on.value > b.on.value ? 1 : a.record < b.record ? -1 : 1
const byWeight = (a: Sign, b: Sign): number => b.weight - a.weight || byDay(a, b)

const agreesWithinDays = 62

const daysApart = (a: PartialDate, b: PartialDate): number =>
  Math.abs(Date.parse(`${a.value}-01-01`.slice(0, 10)) - Date.parse(`${b.value}-01-01`.slice(0, 10))) / 86_400_000

/** Independent signs that name about the same day strengthen one another; one that contradicts stays listed and adds nothing. */
const confidenceOf = (best: Sign, signs: readonly Sign[]): number => {
  const agreeing = [
    ...new Map(signs.filter((s) => daysApart(s.on, best.on) <= agreesWithinDays).map((s) => [s.rule, s])).values(),
  ]
  const doubt = agreeing.reduce((rest, s) => rest * (1 - Math.min(s.weight, 0.99)), 1)
  return Math.round((1 - doubt) * 1_000) / 1_000
}

/** The evidence kept beside a milestone; a road with forty sections needs no forty contracts here. */
const evidenceMax = 8

const milestoneOf = (kind: MilestoneKind, signs: readonly Sign[]): Milestone => {
  const ranked = [...signs].sort(byWeight)
  const best = ranked[0]!
  return {
    kind,
    on: best.on,
    confidence: confidenceOf(best, signs),
    evidence: ranked
      .slice(0, evidenceMax)
      .map(({ feed, record, rule, on, weight }) => ({ feed, record, rule, on, weight })),
  }
}

const order: readonly MilestoneKind[] = [
  'approval',
  'land',
  'award',
  'contract',
  'permit',
  'plannedStart',
  'start',
  'firstMeasurement',
  'lastMeasurement',
  'firstInvoice',
  'lastInvoice',
  'handover',
  'completion',
  'settlement',
]

/** All milestones that anything speaks of, in the order of a project's life. */
export const milestones = (known: Known, rules: TrackRules): Milestone[] => {
  const signs = [
    ...recordSigns(known, rules),
    ...handoverSigns(known),
    ...measurementSigns(known, rules),
    ...invoiceSigns(known, rules),
    ...tiedSigns(known, rules),
    ...powerSigns(known, rules),
  ]
  const byKind = Map.groupBy(signs, (s) => s.kind)
  return order.flatMap((kind) => {
    const found = byKind.get(kind)
    return found ? [milestoneOf(kind, found)] : []
  })
}
