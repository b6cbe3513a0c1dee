/** Writes acts: the act, its judgements, its alias. Append-only; a preview writes the same rows under numbers of its own and takes them back. */
import type { PoolClient } from 'pg'
import type { Actor } from '../../access/actor.ts'
import { now } from '../../kernel/clock.ts'
import type { Act, Plan } from './act.ts'

export interface Signed {
  readonly author: string
  readonly authorName: string
  readonly reason: string
}

/** An act as it is done: by whom (`actor` is who does it now, `by` in whose name it stands), and what it was said to change. */
export interface Deed {
  readonly act: Act
  readonly by: Signed
  readonly actor: Actor
  readonly effect: unknown
}

export const signedBy = (actor: Actor, reason: string): Signed => ({
  author: actor.id,
  authorName: actor.name ?? actor.id,
  reason,
})

/** Numbers of rows that nobody will see: no sequence moves, and no real row is waited for. */
const previewId = 1n << 62n

const hexOrNull = (n: number): string => `decode($${n}, 'hex')`

const linkSettingsVersion = `coalesce((SELECT max(version) FROM settings_version WHERE kind = 'link'), 0)`

export interface StoredAct {
  readonly plan: Plan
  readonly act: Act
  readonly by: Signed
  readonly effect: unknown
  /** Of its judgements; null: a proposal. */
  readonly tick: bigint | null
}

export const storeAct = async (
  client: PoolClient,
  { plan, act, by, effect, tick }: StoredAct,
  isPreview = false,
): Promise<bigint> => {
  const values = [
    plan.verb,
    plan.subject,
    plan.textHash,
    plan.keyHashes.map((key) => `\\x${key}`),
    JSON.stringify(act),
    plan.undoes,
    by.author,
    by.authorName,
    by.reason,
    plan.digest,
    JSON.stringify(effect),
    tick === null,
    tick,
    now(),
    isPreview ? previewId : null,
  ]
  const { rows } = await client.query<{ id: bigint }>(
    `INSERT INTO act (verb, subject, text_hash, key_hashes, input, undoes, author, author_name, reason, evidence_digest, effect, is_proposal, tick, at, settings, act_id) OVERRIDING SYSTEM VALUE
     VALUES ($1, $2, ${hexOrNull(3)}, $4::bytea[], $5, $6, $7, $8, $9, ${hexOrNull(10)}, $11, $12, $13, $14, ${linkSettingsVersion}, coalesce($15, nextval('act_act_id_seq'))) RETURNING act_id AS id`,
    values,
  )
  return rows[0]!.id
}

/** Writes an act's judgements and its alias. Returns the judgements' ids in order. */
export const storeJudgements = async (
  client: PoolClient,
  plan: Plan,
  { actId, by, tick }: { readonly actId: bigint; readonly by: Signed; readonly tick: bigint },
  isPreview = false,
): Promise<bigint[]> => {
  const of = <K extends keyof Plan['rows'][number]>(key: K) => plan.rows.map((row) => row[key] ?? null)
  const { rows } = await client.query<{ id: bigint }>(
    `INSERT INTO judgement (kind, verdict, feed, key_hash, other_key_hash, role, text_hash, registration_id, undoes, proposed_digest, author, reason, evidence_digest, tick, at, act_id, judgement_id) OVERRIDING SYSTEM VALUE
     SELECT k, v, f, decode(h, 'hex'), decode(o, 'hex'), r, decode(t, 'hex'), g, u, decode(p, 'hex'), $11, $12, decode($13, 'hex'), $14, $15, $16, coalesce($17::bigint + n, nextval('judgement_judgement_id_seq'))
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[]) WITH ORDINALITY AS x (k, v, f, h, o, r, t, g, u, p, n)
     ORDER BY n RETURNING judgement_id AS id`,
    [
      of('kind'),
      of('verdict'),
      of('feed'),
      of('keyHash'),
      of('otherKeyHash'),
      of('role'),
      of('textHash'),
      of('registrationId'),
      of('undoes'),
      of('proposedDigest'),
      by.author,
      by.reason,
      plan.digest,
      tick,
      now(),
      actId,
      isPreview ? previewId : null,
    ],
  )
  const ids = rows.map((r) => r.id)
  if (plan.alias !== null) await storeAlias(client, plan.alias, { judgementId: ids[0]!, by, tick }, isPreview)
  return ids
}

const storeAlias = (
  client: PoolClient,
  alias: NonNullable<Plan['alias']>,
  { judgementId, by, tick }: { readonly judgementId: bigint; readonly by: Signed; readonly tick: bigint },
  isPreview: boolean,
) =>
  client.query(
    `INSERT INTO alias (registration_id, name, kind, valid_until, judgement_id, owner, owner_name, tick, at, alias_id) OVERRIDING SYSTEM VALUE
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, nextval('alias_alias_id_seq')))`,
    [
      alias.registrationId,
      alias.name,
      alias.kind,
      alias.validUntil,
      judgementId,
      by.author,
      by.authorName,
      tick,
      now(),
      isPreview ? previewId : null,
    ],
  )
