/**
 * The way out to departments and the only user of undici.
 * `fetch` rather than `undici.request`: tests put their departments in its place; the dispatcher still gives each department its own
 * connections and time limits. Everything a line can do (hang, cut, flood, stutter) ends as an error with a code that says if a retry helps.
 */
import { Agent, install } from 'undici'
import { elapsedMs, sleep } from '../kernel/clock.ts'
import { isHubError, type PublicMessage } from '../kernel/errors.ts'
import { retry } from '../kernel/retry.ts'
import type { Authenticator, Outgoing } from './auth.ts'
import { createBreaker } from './breaker.ts'
import { connectCodes, connectError } from './errors.ts'
import { decodeBody, lineError, readBody, statusError } from './http-answer.ts'

// Node's own fetch is an older undici that would not take this package's Agent. Tests replace fetch after their imports.
install()

export type Query = Readonly<Record<string, string | number | null | undefined>>

export interface HttpRequest {
  readonly method?: 'GET' | 'POST'
  /** Path after the base URL, beginning with a slash. */
  readonly path: string
  readonly query?: Query
  readonly body?: string
  readonly contentType?: string
  /** Media type asked for; JSON where none is given. */
  readonly accept?: string
  readonly signal: AbortSignal
  /** False for the token request itself. */
  readonly authenticated?: boolean
  /** Statuses from 400 on that the caller reads itself (a 410 of an expired cursor). */
  readonly accepts?: readonly number[]
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  /** The body as it came, at most `bodyBytesMax`. */
  readonly bytes: Buffer
  /** The body decoded by its charset when asked for; throws `connect.wrong_encoding`. */
  readonly text: string
  /** Path and query, for saying where a row stood. */
  readonly source: string
}

export interface HttpClient {
  /**
   * Sends a request and reads the answer; `read` runs inside the attempt, so an unreadable body is retried like a cut one.
   * Long reading may be asynchronous, so that it can step aside.
   * Throws HubError with a `connect.*` code; GET and requests marked so are retried within the budget, others never.
   */
  readonly send: <T>(request: HttpRequest, read: (answer: HttpAnswer) => T | Promise<T>) => Promise<T>
  /** What went wrong and was tried again, by code: a run's report tells it although it passed. */
  readonly troubles: () => readonly Trouble[]
  readonly close: () => Promise<void>
}

/** One kind of fault of the line or the department, and how often it was met. */
export interface Trouble {
  readonly code: string
  readonly what: PublicMessage
  /** The first request that met it. */
  readonly where: string
  readonly times: number
}

export interface HttpOptions {
  readonly department: string
  readonly baseUrl: string
  readonly auth?: (client: HttpClient) => Authenticator
  /** Least time between the beginnings of two requests. */
  readonly pacingMs?: number
  readonly connectTimeoutMs?: number
  /** Until the headers are there, and between two pieces of the body. */
  readonly idleTimeoutMs?: number
  /** One attempt in all. */
  readonly attemptTimeoutMs?: number
  readonly bodyBytesMax?: number
  readonly attemptsMax?: number
  /** All attempts of one request and the waits between them. */
  readonly budgetMs?: number
  readonly waitMs?: number
  readonly breaker?: { readonly failuresMax: number; readonly openMs: number }
}

