/**
 * `days`: a day brings its news and nothing else is touched; and many small imports come to the same as one large one. Both under the link
 * settings frozen on the first register: those are estimated from whatever register arrives first, so the second hub is given the first one's.
 */
import type { FeedId } from '../../simulator/world/entries.ts'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import type { ImportReport } from '../../src/import.ts'
import { type ContentPart, contentDigest, contentParts, differingParts, explainDifference } from '../support/digest.ts'
import { importEverything, notGreen, type Simulated, simulate } from '../support/simulated.ts'
import { newsOf, type WorldRows, worldRows } from '../support/world-rows.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch, type Scratch } from './scratch.ts'

/** Content that does not depend on how it arrived; the history of versions does. */
export const presentParts: readonly ContentPart[] = contentParts.filter((p) => p !== 'versions' && p !== 'quarantine')

interface StoredPosition {
  readonly id: bigint
  readonly digest: string
  readonly knownFrom: bigint
  readonly body: string
}

const positions = async (db: Database): Promise<Map<bigint, StoredPosition>> => {
  const { rows } = await db.pipeline.query<StoredPosition>(
    `SELECT project_id AS id, encode(digest, 'hex') AS digest, known_from AS "knownFrom", body FROM position`,
  )
  return new Map(rows.map((r) => [r.id, r]))
}

const tickOf = async (db: Database): Promise<bigint> =>
  (await db.pipeline.query<{ tick: bigint }>('SELECT tick FROM truth_clock')).rows[0]!.tick

/** Projects that news since this tick speaks of: by a record, by what is tied to it, by a party that was linked anew, or by a change of members. */
const touchedSince = async (db: Database, tick: bigint): Promise<Set<bigint>> => {
  const { rows } = await db.pipeline.query<{ id: bigint }>(
    `WITH news AS (
       SELECT key_hash, subject_hash FROM fact WHERE known_from > $1 UNION SELECT key_hash, subject_hash FROM fact_past WHERE known_to > $1),
     registrations AS (SELECT r.registration_id FROM registration r JOIN news USING (key_hash)),
     texts AS (
       SELECT text_hash FROM party_link WHERE known_from > $1 OR registration_id IN (SELECT registration_id FROM registrations)
       UNION SELECT text_hash FROM party_link_past WHERE known_to > $1)
     SELECT m.project_id AS id FROM news JOIN member_by_record m USING (key_hash)
     UNION SELECT t.project_id FROM news JOIN tie t USING (subject_hash)
     UNION SELECT m.project_id FROM texts JOIN mention x USING (text_hash) JOIN member_by_record m USING (key_hash)
     UNION SELECT project_id FROM member_by_record WHERE known_from > $1
     UNION SELECT project_id FROM member_past WHERE known_to > $1
     UNION SELECT project_id FROM tie WHERE known_from > $1 UNION SELECT project_id FROM tie_past WHERE known_to > $1`,
    [tick],
  )
  return new Set(rows.map((r) => r.id))
}

const sumOf = (report: ImportReport | undefined, figure: 'fetched' | 'new' | 'changed' | 'unchanged'): number =>
  report?.batches.reduce((sum, b) => sum + Number(b[figure]), 0) ?? 0

/** Rows that the overlap asks for again: 10 minutes of the two interfaces that go by update time. Files are read once. */
const isPulledByTime = (feed: string): boolean => !feed.startsWith('tax.') && !feed.startsWith('tendering.')

const checkFeeds = (
  reports: readonly ImportReport[],
  before: WorldRows,
  after: WorldRows,
  simulated: Simulated,
): boolean =>
  reports
    .map((report) => {
      const feed = report.feed as FeedId
      const { added, changed } = newsOf(before[feed], after[feed])
      const found = {
        fetched: sumOf(report, 'fetched'),
        new: sumOf(report, 'new'),
        changed: sumOf(report, 'changed'),
        unchanged: sumOf(report, 'unchanged'),
      }
      const isExact = found.new === added.length && found.changed === changed.length
      const again = isPulledByTime(feed) ? revisitable(simulated, feed) : added.length
      return expectThat(
        isExact && found.unchanged <= again,
        `${feed}: ${found.new} new of ${added.length}, ${found.changed} changed of ${changed.length}, ${found.fetched} fetched of ${after[feed].size} (${found.unchanged} unchanged)`,
      )
    })
    .every(Boolean)

/** Records revised without a visible difference, and those inside the overlap: all that may be fetched again unchanged. */
const revisitable = (simulated: Simulated, feed: FeedId): number =>
  Math.max(3, Math.ceil(simulated.simulator.world.list(feed as 'transport.sections').length * 0.02))

const checkStored = async (db: Database, tick: bigint, reports: readonly ImportReport[]): Promise<boolean> => {
  const { rows } = await db.pipeline.query<{ versions: bigint; facts: bigint }>(
    `SELECT (SELECT count(*) FROM raw_version v JOIN batch b USING (batch_id) WHERE b.admitted_tick > $1) AS versions, (SELECT count(*) FROM fact WHERE known_from > $1) AS facts`,
    [tick],
  )
  const news = reports.reduce((sum, r) => sum + sumOf(r, 'new') + sumOf(r, 'changed'), 0)
  const { versions, facts } = rows[0]!
  return [
    expectThat(Number(versions) === news, `${versions} versions stored for ${news} new and changed rows`),
    expectThat(Number(facts) <= news, `${facts} facts became known, no more than that`),
  ].every(Boolean)
}

