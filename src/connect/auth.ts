/** How the hub shows a department who it is. Secrets come from the configuration; nothing here prints or keeps them longer than needed. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { now, nowMs } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import { connectCodes, connectError } from './errors.ts'

/** A request as it will stand on the wire: what a signature covers. */
export interface Outgoing {
  readonly method: string
  /** Path of the URL, percent-encoded, with the base URL's own path. */
  readonly path: string
  /** Query as sent, sorted by name, without the question mark. */
  readonly query: string
  readonly body: string
}

export interface Authenticator {
  /** Headers to add to this request. */
  readonly headers: (outgoing: Outgoing, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>
  /** Called once after a 401: true where trying again makes sense (a token was dropped). */
  readonly renew?: () => boolean
  /** Opens an encrypted answer to the request that was sent with `headers` for `source`. Absent: answers come in clear. */
  readonly open?: (answer: string, headers: Readonly<Record<string, string>>, source: string) => string
}

/** What stands in a department's declaration. */
export type AuthKind =
  | { readonly kind: 'none' }
  | { readonly kind: 'oauth2'; readonly tokenPath: string }
  | { readonly kind: 'hmac' }
  /** Signed requests and encrypted answers (`sealed-answers.ts`). */
  | { readonly kind: 'sealed' }
  | { readonly kind: 'apiKey'; readonly header: string }

export interface Credentials {
  readonly clientId: string
  readonly secret: Secret
}

/** Fetches a token: posts the form to the department's token path, gives the body of a 200. */
export type FetchToken = (form: string, signal: AbortSignal) => Promise<string>

const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString()

const parseToken = (text: string): { token: string; lifetimeMs: number } => {
  try {
    const body = JSON.parse(text) as { access_token?: unknown; expires_in?: unknown }
    if (typeof body.access_token === 'string' && body.access_token !== '') {
      const seconds = Number(body.expires_in ?? 300)
      return { token: body.access_token, lifetimeMs: (Number.isFinite(seconds) && seconds > 0 ? seconds : 300) * 1_000 }
    }
  } catch {
    // Answered below: the text itself may hold the token and must not reach a log.
  }
  throw connectError(
    connectCodes.answerUnreadable,
    '供数单位的令牌应答无法读取',
    'the answer of the token endpoint cannot be read',
  )
}

/**
 * OAuth2 client credentials (RFC 6749 4.4). One token for all requests, renewed a minute or a tenth of its life before it ends,
 * whichever is less, and once after a 401. Requests that come while a token is fetched wait for that one.
 */
export const oauth2 = (credentials: Credentials, fetchToken: FetchToken): Authenticator => {
  let held: { token: string; renewAtMs: number } | null = null
  let pending: Promise<string> | null = null
  const fetchNew = async (signal: AbortSignal): Promise<string> => {
    const body = form({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.secret.reveal(),
    })
    const { token, lifetimeMs } = parseToken(await fetchToken(body, signal))
    held = { token, renewAtMs: nowMs() + lifetimeMs - Math.min(60_000, lifetimeMs / 10) }
    return token
  }
  const token = (signal: AbortSignal): Promise<string> => {
    if (held !== null && nowMs() < held.renewAtMs) return Promise.resolve(held.token)
    pending ??= fetchNew(signal).finally(() => {
      pending = null
    })
    return pending
  }
  return {
    headers: async (_outgoing, signal) => ({ authorization: `Bearer ${await token(signal)}` }),
    renew: () => {
      const had = held !== null
      held = null
      return had
    },
  }
}

/** Hex HMAC-SHA256 over method, path, query, timestamp, nonce and body digest, one a line (docs/feeds.md, transport). */
export const hmacSignature = (outgoing: Outgoing, timestamp: string, nonce: string, secret: string): string => {
  const bodyDigest = createHash('sha256').update(outgoing.body).digest('hex')
  const text = [outgoing.method, outgoing.path, outgoing.query, timestamp, nonce, bodyDigest].join('\n')
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** Signed requests: every attempt has its own timestamp (epoch seconds) and nonce, since the department refuses repeats. */
export const hmac = (credentials: Credentials): Authenticator => ({
  headers: async (outgoing) => {
    const timestamp = String(Math.floor(now().getTime() / 1_000))
    const nonce = randomBytes(16).toString('hex')
    return {
      'x-app-id': credentials.clientId,
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature': hmacSignature(outgoing, timestamp, nonce, credentials.secret.reveal()),
    }
  },
})

export const apiKey = (header: string, credentials: Credentials): Authenticator => ({
  headers: async () => ({ [header.toLowerCase()]: credentials.secret.reveal() }),
})
