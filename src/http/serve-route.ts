/** One request on one route, in this order: who asks, may they, how often, what do they send, audit beside the work, the answer. */
import type { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import { answerOf } from './answer.ts'
import { readForm, readJson } from './body.ts'
import type { AppDeps } from './deps.ts'
import { identify } from './identify.ts'
import type { Language } from './language.ts'
import { type InputPart, inputError, problemError } from './problem.ts'
import type { Quota, RateLimiter } from './rate-limit.ts'
import { Reply, type Route, type RouteInput } from './route.ts'

/** What is known of a request when it ends, for its log line. */
export interface RequestNotes {
  actor: Actor | null
  quota: Quota | null
  /** The session cookie's next value, where it is due. */
  renewed: string | null
}

export interface Limits {
  readonly actors: RateLimiter
  /** Of those whose credentials failed, by address. */
  readonly strangers: RateLimiter
}

export interface Incoming {
  readonly request: Request
  readonly requestId: string
  readonly language: Language
  readonly address: string
  readonly params: Record<string, string>
}

const parse = (part: InputPart, schema: z.ZodType | undefined, value: unknown): unknown => {
  if (schema === undefined) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw inputError(part, result.error)
}

/** Throws `http.unauthenticated`, `http.forbidden`, `http.too_many_requests`. */
const admit = async (
  deps: AppDeps,
  limits: Limits,
  route: Route,
  incoming: Incoming,
  notes: RequestNotes,
): Promise<void> => {
  const isSpent = limits.strangers.isSpent(incoming.address)
  if (route.roles === null) {
    // The login form: an address that failed too often is not heard.
    if (route.method === 'post' && isSpent) throw problemError('http.too_many_requests')
    return
  }
  const { actor, renewed } = await identify(deps, incoming.request)
  notes.actor = actor
  notes.renewed = renewed
  if (notes.actor === null) {
    // Behind a proxy everyone has one address: whoever holds a valid credential is served whatever others do.
    if (isSpent) throw problemError('http.too_many_requests')
    limits.strangers.take(incoming.address)
    throw problemError('http.unauthenticated')
  }
  notes.quota = limits.actors.take(notes.actor.id)
  if (notes.quota.isExceeded) throw problemError('http.too_many_requests')
  if (!route.roles.includes(notes.actor.role)) {
    await deps.audit.read({ actor: notes.actor, action: `denied ${route.id}`, subject: subjectOf(incoming.params) })
    throw problemError('http.forbidden')
  }
}

const subjectOf = (params: Record<string, string>): string => Object.values(params).join(' ').slice(0, 200) || '-'

/** The query as an object; of a name sent twice the last counts, an empty value is as if it were not there (forms send those). */
const queryOf = (request: Request): Record<string, string> => {
  const at = request.url.indexOf('?')
  if (at < 0) return {}
  return Object.fromEntries([...new URLSearchParams(request.url.slice(at + 1))].filter(([, value]) => value !== ''))
}

const inputOf = async (
  deps: AppDeps,
  route: Route,
  incoming: Incoming,
  actor: Actor | null,
): Promise<RouteInput<unknown, unknown, unknown>> => {
  const { request } = incoming
  const params = parse('path', route.params, incoming.params)
  const query = parse('query', route.query, queryOf(request))
  const sent =
    route.body === undefined
      ? undefined
      : route.isForm
        ? readForm(request, deps.settings.bodyBytesMax)
        : readJson(request, deps.settings.bodyBytesMax)
  const body = parse('body', route.body, await sent)
  return {
    params,
    query,
    body,
    actor: actor as Actor,
    deps,
    request,
    requestId: incoming.requestId,
    language: incoming.language,
    read: (fn) => deps.db.withActor(actor as Actor, fn),
  }
}

const auditRead = (
  deps: AppDeps,
  route: Route,
  incoming: Incoming,
  input: RouteInput<unknown, unknown, unknown>,
): Promise<void> => {
  if (route.audit !== 'read') return Promise.resolve()
  const detail = route.auditDetail
    ? route.auditDetail({ query: input.query, body: input.body, deps })
    : ((input.query ?? {}) as Record<string, unknown>)
  return deps.audit.read({ actor: input.actor, action: route.id, subject: subjectOf(incoming.params), detail })
}

const withDeadline = async <T>(timeoutMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(problemError('http.timeout')), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const work = async (
  deps: AppDeps,
  limits: Limits,
  route: Route,
  incoming: Incoming,
  notes: RequestNotes,
): Promise<Reply> => {
  await admit(deps, limits, route, incoming, notes)
  const input = await inputOf(deps, route, incoming, notes.actor)
  // The row is written while the work runs, but every answer waits for both: nothing is told that the trail does not know of.
  const [done, noted] = await Promise.allSettled([route.handle(input), auditRead(deps, route, incoming, input)])
  if (noted.status === 'rejected') throw noted.reason
  if (done.status === 'rejected') throw done.reason
  if (route.roles === null && done.value instanceof Reply && done.value.status === 401)
    limits.strangers.take(incoming.address)
  return answerOf(incoming.request, done.value, route.status ?? 200)
}

/** The answer of a route. Throws what stops the request; `notes` then says how far it came. */
export const serveRoute = (
  deps: AppDeps,
  limits: Limits,
  route: Route,
  incoming: Incoming,
  notes: RequestNotes,
): Promise<Reply> =>
  withDeadline(route.timeoutMs ?? deps.settings.timeoutMs, work(deps, limits, route, incoming, notes))
