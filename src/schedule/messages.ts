/**
 * Messages: one when a feed is late, one when nothing of it is late any more. They are rows first, in the transaction that found it, and sent after;
 * the row's id goes along, so that a receiver tells a repeat from a second message.
 */
import type { PoolClient } from 'pg'
import type { Database } from '../db/database.ts'
import { now } from '../kernel/clock.ts'

export type MessageKind = 'late' | 'recovered'

/** A feed from the day on which it was late until nothing of it is. */
export interface Incident {
  readonly messageId: string
  readonly feed: string
  /** The first day that was late. */
  readonly day: string
  readonly text: { readonly zh: string; readonly en: string }
}

interface IncidentRow {
  readonly feed: string
  readonly day: string
  readonly due_at: Date
  readonly days: number
  readonly how: string | null
  readonly run_error: string | null
}

const localMinute = (instant: Date): string =>
  new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')

const nameOf = (titles: ReadonlyMap<string, string>, feed: string): string => {
  const title = titles.get(feed)
  return title === undefined ? feed : `${title}（${feed}）`
}

const lateText = (titles: ReadonlyMap<string, string>, row: IncidentRow): Incident['text'] => ({
  zh: `逾期未报：${nameOf(titles, row.feed)}应于 ${localMinute(row.due_at)} 前到数，至今未到${row.run_error === null ? '' : `；最近一次导入的问题：${row.run_error}`}`,
  en: `late: ${row.feed} was due by ${localMinute(row.due_at)} and has not come${row.run_error === null ? '' : `; its last import: ${row.run_error}`}`,
})

const howWords: Readonly<Record<string, { zh: string; en: string }>> = {
  arrived: { zh: '数据已到', en: 'its data has come' },
  zero: { zh: '已作零报送', en: 'it has reported zero' },
  excused: { zh: '已免报', en: 'it is excused' },
}

const recoveredText = (titles: ReadonlyMap<string, string>, row: IncidentRow): Incident['text'] => {
  const how = howWords[row.how ?? 'arrived'] ?? howWords.arrived!
  return {
    zh: `已恢复：${nameOf(titles, row.feed)}自 ${row.day} 起逾期 ${row.days} 期，${how.zh}`,
    en: `recovered: ${row.feed}, late since ${row.day} (${row.days} in all): ${how.en}`,
  }
}

const idOf = (kind: MessageKind, row: IncidentRow): string => `${kind}:${row.feed}:${row.day}`

