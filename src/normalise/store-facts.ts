/** Facts in, facts out: a new version closes what its record was held to say before. Set-based; the rows come in by COPY. */
import type { PoolClient } from 'pg'
import { copyRows } from '../db/copy.ts'
import type { FactColumns } from '../facts/columns.ts'
import { codeOf } from '../kernel/errors.ts'
import { betweenSeq } from './checks/codes.ts'
import type { VersionIssue } from './read-version.ts'

export interface StoredVersion {
  readonly keyHash: string
  readonly batchId: bigint
  readonly ord: number
  readonly sourceOrder: string | null
}

export interface NewFact extends StoredVersion {
  readonly feed: string
  readonly mapping: number
  readonly columns: FactColumns
}

export interface NewIssue extends StoredVersion {
  readonly feed: string
  readonly mapping: number
  readonly issues: readonly VersionIssue[]
}

const bytea = (hex: string | null): string | null => (hex === null ? null : `\\x${hex}`)
const factColumnNames =
  'key_hash, feed, kind, batch_id, ord, mapping, known_from, source_order, subject_hash, event_on, amount_fen, class, body'

/** Moves the present facts of these records into the past as of `tick`; one that became known in this very tick was never held and leaves no past. */
export const closeFacts = async (client: PoolClient, keyHashes: readonly string[], tick: bigint): Promise<void> => {
  if (keyHashes.length === 0) return
  await client.query(
    `WITH closed AS (DELETE FROM fact WHERE key_hash = ANY ($1::bytea[]) RETURNING *)
     INSERT INTO fact_past (${factColumnNames}, known_to) SELECT ${factColumnNames}, $2 FROM closed WHERE known_from < $2`,
    [keyHashes.map(bytea), tick],
  )
}

/** What was found in the record itself. What was found beside other records stays with the fact that it was found in. */
export const clearIssues = async (client: PoolClient, keyHashes: readonly string[]): Promise<void> => {
  if (keyHashes.length > 0)
    await client.query(
      'DELETE FROM issue i WHERE key_hash = ANY ($1::bytea[]) AND (seq < $2 OR NOT EXISTS (SELECT 1 FROM fact f WHERE f.key_hash = i.key_hash))',
      [keyHashes.map(bytea), betweenSeq],
    )
}

const copyFacts = (client: PoolClient, facts: readonly NewFact[], tick: bigint): Promise<number> =>
  copyRows(
    client,
    `fact (${factColumnNames})`,
    facts.map((f) => [
      bytea(f.keyHash),
      f.feed,
      f.columns.kind,
      f.batchId,
      f.ord,
      f.mapping,
      tick,
      f.sourceOrder,
      bytea(f.columns.subjectHash),
      f.columns.eventOn,
      f.columns.amountFen,
      f.columns.class,
      f.columns.body,
    ]),
  )

/**
 * Stores facts by COPY. A record that two deliveries brought as new at the same time has a fact already: then the present ones are closed first.
 */
export const insertFacts = async (client: PoolClient, facts: readonly NewFact[], tick: bigint): Promise<void> => {
  if (facts.length === 0) return
  await client.query('SAVEPOINT facts')
  try {
    await copyFacts(client, facts, tick)
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    await client.query('ROLLBACK TO SAVEPOINT facts')
    await closeFacts(
      client,
      facts.map((f) => f.keyHash),
      tick,
    )
    await copyFacts(client, facts, tick)
  }
  await client.query('RELEASE SAVEPOINT facts')
}

export const insertIssues = (client: PoolClient, all: readonly NewIssue[]): Promise<number> =>
  all.length === 0
    ? Promise.resolve(0)
    : copyRows(
        client,
        'issue (key_hash, seq, feed, batch_id, ord, mapping, pointer, code, raw, expected, message)',
        all.flatMap((v) =>
          v.issues.map((i, seq) => [
            bytea(v.keyHash),
            seq,
            v.feed,
            v.batchId,
            v.ord,
            v.mapping,
            i.pointer,
            i.code,
            i.raw,
            i.expected,
            JSON.stringify(i.message),
          ]),
        ),
      )
