/**
 * Checks between records of one feed, set-based, once for each batch or replay: what is found depends only on the facts that stand, never on the
 * order in which they came. So all records of a group (a section's measurements, a blue invoice with its red ones) are judged anew whenever one
 * of them is news. Rejected: judging a row beside the row before it as they are read, which says otherwise after a late delivery.
 */
import type { PoolClient } from 'pg'
import type { Kind } from '#schemas/canonical/index.ts'
import { betweenSeq, checkCodes } from './codes.ts'

const issueColumns = 'key_hash, seq, feed, batch_id, ord, mapping, pointer, code, raw, expected, message'

const progressMessage = {
  zh: '累计数低于上一期，可能是重新核定或漏报',
  en: 'the cumulative figure is below that of the period before: restated, or a period is missing',
}

interface Series {
  readonly kind: Kind
  /** What the figures of one series share, over a fact `f`; an index serves it. */
  readonly group: string
  readonly order: string
  /** Cumulative figures: amounts in 元, progress in percent. */
  readonly figures: readonly string[]
}

const percent = `(f.body::jsonb->>'physicalProgressBp')::numeric / 100`
const yuan = (field: string): string => `(f.body::jsonb->>'${field}')::numeric / 100`

/** 计量 of one section, and what a project unit reports each month of its project. */
const series: { readonly [K in 'measurement' | 'investment']: Series } = {
  measurement: {
    kind: 'measurement',
    group: 'f.subject_hash',
    // As `src/track/sections.ts` takes the latest: by number where there is one, then by day.
    order: `coalesce((f.body::jsonb->>'sequence')::numeric, -1), f.event_on NULLS FIRST`,
    figures: [percent, yuan('cumulativeFen')],
  },
  investment: {
    kind: 'investment',
    group: `(f.body::jsonb #>> '{about,projectCode,normalised}')`,
    order: 'f.event_on NULLS FIRST',
    figures: [percent, yuan('cumulativeInvestmentFen'), yuan('constructionInvestmentFen')],
  },
}

/** A cumulative sum or physical progress below the period before (appendix C 12). */
const checkSeries = async (
  client: PoolClient,
  tick: bigint,
  { kind, group, order, figures }: Series,
): Promise<void> => {
  const touched = `SELECT ${group} FROM fact f WHERE f.known_from = $1 AND f.kind = '${kind}' AND ${group} IS NOT NULL
    UNION SELECT ${group} FROM fact_past f WHERE f.known_to = $1 AND f.kind = '${kind}' AND ${group} IS NOT NULL`
  await client.query(
    `DELETE FROM issue i USING fact f WHERE i.key_hash = f.key_hash AND i.code = $2 AND f.kind = '${kind}' AND ${group} IN (${touched})`,
    [tick, checkCodes.progressDropped],
  )
  await client.query(
    `INSERT INTO issue (${issueColumns})
     SELECT key_hash, ${betweenSeq} + figure, feed, batch_id, ord, mapping, '', $2, value::text, '≥ ' || before, $3::jsonb FROM (
       SELECT f.key_hash, f.feed, f.batch_id, f.ord, f.mapping, v.figure, v.value, lag(v.value) OVER (PARTITION BY f.feed, ${group}, v.figure ORDER BY ${order}, f.key_hash) AS before
       FROM fact f CROSS JOIN LATERAL (VALUES ${figures.map((value, n) => `(${n}, ${value})`).join(', ')}) AS v (figure, value)
       WHERE f.kind = '${kind}' AND v.value IS NOT NULL AND ${group} IN (${touched})) x
     WHERE value < before`,
    [tick, checkCodes.progressDropped, JSON.stringify(progressMessage)],
  )
}

/** Of another kind than the series, so any number from there on would do. */
const redSeq = betweenSeq

const redMessage = {
  zh: '对应同一张蓝字发票的红字金额合计超过蓝字金额',
  en: 'red invoices against one blue invoice exceed it',
}

/** The key under which the blue invoice of this feed stands: 20 digits are its whole key (`recordKeyHash`). Older numbers need a code that no red invoice states. */
const blueKey = `substring(sha256(convert_to(feed, 'UTF8') || '\\x00'::bytea || convert_to(blue, 'UTF8')) FOR 16)`