const store = async (
  client: PoolClient,
  kind: MessageKind,
  rows: readonly IncidentRow[],
  textOf: (row: IncidentRow) => Incident['text'],
  willSend: boolean,
): Promise<Incident[]> => {
  const incidents: Incident[] = []
  for (const row of rows) {
    const incident = { messageId: idOf(kind, row), feed: row.feed, day: row.day, text: textOf(row) }
    const { rowCount } = await client.query(
      `INSERT INTO message (message_id, feed, day, kind, body, created_at, next_try_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      [incident.messageId, row.feed, row.day, kind, JSON.stringify(incident.text), now(), willSend ? now() : null],
    )
    if (rowCount === 1) incidents.push(incident)
  }
  return incidents
}

/** An incident is open from its late message to its recovered one. */
const isOpenIncident = `m.kind = 'late' AND NOT EXISTS (SELECT FROM message r WHERE r.feed = m.feed AND r.day = m.day AND r.kind = 'recovered')`

/** Feeds with late days and no open incident. */
export const tellLate = async (
  client: PoolClient,
  titles: ReadonlyMap<string, string>,
  willSend: boolean,
): Promise<Incident[]> => {
  const { rows } = await client.query<IncidentRow>(
    `SELECT DISTINCT ON (d.feed) d.feed, d.day, d.due_at, 1 AS days, NULL AS how, (
       SELECT r.error ->> 'code' FROM run r WHERE r.source = d.feed AND r.kind = 'import' ORDER BY r.started_at DESC LIMIT 1) AS run_error
     FROM source_day d WHERE d.state = 'late' AND NOT EXISTS (SELECT FROM message m WHERE m.feed = d.feed AND ${isOpenIncident}) ORDER BY d.feed, d.day`,
  )
  return store(client, 'late', rows, (row) => lateText(titles, row), willSend)
}

/** Open incidents of feeds of which nothing is late any more. */
export const tellRecovered = async (
  client: PoolClient,
  titles: ReadonlyMap<string, string>,
  willSend: boolean,
): Promise<Incident[]> => {
  const { rows } = await client.query<IncidentRow>(
    `SELECT m.feed, m.day, d.due_at, d.state AS how, NULL AS run_error,
       (SELECT count(*)::int FROM source_day l WHERE l.feed = m.feed AND l.day >= m.day AND l.late_at IS NOT NULL) AS days
     FROM message m JOIN source_day d ON d.feed = m.feed AND d.day = m.day
     WHERE ${isOpenIncident} AND NOT EXISTS (SELECT FROM source_day l WHERE l.feed = m.feed AND l.state = 'late')`,
  )
  return store(client, 'recovered', rows, (row) => recoveredText(titles, row), willSend)
}

export interface OutgoingMessage {
  readonly messageId: string
  readonly feed: string
  readonly day: string
  readonly kind: MessageKind
  readonly text: Incident['text']
  readonly createdAt: string
}

/** Hands a message to where people read it. Rejects where it did not get there; it is then tried again under the same id. */
export type SendMessage = (message: OutgoingMessage, signal: AbortSignal) => Promise<void>

/** First bound of the random wait between two tries; it doubles up to the second. About a day of tries in all. */
const waitMs = 30_000
const waitMaxMs = 2 * 3_600_000
const attemptsMax = 24
/** While one hub sends, no other takes the message; a hub that died leaves it to the next after this. */
const claimMs = 120_000

interface ClaimedRow {
  readonly message_id: string
  readonly feed: string
  readonly day: string
  readonly kind: MessageKind
  readonly body: Incident['text']
  readonly created_at: Date
  readonly attempts: number
}

/** Of a feed's messages the oldest unsent one goes first: nobody reads of a recovery before the lateness. */
const claim = async (db: Database, at: Date): Promise<ClaimedRow[]> =>
  (
    await db.pipeline.query<ClaimedRow>(
      `UPDATE message SET attempts = attempts + 1, next_try_at = $2 WHERE message_id IN (
         SELECT message_id FROM message m WHERE next_try_at <= $1
           AND NOT EXISTS (SELECT FROM message o WHERE o.feed = m.feed AND o.next_try_at IS NOT NULL AND (o.day, o.kind) < (m.day, m.kind))
         ORDER BY created_at LIMIT 20 FOR UPDATE SKIP LOCKED)
       RETURNING message_id, feed, day, kind, body, created_at, attempts`,
      [at, new Date(at.getTime() + claimMs)],
    )
  ).rows

const retryAt = (attempts: number, at: Date, random: () => number): Date | null =>
  attempts >= attemptsMax ? null : new Date(at.getTime() + random() * Math.min(waitMaxMs, waitMs * 2 ** (attempts - 1)))

/** Sends what is to be sent. Returns how many went out and how many did not. */
export const sendMessages = async (
  db: Database,
  send: SendMessage,
  random: () => number,
  signal: AbortSignal,
): Promise<{ sent: number; failed: number }> => {
  const result = { sent: 0, failed: 0 }
  for (const row of await claim(db, now())) {
    const message: OutgoingMessage = {
      messageId: row.message_id,
      feed: row.feed,
      day: row.day,
      kind: row.kind,
      text: row.body,
      createdAt: row.created_at.toISOString(),
    }
    try {
      await send(message, signal)
      await db.pipeline.query(
        `UPDATE message SET sent_at = $2, next_try_at = NULL, last_error = NULL WHERE message_id = $1`,
        [row.message_id, now()],
      )
      result.sent++
    } catch (error) {
      await db.pipeline.query('UPDATE message SET next_try_at = $2, last_error = $3 WHERE message_id = $1', [
        row.message_id,
        retryAt(row.attempts, now(), random),
        error instanceof Error ? error.message.slice(0, 300) : 'unknown',
      ])
      result.failed++
    }
  }
  return result
}