const checkUntouched = async (
  db: Database,
  tick: bigint,
  before: ReadonlyMap<bigint, StoredPosition>,
  reports: readonly ImportReport[],
): Promise<boolean> => {
  const after = await positions(db)
  const touched = await touchedSince(db, tick)
  const untouched = [...before.values()].filter((p) => !touched.has(p.id))
  const moved = untouched.filter((p) => after.get(p.id)?.body !== p.body || after.get(p.id)?.knownFrom !== p.knownFrom)
  const most = Math.max(...reports.map((r) => r.stages?.positionsComputed ?? 0))
  return [
    expectThat(
      moved.length === 0,
      `${untouched.length} of ${before.size} positions are untouched and byte-identical${moved.length > 0 ? `, but not ${moved.map((p) => p.id).join(' ')}` : ''}`,
    ),
    expectThat(
      most <= touched.size,
      `at most ${most} positions computed in one import; news touches ${touched.size} projects`,
    ),
  ].every(Boolean)
}

const checkClean = async (db: Database, sample: number): Promise<boolean> => {
  const findings = (await checkAll(db, sample)).checks.flatMap((c) => c.findings)
  for (const f of findings.slice(0, 10))
    say(`     ${f.check} ${f.subject}: expected ${f.expected.slice(0, 600)}, found ${f.found.slice(0, 600)}`)
  return expectThat(findings.length === 0, `check finds nothing (${findings.length} findings)`)
}

/** One day on: what came, what was stored, what was computed, what stayed. */
const oneDay = async (
  simulated: Simulated,
  hub: { readonly db: Database } & Parameters<typeof importEverything>[0],
): Promise<boolean> => {
  const { world } = simulated.simulator
  const [before, rowsBefore, tick] = [await positions(hub.db), worldRows(world), await tickOf(hub.db)]
  await simulated.advance(1)
  const reports = await importEverything(hub)
  say(`     ${world.today}`)
  return [
    expectThat(notGreen(reports).length === 0, `every import is green ${notGreen(reports).join('; ')}`),
    checkFeeds(reports, rowsBefore, worldRows(world), simulated),
    await checkStored(hub.db, tick, reports),
    await checkUntouched(hub.db, tick, before, reports),
    await checkClean(hub.db, 1_000_000),
  ].every(Boolean)
}

/** Gives a hub the settings another one froze, as though both had seen the same first register. */
export const shareLinkSettings = async (from: Database, to: Database): Promise<void> => {
  const { rows } = await from.pipeline.query<{ version: number; body: unknown }>(
    `SELECT version, body FROM settings_version WHERE kind = 'link'`,
  )
  for (const r of rows)
    await to.pipeline.query(`INSERT INTO settings_version (kind, version, tick, body) VALUES ('link', $1, 0, $2)`, [
      r.version,
      JSON.stringify(r.body),
    ])
}

const sameAsOneImport = async (simulated: Simulated, scratch: Scratch, byDays: Database): Promise<boolean> => {
  const hub = await simulated.hub(await scratch.database())
  try {
    await shareLinkSettings(byDays, hub.db)
    const reports = await importEverything(hub)
    const isGreen = expectThat(
      notGreen(reports).length === 0,
      `one import of everything is green ${notGreen(reports).join('; ')}`,
    )
    const [a, b] = [await contentDigest(byDays, presentParts), await contentDigest(hub.db, presentParts)]
    const differing = differingParts(a, b)
    if (differing.length > 0) say(await explainDifference(byDays, hub.db, differing))
    return (
      expectThat(
        differing.length === 0,
        `day by day and at once give one content (${a.total.slice(0, 16)}${differing.length > 0 ? `; differing: ${differing.join(' ')}` : ''})`,
      ) && isGreen
    )
  } finally {
    await hub.close()
  }
}

const oneSeed = async (scratch: Scratch, seed: number, options: Parameters<AcceptanceRun>[0]): Promise<boolean> => {
  const simulated = await simulate({ size: options.size, seed })
  const hub = await simulated.hub(await scratch.database())
  try {
    say(`seed ${seed}`)
    let isMet = expectThat(notGreen(await importEverything(hub)).length === 0, 'the first import is green')
    isMet = (await checkClean(hub.db, 1_000_000)) && isMet
    for (let day = 0; day < options.times; day++) isMet = (await oneDay(simulated, hub)) && isMet
    return (await sameAsOneImport(simulated, scratch, hub.db)) && isMet
  } finally {
    await hub.close()
    await simulated.close()
  }
}

export const days: AcceptanceRun = async (options) => {
  const scratch = await openScratch()
  try {
    let isMet = true
    for (const seed of options.seeds) isMet = (await oneSeed(scratch, seed, options)) && isMet
    return isMet
  } finally {
    await scratch.close()
  }
}
