/** What is known of projects, set-based: today's tables, or the same tables as they stood at a tick. */
import type { PoolClient } from 'pg'
import type { Measurement, ProjectRecord } from '#schemas/canonical/index.ts'
import { readFact } from '../facts/columns.ts'
import { partiesOf, partyTextHash } from '../facts/subject.ts'
import { recordId } from '../kernel/opaque-id.ts'
import {
  type Known,
  type KnownInvoices,
  type KnownLink,
  type KnownMeasurement,
  type KnownReadings,
  type KnownRecord,
  type KnownTied,
  type TiedFact,
  tiedKinds,
} from './known.ts'

type Client = Pick<PoolClient, 'query'>

const idOf = (hex: string): string => recordId.of(Buffer.from(hex, 'hex'))

const versioned = (table: string, columns: string): string =>
  `${table} AS NOT MATERIALIZED (SELECT ${columns} FROM jingwei.${table} WHERE known_from <= $2 UNION ALL SELECT ${columns} FROM jingwei.${table}_past WHERE known_from <= $2 AND known_to > $2)`

/** Tables as they stood at tick $2, under their own names, so that one statement serves both. */
const asOfTick = `WITH ${versioned('fact', 'key_hash, feed, kind, known_from, subject_hash, event_on, amount_fen, class, body')},
  ${versioned('tie', 'subject_hash, project_id, tier')},
  ${versioned('party_link', 'text_hash, decision, registration_id, score, reason')},
  member_by_project AS NOT MATERIALIZED (SELECT key_hash, project_id FROM jingwei.member_by_record WHERE known_from <= $2
    UNION ALL SELECT key_hash, project_id FROM jingwei.member_past WHERE known_from <= $2 AND known_to > $2)`

/** The same statement for now ($2 unused but typed) and for then. */
const statement = (name: string, body: string, tick: bigint | null, first: unknown) => ({
  name: tick === null ? `track.${name}` : `track.${name}.at`,
  text: tick === null ? body : `${asOfTick} ${body}`,
  values: tick === null ? [first] : [first, tick],
})

const recordsOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
): Promise<Map<bigint, KnownRecord[]>> => {
  const body = `SELECT m.project_id AS project, encode(f.key_hash, 'hex') AS key, f.feed, f.body FROM member_by_project m JOIN fact f USING (key_hash) WHERE m.project_id = ANY ($1::bigint[])`
  const { rows } = await client.query<{ project: bigint; key: string; feed: string; body: string }>(
    statement('records', body, tick, projects),
  )
  return Map.groupBy(
    rows.map((r) => ({
      project: r.project,
      record: idOf(r.key),
      keyHash: r.key,
      feed: r.feed,
      fact: readFact(r.body) as ProjectRecord,
    })),
    (r) => r.project,
  )
}

const linksOf = async (
  client: Client,
  texts: readonly string[],
  tick: bigint | null,
): Promise<Map<string, KnownLink>> => {
  const body = `SELECT encode(l.text_hash, 'hex') AS text, l.decision, l.registration_id AS "registrationId", r.taxpayer_id AS "taxpayerId", l.score, l.reason
    FROM party_link l LEFT JOIN registration r USING (registration_id) WHERE l.text_hash = ANY ($1::bytea[])`
  const { rows } = await client.query<KnownLink & { text: string }>(
    statement(
      'links',
      body,
      tick,
      texts.map((t) => `\\x${t}`),
    ),
  )
  return new Map(rows.map((r) => [r.text, r]))
}

const measurementsOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
): Promise<Map<bigint, KnownMeasurement[]>> => {
  const body = `SELECT t.project_id AS project, encode(s.ref_key_hash, 'hex') AS section, encode(f.key_hash, 'hex') AS key, f.feed, f.event_on AS "eventOn", f.body
    FROM tie t JOIN subject s USING (subject_hash) JOIN fact f USING (subject_hash) WHERE t.project_id = ANY ($1::bigint[]) AND s.kind = 'record' AND f.kind = 'measurement'`
  const { rows } = await client.query<{
    project: bigint
    section: string
    key: string
    feed: string
    eventOn: string | null
    body: string
  }>(statement('measurements', body, tick, projects))
  return Map.groupBy(
    rows.map((r) => ({
      project: r.project,
      record: idOf(r.key),
      feed: r.feed,
      sectionKey: r.section,
      eventOn: r.eventOn,
      fact: readFact(r.body) as Measurement,
    })),
    (r) => r.project,
  )
}

