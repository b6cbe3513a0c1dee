/** What is tied to projects without being a record of them: facts one by one, meter readings summed by account. */
import type { Measurement } from '#schemas/canonical/index.ts'
import { readFact } from '../facts/columns.ts'
import { type KnownMeasurement, type KnownReadings, type KnownTied, type TiedFact, tiedKinds } from './known.ts'
import { type Client, dayAndRecord, idOf, statement } from './load-statement.ts'

interface TiedRow {
  readonly project: bigint
  readonly key: string
  readonly feed: string
  readonly eventOn: string | null
  /** Key of the record that it names, and shares its project with. */
  readonly named: string | null
  readonly body: string
}

/** Facts of these kinds tied to the projects, as they stood at a tick (null: now). `name` tells the prepared statement from others. */
const tiedRows = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
  name: string,
  kinds: readonly string[],
): Promise<TiedRow[]> => {
  const list = kinds.map((kind) => `'${kind}'`).join(', ')
  const body = `SELECT t.project_id AS project, encode(f.key_hash, 'hex') AS key, f.feed, f.event_on AS "eventOn", encode(s.ref_key_hash, 'hex') AS named, f.body
    FROM tie t JOIN subject s USING (subject_hash) JOIN fact f USING (subject_hash) WHERE t.project_id = ANY ($1::bigint[]) AND f.kind IN (${list})`
  return (await client.query<TiedRow>(statement(name, body, tick, projects))).rows
}

/**
 * Facts tied to each of these projects, one by one, as they stood at a tick (null: now), by project. Kinds that come by the hundred thousand are
 * summed elsewhere: readings below, invoices in load.ts.
 */
export const tiedOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
): Promise<Map<bigint, KnownTied[]>> =>
  Map.groupBy(
    (await tiedRows(client, projects, tick, 'tied', tiedKinds)).map((r) => ({
      project: r.project,
      record: idOf(r.key),
      keyHash: r.key,
      feed: r.feed,
      eventOn: r.eventOn,
      fact: readFact(r.body) as TiedFact,
    })),
    (r) => r.project,
  )

/** Measurements of each of these projects, by project, each with the section that it measures. */
export const measurementsOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
): Promise<Map<bigint, KnownMeasurement[]>> =>
  Map.groupBy(
    (await tiedRows(client, projects, tick, 'measurements', ['measurement'])).flatMap((r) =>
      r.named === null
        ? []
        : [
            {
              project: r.project,
              record: idOf(r.key),
              feed: r.feed,
              sectionKey: r.named,
              eventOn: r.eventOn,
              fact: readFact(r.body) as Measurement,
            },
          ],
    ),
    (r) => r.project,
  )

/** A month's use below this is light for the watchman and says nothing of works, in kWh. */
const risingFromKwh = 500

interface ReadingsRow {
  readonly project: bigint
  readonly account: string
  readonly feed: string
  readonly count: bigint
  readonly rising: string | null
  readonly last: string | null
}

/**
 * Meter readings tied to each of these projects, by project: one row an account and feed with their count, the first month whose use (kWh) rose, and
 * the last day; as they stood at a tick (null: now) and up to a day (null: all). Half a million readings a city, so the server sums them.
 */
export const readingsOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
  until: string | null,
): Promise<Map<bigint, KnownReadings[]>> => {
  const body = `SELECT project, encode(account, 'hex') AS account, feed, count(*) AS count, max(event_on)::text AS last,
      min((event_on::text || encode(key_hash, 'hex')) COLLATE "C") FILTER (WHERE kwh >= ${risingFromKwh} AND (before IS NULL OR kwh > before)) AS rising
    FROM (SELECT project, account, feed, event_on, key_hash, kwh, lag(kwh) OVER (PARTITION BY account ORDER BY event_on, key_hash) AS before
      FROM (SELECT t.project_id AS project, s.ref_key_hash AS account, f.feed, f.event_on, f.key_hash, CASE WHEN f.kind = 'powerReading' THEN (f.body::json->>'energyKwh')::float8 END AS kwh
        FROM tie t JOIN subject s USING (subject_hash) JOIN fact f USING (subject_hash)
        WHERE t.project_id = ANY ($1::bigint[]) AND s.kind = 'record' AND f.kind IN ('powerReading', 'waterUse')${until === null ? '' : ` AND f.event_on <= '${until}'::date`}) r) q
    GROUP BY 1, 2, 3`
  const asked = statement('readings', body, tick, projects)
  const { rows } = await client.query<ReadingsRow>(until === null ? asked : { text: asked.text, values: asked.values })
  return Map.groupBy(
    rows.map((r) => ({
      project: r.project,
      accountKey: r.account,
      feed: r.feed,
      count: Number(r.count),
      rising: dayAndRecord(r.rising),
      lastOn: r.last,
    })),
    (r) => r.project,
  )
}