/** Keeps which red invoice names which blue one, and marks all of a blue one where any of them is news; gives how many were marked. */
const noteReds = async (client: PoolClient, tick: bigint): Promise<number> => {
  const added = await client.query(
    `INSERT INTO red_invoice (key_hash, blue_key_hash, touched_tick) SELECT key_hash, ${blueKey}, $1
     FROM (SELECT key_hash, feed, body::jsonb->>'blueNumber' AS blue FROM fact WHERE known_from = $1 AND kind = 'invoice' AND amount_fen < 0) r WHERE blue ~ '^[0-9]{20}$'
     ON CONFLICT (key_hash, blue_key_hash) DO UPDATE SET touched_tick = EXCLUDED.touched_tick`,
    [tick],
  )
  const news = `SELECT key_hash FROM fact WHERE known_from = $1 AND kind = 'invoice' UNION ALL SELECT key_hash FROM fact_past WHERE known_to = $1 AND kind = 'invoice'`
  const marked = [added]
  for (const column of ['key_hash', 'blue_key_hash'])
    marked.push(
      await client.query(`UPDATE red_invoice r SET touched_tick = $1 FROM (${news}) n WHERE r.${column} = n.key_hash`, [
        tick,
      ]),
    )
  const count = marked.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0)
  if (count > 0)
    await client.query(
      'UPDATE red_invoice r SET touched_tick = $1 FROM (SELECT DISTINCT blue_key_hash FROM red_invoice WHERE touched_tick = $1) t WHERE r.blue_key_hash = t.blue_key_hash AND r.touched_tick <> $1',
      [tick],
    )
  return count
}

/** A red invoice that takes the sum of the red ones over the blue one, in the order of their days (appendix C 17). */
const checkReds = async (client: PoolClient, tick: bigint): Promise<void> => {
  if ((await noteReds(client, tick)) === 0) return
  await client.query(
    'DELETE FROM issue i USING red_invoice r WHERE r.touched_tick = $1 AND i.key_hash = r.key_hash AND i.code = $2',
    [tick, checkCodes.invoiceRedExceedsBlue],
  )
  await client.query(
    `DELETE FROM red_invoice r WHERE r.touched_tick = $1 AND NOT EXISTS (
       SELECT 1 FROM (SELECT feed, amount_fen, body::jsonb->>'blueNumber' AS blue FROM fact WHERE key_hash = r.key_hash) f WHERE f.amount_fen < 0 AND ${blueKey} = r.blue_key_hash)`,
    [tick],
  )
  await client.query(
    `INSERT INTO issue (${issueColumns})
     SELECT key_hash, ${redSeq}, feed, batch_id, ord, mapping, '', $2, (reds / 100)::text, '≤ ' || (blue / 100), $3::jsonb FROM (
       SELECT f.key_hash, f.feed, f.batch_id, f.ord, f.mapping, b.amount_fen::numeric AS blue,
         -sum(f.amount_fen) OVER (PARTITION BY r.blue_key_hash ORDER BY f.event_on, f.key_hash) AS reds
       FROM red_invoice r JOIN fact f ON f.key_hash = r.key_hash JOIN fact b ON b.key_hash = r.blue_key_hash AND b.kind = 'invoice' WHERE r.touched_tick = $1) x
     WHERE reds > blue`,
    [tick, checkCodes.invoiceRedExceedsBlue, JSON.stringify(redMessage)],
  )
}

const checks: { readonly [K in Kind]?: (client: PoolClient, tick: bigint) => Promise<void> } = {
  measurement: (client, tick) => checkSeries(client, tick, series.measurement),
  investment: (client, tick) => checkSeries(client, tick, series.investment),
  invoice: checkReds,
}

/** Kinds with a check between their records. */
export const checkedKinds = Object.keys(checks) as readonly Kind[]

/** Judges the groups that the facts known or closed at this tick touch. Call once the facts of the tick are stored, for the kinds among them. */
export const checkBetweenRecords = async (client: PoolClient, tick: bigint, kinds: Iterable<string>): Promise<void> => {
  const news = new Set(kinds)
  for (const kind of checkedKinds) if (news.has(kind)) await checks[kind]!(client, tick)
}
