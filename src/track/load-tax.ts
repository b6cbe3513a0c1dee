/** What the tax ladder needs beside the rest: invoices by parties, month and rate, and the register's word on who is behind them. */
import type { TaxRegistration } from '#schemas/canonical/index.ts'
import { readFact } from '../facts/columns.ts'
import type { KnownLink, KnownRegistration, KnownSales, KnownTied } from './known.ts'
import { type Client, idOf, statement } from './load-statement.ts'

interface SalesRow extends Omit<KnownSales, 'record' | 'count'> {
  readonly project: bigint
  readonly count: bigint
  readonly first: string
}

/**
 * Invoices tied to each of these projects, by project, as they stood at a tick (null: now) and up to a day (null: all). Void ones are left out. A body
 * is taken apart once a row; the server sums, so that what comes over is some rows a month of a project.
 */
export const salesOf = async (
  client: Client,
  projects: readonly bigint[],
  tick: bigint | null,
  until: string | null,
): Promise<Map<bigint, KnownSales[]>> => {
  const body = `SELECT t.project_id AS project, t.tier, encode(s.seller_hash, 'hex') AS seller, encode(s.buyer_hash, 'hex') AS buyer,
      to_char(f.event_on, 'YYYY-MM') AS period, CASE WHEN f.class = 'taxable' THEN 'taxable' ELSE left(b."goodsCode", 3) END AS goods, b."rateBp",
      b."projectName" IS NOT NULL AND b.place->>'divisionCode' IS NOT NULL AS "isComplete",
      min(b.seller->>'name') AS "sellerName", min(b.buyer->>'name') AS "buyerName", min(b.seller->'code'->>'normalised') AS "sellerCode",
      sum(f.amount_fen)::bigint AS "grossFen", sum(b."netFen")::bigint AS "netFen", count(*) AS count,
      min((f.event_on::text || encode(f.key_hash, 'hex')) COLLATE "C") AS first
    FROM tie t JOIN subject s USING (subject_hash) JOIN fact f USING (subject_hash)
      CROSS JOIN LATERAL json_to_record(f.body::json) AS b ("goodsCode" text, "rateBp" int, "netFen" bigint, "projectName" text, place json, seller json, buyer json)
    WHERE t.project_id = ANY ($1::bigint[]) AND f.kind = 'invoice' AND f.class <> 'void' AND f.event_on IS NOT NULL AND f.amount_fen IS NOT NULL${until === null ? '' : ` AND f.event_on <= '${until}'::date`}
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`
  const asked = statement('sales', body, tick, projects)
  const { rows } = await client.query<SalesRow>(until === null ? asked : { text: asked.text, values: asked.values })
  return Map.groupBy(
    rows.map(({ first, count, ...row }) => ({ ...row, count: Number(count), record: idOf(first.slice(10)) })),
    (row) => row.project,
  )
}

const registrationOf = ({ fact }: KnownTied): string | null => ('registrationId' in fact ? fact.registrationId : null)

/** The register's word on every registration that these links or facts name, as it stood at a tick (null: now). */
export const registrationsOf = async (
  client: Client,
  links: Iterable<KnownLink>,
  tied: readonly KnownTied[],
  tick: bigint | null,
): Promise<Map<string, KnownRegistration>> => {
  const linked = [...links].flatMap((link) => (link.decision === 'link' ? (link.registrationId ?? []) : []))
  const ids = new Set([...linked, ...tied.flatMap((t) => registrationOf(t) ?? [])])
  const body = `SELECT r.registration_id AS id, r.taxpayer_id AS "taxpayerId", f.body FROM registration r JOIN fact f USING (key_hash) WHERE r.registration_id = ANY ($1::text[])`
  const { rows } = await client.query<{ id: string; taxpayerId: string; body: string }>(
    statement('registrations', body, tick, [...ids]),
  )
  return new Map(
    rows.map(({ id, taxpayerId, body: text }) => [
      id,
      { registrationId: id, taxpayerId, fact: readFact(text) as TaxRegistration },
    ]),
  )
}

/** Of these registrations the ones that one project's own texts and facts lead to: what its neighbours in a chunk name is none of its business. */
export const registrationsNamed = (
  all: ReadonlyMap<string, KnownRegistration>,
  links: ReadonlyMap<string, KnownLink>,
  texts: Iterable<string>,
  tied: readonly KnownTied[],
): Map<string, KnownRegistration> => {
  const linked = [...texts].flatMap((text) => {
    const link = links.get(text)
    return link?.decision === 'link' ? (link.registrationId ?? []) : []
  })
  const ids = new Set([...linked, ...tied.flatMap((t) => registrationOf(t) ?? [])])
  return new Map(
    [...ids].flatMap((id): [string, KnownRegistration][] => {
      const found = all.get(id)
      return found ? [[id, found]] : []
    }),
  )
}