const tiedList = tiedKinds.map((kind) => `'${kind}'`).join(', ')

const tiedOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
): Promise<Map<bigint, KnownTied[]>> => {
  const body = `SELECT t.project_id AS project, encode(f.key_hash, 'hex') AS key, f.feed, f.event_on AS "eventOn", f.body FROM tie t JOIN fact f USING (subject_hash)
    WHERE t.project_id = ANY ($1::bigint[]) AND f.kind IN (${tiedList})`
  const { rows } = await client.query<{
    project: bigint
    key: string
    feed: string
    eventOn: string | null
    body: string
  }>(statement('tied', body, tick, projects))
  return Map.groupBy(
    rows.map((r) => ({
      project: r.project,
      record: idOf(r.key),
      keyHash: r.key,
      feed: r.feed,
      eventOn: r.eventOn,
      fact: readFact(r.body) as TiedFact,
    })),
    (r) => r.project,
  )
}

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

/** Half a million readings a city: summed by account on the server. */
const readingsOf = async (
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

interface InvoiceSum {
  readonly project: bigint
  readonly tier: number | null
  readonly class: KnownInvoices['class']
  readonly count: bigint
  readonly sum: bigint | null
  readonly first: string | null
  readonly last: string | null
}

/** Day and record in one text: its least and greatest give the first and last invoice with their records, without a sort. */
const dayAndRecord = (text: string | null): { on: string; record: string } | null =>
  text === null ? null : { on: text.slice(0, 10), record: idOf(text.slice(10)) }

const invoicesOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
  until: string | null,
): Promise<Map<bigint, KnownInvoices[]>> => {
  const body = `SELECT t.project_id AS project, t.tier, f.class, count(*) AS count, sum(f.amount_fen)::bigint AS sum,
      min((f.event_on::text || encode(f.key_hash, 'hex')) COLLATE "C") AS first, max((f.event_on::text || encode(f.key_hash, 'hex')) COLLATE "C") AS last
    FROM tie t JOIN fact f USING (subject_hash) WHERE t.project_id = ANY ($1::bigint[]) AND f.kind = 'invoice'${until === null ? '' : ` AND f.event_on <= '${until}'::date`}
    GROUP BY 1, 2, 3`
  const asked = statement('invoices', body, tick, projects)
  const { rows } = await client.query<InvoiceSum>(until === null ? asked : { text: asked.text, values: asked.values })
  const known = rows
    .map((r) => ({
      project: r.project,
      tier: r.tier,
      class: r.class,
      count: Number(r.count),
      sumFen: r.sum ?? 0n,
      first: dayAndRecord(r.first),
      last: dayAndRecord(r.last),
    }))
    .sort((a, b) => (a.tier ?? 9) - (b.tier ?? 9) || (a.class < b.class ? -1 : 1))
  return Map.groupBy(known, (r) => r.project)
}

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/**
 * What is known of each of these projects now (`tick` null) or at a tick. Projects without a record are absent.
 * `until`: only what had happened by that business day (`on=`), as known at the tick.
 */
export const loadKnown = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null = null,
  until: string | null = null,
): Promise<Map<bigint, Known>> => {
  if (until !== null && !dayPattern.test(until)) throw new RangeError(`no such day: ${until}`)
  const records = await recordsOf(client, projects, tick)
  const tied = await tiedOf(client, projects, tick)
  const named = [...records.values(), ...tied.values()].flat()
  const texts = new Set(named.flatMap((r) => partiesOf(r.fact).map(partyTextHash)))
  const links = await linksOf(client, [...texts], tick)
  const measurements = await measurementsOf(client, projects, tick)
  const readings = await readingsOf(client, projects, tick, until)
  const invoices = await invoicesOf(client, projects, tick, until)
  const happened = (m: KnownMeasurement): boolean => until === null || (m.eventOn !== null && m.eventOn <= until)
  return new Map(
    [...records].map(([project, own]): [bigint, Known] => [
      project,
      {
        records: own,
        links,
        tied: tied.get(project) ?? [],
        readings: readings.get(project) ?? [],
        measurements: (measurements.get(project) ?? []).filter(happened),
        invoices: invoices.get(project) ?? [],
      },
    ]),
  )
}