const defaults = {
  pacingMs: 0,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 60_000,
  attemptTimeoutMs: 180_000,
  bodyBytesMax: 64 * 1_048_576,
  attemptsMax: 5,
  budgetMs: 300_000,
  waitMs: 500,
  breaker: { failuresMax: 10, openMs: 30_000 },
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/** Query text sorted by name, percent-encoded by RFC 3986; null and undefined are left out. The same text is sent and signed. */
export const queryText = (query: Query): string =>
  Object.entries(query)
    .filter((entry): entry is [string, string | number] => entry[1] !== null && entry[1] !== undefined)
    .map(([name, value]) => [encode(name), encode(String(value))] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/** Lets callers pass one at a time, the beginnings `pacingMs` apart. */
const createPace = (pacingMs: number): ((signal: AbortSignal) => Promise<void>) => {
  let nextAt = 0
  return async (signal) => {
    if (pacingMs <= 0) return
    const at = Math.max(nextAt, elapsedMs())
    nextAt = at + pacingMs
    const waitMs = at - elapsedMs()
    if (waitMs > 0) await sleep(waitMs, signal)
  }
}

/** Opens the way to one department: its own connections, pace, time limits, breaker and credentials. */
export const createHttpClient = (options: HttpOptions): HttpClient => {
  const o = { ...defaults, ...options }
  const base = o.baseUrl.replace(/\/+$/, '')
  const breaker = createBreaker(o.breaker)
  const pace = createPace(o.pacingMs)
  const agent = new Agent({
    connect: { timeout: o.connectTimeoutMs },
    headersTimeout: o.idleTimeoutMs,
    bodyTimeout: o.idleTimeoutMs,
    connections: 4,
  })
  let authenticator: Authenticator | null = null
  const troubles = new Map<string, Trouble>()
  const noteTrouble = (error: unknown, where: string): void => {
    if (!isHubError(error)) return
    const { code, publicMessage: what } = error
    const known = troubles.get(code)
    troubles.set(code, known ? { ...known, times: known.times + 1 } : { code, what, where, times: 1 })
  }

  const exchange = async (request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> => {
    const query = queryText(request.query ?? {})
    const url = new URL(`${base}${request.path}${query === '' ? '' : `?${query}`}`)
    const method = request.method ?? 'GET'
    const source = `${request.path}${query === '' ? '' : `?${query}`}`
    const context = { department: o.department, method, source }
    const outgoing: Outgoing = { method, path: url.pathname, query, body: request.body ?? '' }
    const identifying = request.authenticated === false ? null : authenticator
    const identity = (await identifying?.headers(outgoing, signal)) ?? {}
    const init = {
      method,
      signal,
      redirect: 'error',
      dispatcher: agent,
      headers: {
        accept: request.accept ?? 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        ...identity,
      },
      ...(request.body === undefined ? {} : { body: request.body }),
    }
    await pace(signal)
    let response: Response
    try {
      response = await globalThis.fetch(url, init as unknown as RequestInit)
    } catch (thrown) {
      throw lineError(thrown, false, context)
    }
    const bytes = await readBody(response, o.bodyBytesMax, context)
    if (response.status >= 400 && !request.accepts?.includes(response.status)) {
      throw statusError(response.status, response.headers, bytes.toString('latin1'), context)
    }
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      get text() {
        const text = decodeBody(bytes, response.headers, context)
        return identifying?.open?.(text, identity, source) ?? text
      },
      source,
    }
  }

  const guarded = async <T>(request: HttpRequest, read: (answer: HttpAnswer) => T | Promise<T>): Promise<T> => {
    const waitMs = breaker.waitMs()
    if (waitMs > 0) {
      throw connectError(
        connectCodes.circuitOpen,
        '供数单位的系统连续出错，暂停请求',
        'the department failed repeatedly; requests pause',
        {
          context: { department: o.department, retryAfterMs: waitMs },
        },
      )
    }
    const deadline = AbortSignal.timeout(o.attemptTimeoutMs)
    try {
      const answer = await exchange(request, AbortSignal.any([request.signal, deadline]))
      const value = await read(answer)
      breaker.succeeded()
      return value
    } catch (thrown) {
      request.signal.throwIfAborted()
      // The deadline also ends what comes before the line is tried: the token, the turn that the pace gives.
      const error =
        thrown === deadline.reason
          ? lineError(thrown, false, { department: o.department, source: request.path })
          : thrown
      // A refusal shows that the system is alive; only what may pass by itself counts against it.
      if (isHubError(error) && error.retryable && error.code !== connectCodes.rateLimited) breaker.failed()
      else breaker.succeeded()
      throw error
    }
  }

  const withRenewal = async <T>(request: HttpRequest, read: (answer: HttpAnswer) => T | Promise<T>): Promise<T> => {
    try {
      return await guarded(request, read)
    } catch (error) {
      const isRefused = isHubError(error, connectCodes.unauthorized) && error.context.status === 401
      if (!isRefused || request.authenticated === false || !authenticator?.renew?.()) throw error
      noteTrouble(error, request.path)
      return await guarded(request, read)
    }
  }

  const client: HttpClient = {
    send: (request, read) => {
      // The token request is the one POST that may be repeated: it changes nothing at the department.
      const repeatable = (request.method ?? 'GET') === 'GET' || request.authenticated === false
      return retry(() => withRenewal(request, read), {
        attemptsMax: repeatable ? o.attemptsMax : 1,
        budgetMs: o.budgetMs,
        waitMs: o.waitMs,
        waitMaxMs: 30_000,
        signal: request.signal,
        onRetry: (error) => noteTrouble(error, request.path),
      })
    },
    troubles: () => [...troubles.values()],
    close: () => agent.close(),
  }
  authenticator = o.auth?.(client) ?? null
  return client
}
