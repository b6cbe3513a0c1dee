/** A project's position: a pure function of what is known, the rules and the day. Equal input gives equal bytes (`positionJson`). */
import type { Approval, PartyMention } from '#schemas/canonical/index.ts'
import type { LifecycleStage, Milestone, MilestoneKind, Position, PositionParty } from '#schemas/canonical/position.ts'
import { partyTextHash } from '../facts/subject.ts'
import { addDays } from '../kernel/clock.ts'
import { partyId } from '../kernel/opaque-id.ts'
import type { Known, KnownRecord } from './known.ts'
import { salesLadder } from './ladder.ts'
import { milestones } from './milestones.ts'
import { investmentOf, landOf, listedYears, reportedNames } from './reported.ts'
import type { TrackRules } from './rules.ts'
import { sections } from './sections.ts'
import { taxLadder } from './tax-ladder.ts'

const unique = (values: readonly (string | null | undefined)[]): string[] =>
  [...new Set(values.filter((v) => v !== null && v !== undefined && v !== ''))].sort() as string[]

/** Who names a project best: the approval, then the office that builds, then the permit, the section, the notice of one lot; the latest of the best. */
const rank = { approval: 0, projectEntry: 1, permit: 2, contract: 3, award: 4 } as const
const dated = ({ fact }: KnownRecord): string => {
  switch (fact.kind) {
    case 'approval':
      return fact.approvedOn?.value ?? ''
    case 'projectEntry':
      return fact.registeredOn?.value ?? ''
    case 'permit':
      return fact.issuedOn?.value ?? ''
    case 'contract':
      return fact.signedOn?.value ?? ''
    case 'award':
      return fact.noticedOn?.value ?? ''
  }
}
const byAuthority = (a: KnownRecord, b: KnownRecord): number =>
  rank[a.fact.kind] - rank[b.fact.kind] ||
  (dated(a) > dated(b) ? -1 : dated(a) < dated(b) ? 1 : 0) ||
  (a.record < b.record ? -1 : 1)

const has = (found: readonly Milestone[], kind: MilestoneKind): boolean => found.some((m) => m.kind === kind)

const partyOf = (known: Known, mention: PartyMention, records: string[]): PositionParty => {
  const textHash = partyTextHash(mention)
  const link = known.links.get(textHash)
  return {
    role: mention.role,
    name: mention.name,
    siteUnit: mention.siteUnit,
    consortium: mention.consortium,
    registrationId: link?.decision === 'link' ? link.registrationId : null,
    taxpayerId: link?.decision === 'link' ? link.taxpayerId : null,
    decision: link?.decision ?? 'none',
    score: link?.score ?? 0,
    reason: link?.reason ?? 'link.pending',
    party: partyId.of(Buffer.from(textHash, 'hex')),
    records,
  }
}

const partiesOf = (known: Known): PositionParty[] => {
  const named = known.records.flatMap((r) => r.fact.parties.map((mention) => ({ mention, record: r.record })))
  const groups = [...Map.groupBy(named, ({ mention }) => `${mention.role} ${partyTextHash(mention)}`).entries()].sort(
    ([a], [b]) => (a < b ? -1 : 1),
  )
  return groups.map(([, group]) => partyOf(known, group[0]!.mention, unique(group.map((g) => g.record))))
}

const stageOf = (known: Known, all: readonly Milestone[], rules: TrackRules): LifecycleStage => {
  const found = all.filter((m) => m.confidence >= rules.stageFrom)
  const approvals = known.records.flatMap((r) => (r.fact.kind === 'approval' ? [r.fact] : []))
  const isAlive = has(found, 'start') || has(found, 'contract') || has(found, 'permit')
  if (!isAlive && approvals.length > 0 && approvals.every((a) => a.status === 'withdrawn' || a.status === 'expired'))
    return 'withdrawn'
  if (has(found, 'completion')) return 'completed'
  if (has(found, 'handover')) return 'handedOver'
  if (has(found, 'firstMeasurement')) return 'inProgress'
  if (has(found, 'start')) return 'started'
  if (has(found, 'contract') || has(found, 'permit')) return 'contracted'
  if (has(found, 'award')) return 'awarded'
  return has(found, 'approval') ? 'approved' : 'unknown'
}

