/**
 * Who holds which bearer token or API key. Both are random, so a plain SHA-256 is enough to keep them from being read back (unlike passwords), and
 * they are found by an index on it: how long that takes says nothing of the text. Making and ending them is `tokens.ts`, `api-keys.ts`, `login.ts`.
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Queryable } from '../db/transaction.ts'
import { now } from '../kernel/clock.ts'
import { type Actor, roles } from './actor.ts'

export const apiKeyPrefix = 'jwkey'

const TokenRow = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  scope_prefix: z.string(),
  expires_at: z.date().nullable(),
  user_id: z.string().nullable(),
})

// A person's session has the person's role and scope of this moment, and ends when the person is disabled.
const selectToken = `SELECT t.id, coalesce(u.display_name, t.name) AS name, coalesce(u.role, t.role) AS role, coalesce(u.scope_prefix, t.scope_prefix) AS scope_prefix, t.expires_at, t.user_id
  FROM token t LEFT JOIN "user" u ON u.id = t.user_id`
const liveToken = `t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2) AND u.disabled_at IS NULL`
const byHash = { name: 'token_by_hash', text: `${selectToken} WHERE t.hash = $1 AND ${liveToken}` }
const byId = { name: 'token_by_id', text: `${selectToken} WHERE t.id = $1 AND ${liveToken}` }
const markUsed = `UPDATE token SET last_used_on = $2 WHERE id = $1 AND last_used_on IS DISTINCT FROM $2`

const KeyRow = z.object({
  id: z.string(),
  name: z.string(),
  department: z.string(),
  feed: z.string().nullable(),
  expires_at: z.date().nullable(),
})
const keyByHash = {
  name: 'api_key_by_hash',
  text: `SELECT id, name, department, feed, expires_at FROM api_key WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`,
}
const markKeyUsed = `UPDATE api_key SET last_used_on = $2 WHERE id = $1 AND last_used_on IS DISTINCT FROM $2`

export const hashOfToken = (token: string): Buffer => hash('sha256', token, 'buffer')

const cacheMs = 5_000
const cacheMax = 10_000

interface Held {
  readonly actor: Actor | null
  readonly untilMs: number
}

export interface Credentials {
  /** The actor behind a bearer token or an API key; null for an unknown, revoked or expired one. A revocation shows within five seconds. */
  byToken(token: string): Promise<Actor | null>
  /** The actor behind a token that a session names by its id. */
  byTokenId(id: string): Promise<Actor | null>
}

const actorOfToken = (token: z.output<typeof TokenRow>): Actor => ({
  id: token.user_id ?? token.id,
  kind: token.user_id === null ? 'token' : 'user',
  role: token.role,
  scopePrefix: token.scope_prefix,
  name: token.name,
})

// A scope that no division code begins with: a partner reads nothing by scope.
const noScope = '-'

const actorOfKey = (key: z.output<typeof KeyRow>): Actor => ({
  id: key.id,
  kind: 'partner',
  role: 'partner',
  scopePrefix: noScope,
  name: key.name,
  department: key.department,
  ...(key.feed === null ? {} : { feed: key.feed }),
})

/** Looks credentials up and remembers the answer for at most five seconds, refusals included. */
export const createCredentials = (pool: Queryable): Credentials => {
  const held = new Map<string, Held>()

  const keep = async (
    at: Date,
    id: string,
    mark: string,
    found: { readonly actor: Actor; readonly expiresAt: Date | null },
  ): Promise<Held> => {
    await pool.query(mark, [id, at.toISOString().slice(0, 10)])
    return { actor: found.actor, untilMs: Math.min(at.getTime() + cacheMs, found.expiresAt?.getTime() ?? Infinity) }
  }

  const lookToken = async (query: typeof byHash, value: Buffer | string): Promise<Held> => {
    const at = now()
    const { rows } = await pool.query({ ...query, values: [value, at] })
    if (rows[0] === undefined) return { actor: null, untilMs: at.getTime() + cacheMs }
    const token = TokenRow.parse(rows[0])
    return keep(at, token.id, markUsed, { actor: actorOfToken(token), expiresAt: token.expires_at })
  }

  const lookKey = async (hash: Buffer): Promise<Held> => {
    const at = now()
    const { rows } = await pool.query({ ...keyByHash, values: [hash, at] })
    if (rows[0] === undefined) return { actor: null, untilMs: at.getTime() + cacheMs }
    const key = KeyRow.parse(rows[0])
    return keep(at, key.id, markKeyUsed, { actor: actorOfKey(key), expiresAt: key.expires_at })
  }

  const cached = async (name: string, look: () => Promise<Held>): Promise<Actor | null> => {
    const known = held.get(name)
    if (known && known.untilMs > now().getTime()) return known.actor
    if (held.size >= cacheMax) held.clear()
    const fresh = await look()
    held.set(name, fresh)
    return fresh.actor
  }

  return {
    byToken: (token) => {
      // As text it is found among those that are known; the few that are not are asked for by their bytes.
      const digest = hash('sha256', token, 'base64')
      return cached(`hash ${digest}`, () => {
        const bytes = Buffer.from(digest, 'base64')
        return token.startsWith(`${apiKeyPrefix}_`) ? lookKey(bytes) : lookToken(byHash, bytes)
      })
    },
    byTokenId: (id) => cached(`id ${id}`, () => lookToken(byId, id)),
  }
}
