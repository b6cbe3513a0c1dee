/** What facts that are tied to a project say of its milestones. Use of power is the weaker evidence: it is measured, and nobody states what for. */
import type { PartialDate } from '#schemas/canonical/index.ts'
import type { MilestoneKind } from '#schemas/canonical/position.ts'
import type { Known, KnownTied } from './known.ts'
import type { TrackRules } from './rules.ts'
import type { Sign } from './signs.ts'

const dayOf = (value: string): PartialDate => ({ value, precision: 'day' })

const signsOf = ({ record, feed, fact }: KnownTied, rules: TrackRules): Sign[] => {
  const { startEvidence, endEvidence } = rules
  const sign = (kind: MilestoneKind, on: PartialDate | null, weight: number, rule: string): Sign[] =>
    on ? [{ kind, on, weight, rule, feed, record }] : []
  switch (fact.kind) {
    case 'completion':
      return [
        ...sign('start', fact.startedOn, startEvidence.reported, 'completion.started'),
        ...sign('completion', fact.completedOn, endEvidence.accepted, 'completion.accepted'),
        // Filed within fifteen days of the acceptance: the day itself where no other is given.
        ...(fact.completedOn === null
          ? sign('completion', fact.filedOn, endEvidence.reported, 'completion.filed')
          : []),
      ]
    case 'investment':
      return [
        ...sign(
          'start',
          fact.startedOn ?? (fact.report === 'start' ? fact.period : null),
          startEvidence.measured,
          'investment.started',
        ),
        ...sign(
          'completion',
          fact.completedOn ?? (fact.report === 'completion' ? fact.period : null),
          endEvidence.reported,
          'investment.completed',
        ),
      ]
    case 'landSupply':
      return sign('land', fact.signedOn, 1, 'land.signed')
    case 'fundPayment':
      return fact.payment === 'settlementReview' ? sign('settlement', fact.paidOn, 0.9, 'settlement.reviewed') : []
    case 'officerEntry':
      return fact.entry === 'settlement' ? sign('settlement', fact.happenedOn, 0.8, 'settlement.entered') : []
    case 'observation':
      return fact.subject === 'construction' && fact.state === 'operating'
        ? sign('start', fact.seenOn, startEvidence.observed, 'observation.working')
        : []
    default:
      return []
  }
}

const byDay = (a: Sign, b: Sign): number =>
  a.on.value < b.on.value ? -1 : a.on.value > b.on.value ? 1 : a.record < b.record ? -1 : 1

/** Said again each month of the same day. */
const repeated = new Set(['observation.working', 'investment.started', 'investment.completed'])

/** Works are seen for months: the first sighting says most about when they began. */
const earliestOfEach = (signs: readonly Sign[]): Sign[] => {
  const sorted = [...signs].sort(byDay)
  return [...Map.groupBy(sorted, (s) => `${s.kind} ${s.rule}`)].flatMap(([, same]) =>
    repeated.has(same[0]!.rule) ? same.slice(0, 1) : same,
  )
}

export const tiedSigns = (known: Known, rules: TrackRules): Sign[] =>
  earliestOfEach(known.tied.flatMap((t) => signsOf(t, rules)))

/** Temporary accounts of building sites: connected and rising means begun, all of them closed means ended. */
export const powerSigns = (known: Known, rules: TrackRules): Sign[] => {
  const accounts = known.tied.flatMap((t) =>
    t.fact.kind === 'powerAccount' && t.fact.use === 'temporaryWorks' ? [{ ...t, fact: t.fact }] : [],
  )
  const connected = accounts.flatMap(({ record, feed, fact }): Sign[] =>
    fact.connectedOn
      ? [
          {
            kind: 'start',
            on: fact.connectedOn,
            weight: rules.startEvidence.powerConnected,
            rule: 'power.connected',
            feed,
            record,
          },
        ]
      : [],
  )
  const keys = new Set(accounts.map((account) => account.keyHash))
  const rising = known.readings.flatMap((r): Sign[] =>
    r.rising && keys.has(r.accountKey)
      ? [
          {
            kind: 'start',
            on: dayOf(r.rising.on),
            weight: rules.startEvidence.powerRising,
            rule: 'power.rising',
            feed: r.feed,
            record: r.rising.record,
          },
        ]
      : [],
  )
  const closed = accounts.flatMap(({ record, feed, fact }): Sign[] =>
    fact.closedOn
      ? [
          {
            kind: 'completion',
            on: fact.closedOn,
            weight: rules.endEvidence.powerClosed,
            rule: 'power.closed',
            feed,
            record,
          },
        ]
      : [],
  )
  const first = (signs: Sign[]): Sign[] => [...signs].sort(byDay).slice(0, 1)
  const ended = closed.length === accounts.length ? [...closed].sort(byDay).slice(-1) : []
  return [...first(connected), ...first(rising), ...ended]
}