/** 立项长期未开工: the day from which an approved project without any sign of a start counts as stalled, and whether that day has come. */
const stalled = (
  found: readonly Milestone[],
  stage: LifecycleStage,
  rules: TrackRules,
  at: string,
): { stalledSince: string | null; changesOn: string | null } => {
  const approval = found.find((m) => m.kind === 'approval')
  // Any sign of a start, however weak, is one that somebody can look into.
  if (!approval || has(found, 'start') || !['approved', 'awarded', 'contracted'].includes(stage))
    return { stalledSince: null, changesOn: null }
  const since = addDays(`${approval.on.value}-01-01`.slice(0, 10), rules.stalledAfterDays)
  return since <= at ? { stalledSince: since, changesOn: null } : { stalledSince: null, changesOn: since }
}

const fundingOf = (known: Known): boolean | null => {
  const said = known.records.flatMap((r) =>
    'governmentFunded' in r.fact && r.fact.governmentFunded !== null ? [r.fact.governmentFunded] : [],
  )
  return said.length === 0 ? null : said.some(Boolean)
}

/** The newest approval that states a figure wins: 概算调整 over 初步设计 over 可研. */
const newestApproval = <T>(ranked: readonly KnownRecord[], pick: (a: Approval) => T | null): T | null => {
  for (const r of ranked) {
    const value = r.fact.kind === 'approval' ? pick(r.fact) : null
    if (value !== null) return value
  }
  return null
}

/** The register, then the permit, where no approval states it. */
const statedInvestment = (ranked: readonly KnownRecord[]): bigint | null =>
  newestApproval(ranked, (a) => a.totalInvestmentFen) ??
  ranked
    .flatMap(({ fact }) => (fact.kind === 'projectEntry' || fact.kind === 'permit' ? [fact.totalInvestmentFen] : []))
    .find((fen) => fen !== null) ??
  null

const statedIndustry = (ranked: readonly KnownRecord[]): string | null =>
  newestApproval(ranked, (a) => a.industry) ??
  ranked.flatMap(({ fact }) => (fact.kind === 'projectEntry' ? [fact.industry] : [])).find((code) => code !== null) ??
  null

const lastEventOn = (found: readonly Milestone[]): string | null =>
  found
    .filter((m) => m.kind !== 'plannedStart')
    .map((m) => m.on.value)
    .sort()
    .at(-1) ?? null

const earliest = (a: string | null, b: string | null): string | null =>
  a === null ? b : b === null ? a : a < b ? a : b

/**
 * @param at the day, `YYYY-MM-DD` in Asia/Shanghai; it matters only to what changes without news (`changesOn`)
 */
export const positionOf = (known: Known, rules: TrackRules, at: string): Position => {
  const ranked = [...known.records].sort(byAuthority)
  const found = milestones(known, rules)
  const stage = stageOf(known, found, rules)
  const all = sections(known)
  const governmentFunded = fundingOf(known)
  const names = ranked.map((r) => r.fact.name)
  const feeds = [
    ...known.records.map((r) => r.feed),
    ...known.measurements.map((m) => m.feed),
    ...known.tied.map((t) => t.feed),
    ...known.readings.map((r) => r.feed),
    ...(known.invoices.length > 0 ? ['tax.invoices'] : []),
  ]
  const divisionCodes = [...new Set(ranked.flatMap((r) => r.fact.place.divisionCode ?? []))]
  const stall = stalled(found, stage, rules, at)
  const tax = taxLadder(known, divisionCodes, rules.tax, at)
  return {
    name: names[0] ?? '',
    otherNames: unique([...names, ...reportedNames(known)]).filter((n) => n !== names[0]),
    projectCodes: unique(ranked.map((r) => r.fact.projectCode?.normalised)),
    documentNumbers: unique(ranked.map((r) => ('documentNumber' in r.fact ? r.fact.documentNumber : null))),
    divisionCodes,
    placeText: ranked.find((r) => r.fact.place.text !== null)?.fact.place.text ?? null,
    industry: statedIndustry(ranked),
    governmentFunded,
    totalInvestmentFen: statedInvestment(ranked),
    stage,
    stalledSince: stall.stalledSince,
    changesOn: earliest(stall.changesOn, tax.changesOn),
    milestones: found,
    parties: partiesOf(known),
    sections: all,
    ladder: salesLadder(known, all, governmentFunded, rules),
    tax: tax.ladder,
    departments: unique(feeds.map((f) => f.split('.')[0])),
    records: [...known.records]
      .sort((a, b) => (a.record < b.record ? -1 : 1))
      .map((r) => ({ feed: r.feed, record: r.record, kind: r.fact.kind })),
    listedYears: listedYears(known),
    land: landOf(known),
    investment: investmentOf(known),
    lastEventOn: lastEventOn(found),
  }
}
