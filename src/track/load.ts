/** What is known of projects, set-based: today's tables, or the same tables as they stood at a tick. */
import type { ProjectRecord } from '#schemas/canonical/index.ts'
import { readFact } from '../facts/columns.ts'
import { partiesOf, partyTextHash } from '../facts/subject.ts'
import type { Known, KnownInvoices, KnownLink, KnownMeasurement, KnownRecord, KnownSales, KnownTied } from './known.ts'
import { type Client, dayAndRecord, idOf, statement } from './load-statement.ts'
import { registrationsNamed, registrationsOf, salesOf } from './load-tax.ts'
import { measurementsOf, readingsOf, tiedOf } from './load-tied.ts'

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

interface InvoiceSum {
  readonly project: bigint
  readonly tier: number | null
  readonly class: KnownInvoices['class']
  readonly count: bigint
  readonly sum: bigint | null
  readonly first: string | null
  readonly last: string | null
}

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

/** Hashes of all party texts that speak of one project. */
const namedTexts = (
  records: readonly KnownRecord[],
  tied: readonly KnownTied[],
  sales: readonly KnownSales[],
): Set<string> =>
  new Set([
    ...[...records, ...tied].flatMap((r) => partiesOf(r.fact).map(partyTextHash)),
    ...sales.flatMap((s) => [s.seller, s.buyer]),
  ])

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
  const sales = await salesOf(client, projects, tick, until)
  const texts = new Map(
    projects.map((project): [bigint, Set<string>] => [
      project,
      namedTexts(records.get(project) ?? [], tied.get(project) ?? [], sales.get(project) ?? []),
    ]),
  )
  const links = await linksOf(client, [...new Set([...texts.values()].flatMap((own) => [...own]))], tick)
  const registrations = await registrationsOf(client, links.values(), [...tied.values()].flat(), tick)
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
        sales: sales.get(project) ?? [],
        registrations: registrationsNamed(registrations, links, texts.get(project)!, tied.get(project) ?? []),
      },
    ]),
  )
}
