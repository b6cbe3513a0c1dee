/** Statements that read today's tables, or the same tables as they stood at a tick. */
import type { PoolClient } from 'pg'
import { recordId } from '../kernel/opaque-id.ts'

export type Client = Pick<PoolClient, 'query'>

export const idOf = (hex: string): string => recordId.of(Buffer.from(hex, 'hex'))

const versioned = (table: string, columns: string): string =>
  `${table} AS NOT MATERIALIZED (SELECT ${columns} FROM jingwei.${table} WHERE known_from <= $2 UNION ALL SELECT ${columns} FROM jingwei.${table}_past WHERE known_from <= $2 AND known_to > $2)`

/** Tables as they stood at tick $2, under their own names, so that one statement serves both. */
const asOfTick = `WITH ${versioned('fact', 'key_hash, feed, kind, known_from, subject_hash, event_on, amount_fen, class, body')},
  ${versioned('tie', 'subject_hash, project_id, tier')},
  ${versioned('party_link', 'text_hash, decision, registration_id, score, reason')},
  member_by_project AS NOT MATERIALIZED (SELECT key_hash, project_id FROM jingwei.member_by_record WHERE known_from <= $2
    UNION ALL SELECT key_hash, project_id FROM jingwei.member_past WHERE known_from <= $2 AND known_to > $2)`

/** The same statement for now ($2 unused but typed) and for then. */
export const statement = (name: string, body: string, tick: bigint | null, first: unknown) => ({
  name: tick === null ? `track.${name}` : `track.${name}.at`,
  text: tick === null ? body : `${asOfTick} ${body}`,
  values: tick === null ? [first] : [first, tick],
})

/** Day and record in one text: its least and greatest give the first and last invoice with their records, without a sort. */
export const dayAndRecord = (text: string | null): { on: string; record: string } | null =>
  text === null ? null : { on: text.slice(0, 10), record: idOf(text.slice(10)) }
