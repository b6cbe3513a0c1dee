/** Who holds which bearer token. Tokens are random, so a plain SHA-256 is enough to keep them from being read back (unlike passwords). */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Queryable } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { newId, newSecret } from '../kernel/ids.ts'
import { type Actor, type Role, roles } from './actor.ts'

const TokenRow = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  scope_prefix: z.string(),
  expires_at: z.date().nullable(),
})

const liveToken = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`
const byHash = {
  name: 'token_by_hash',
  text: `SELECT id, name, role, scope_prefix, expires_at FROM token WHERE hash = $1 AND ${liveToken}`,
}
const byId = {
  name: 'token_by_id',
  text: `SELECT id, name, role, scope_prefix, expires_at FROM token WHERE id = $1 AND ${liveToken}`,
}
const markUsed = `UPDATE token SET last_used_on = $2 WHERE id = $1 AND last_used_on IS DISTINCT FROM $2`
const insertToken = `INSERT INTO token (id, hash, name, role, scope_prefix, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`

export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly scopePrefix: string
  readonly expiresAt?: Date
}

/** Makes a token; its text is given once, here, and never stored. Call inside the transaction that carries the audit row. */
export const createToken = async (
  client: Queryable,
  input: NewToken,
): Promise<{ readonly id: string; readonly token: string }> => {
  const id = newId('tok')
  const token = newSecret('jw')
  await client.query(insertToken, [
    id,
    hashOfToken(token),
    input.name,
    input.role,
    input.scopePrefix,
    now(),
    input.expiresAt ?? null,
  ])
  return { id, token }
}

const cacheMs = 5_000
const cacheMax = 10_000

interface Held {
  readonly actor: Actor | null
  readonly untilMs: number
}

export interface Credentials {
  /** The actor behind a bearer token; null for an unknown, revoked or expired one. A revocation shows within five seconds. */
  byToken(token: string): Promise<Actor | null>
  /** The actor behind a token that a session names by its id. */
  byTokenId(id: string): Promise<Actor | null>
}

/** Looks credentials up in the token table and remembers the answer for at most five seconds, refusals included. */
export const createCredentials = (pool: Queryable): Credentials => {
  const held = new Map<string, Held>()

  const look = async (query: typeof byHash, value: Buffer | string): Promise<Held> => {
    const at = now()
    const { rows } = await pool.query({ ...query, values: [value, at] })
    const token = rows[0] === undefined ? null : TokenRow.parse(rows[0])
    if (token === null) return { actor: null, untilMs: at.getTime() + cacheMs }
    await pool.query(markUsed, [token.id, at.toISOString().slice(0, 10)])
    const actor: Actor = {
      id: token.id,
      kind: 'token',
      role: token.role,
      scopePrefix: token.scope_prefix,
      name: token.name,
    }
    return { actor, untilMs: Math.min(at.getTime() + cacheMs, token.expires_at?.getTime() ?? Infinity) }
  }

  const cached = async (key: string, query: typeof byHash, value: Buffer | string): Promise<Actor | null> => {
    const known = held.get(key)
    if (known && known.untilMs > now().getTime()) return known.actor
    if (held.size >= cacheMax) held.clear()
    const fresh = await look(query, value)
    held.set(key, fresh)
    return fresh.actor
  }

  return {
    byToken: (token) => {
      const hash = hashOfToken(token)
      return cached(`hash ${hash.toString('base64')}`, byHash, hash)
    },
    byTokenId: (id) => cached(`id ${id}`, byId, id),
  }
}
