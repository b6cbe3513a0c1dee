/** The hub's HTTP face: every route of the table, and around each request an id, headers, one catch point and one log line. */
import { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { createAuditTrail } from '../access/audit.ts'
import { createCredentials } from '../access/credentials.ts'
import { createSessions } from '../access/session.ts'
import { pageRoutes } from '../console/pages/index.ts'
import { problemPage } from '../console/pages/problem.ts'
import { elapsedMs } from '../kernel/clock.ts'
import { withContext } from '../kernel/context.ts'
import { newId } from '../kernel/ids.ts'
import { jsonText } from './answer.ts'
import { leaveBody } from './body.ts'
import type { AppDeps, AppInput } from './deps.ts'
import { sessionCookieHeader } from './identify.ts'
import { type Language, languageOf } from './language.ts'
import { createMetrics } from './metrics.ts'
import { problemError, problemOf } from './problem.ts'
import { createRateLimiter } from './rate-limit.ts'
import { honoPath, Reply, type Route, redirect } from './route.ts'
import { apiRoutes, metricsRoute } from './routes/index.ts'
import { securityHeaders } from './security-headers.ts'
import { type Incoming, type Limits, type RequestNotes, serveRoute } from './serve-route.ts'

const failedLoginsPerMinute = 120
const slowMs = 1_000

type AppContext = Context<{ Bindings: Partial<HttpBindings> }>

/** An id the caller chose is kept, so that two systems' logs can be joined; anything odd is replaced. */
const requestIdOf = (request: Request): string => {
  const given = request.headers.get('x-request-id')
  return given !== null && /^[\w.:-]{8,64}$/.test(given) ? given : newId('req')
}

const addressOf = (c: AppContext): string => c.env?.incoming?.socket?.remoteAddress ?? 'local'

const wantsPage = (request: Request, route: Route | null): boolean =>
  route === null
    ? !new URL(request.url).pathname.startsWith('/v1') && (request.headers.get('accept') ?? '').includes('text/html')
    : route.answer === undefined && route.contentType === 'text/html'

/** The answer to what stopped a request: a page for people, RFC 9457 for machines; whoever opens a page unknown is led to the login. */
const refuse = (
  thrown: unknown,
  request: Request,
  route: Route | null,
  language: Language,
  requestId: string,
): { reply: Reply; code: string } => {
  const problem = problemOf(thrown, language, requestId)
  const { status, code } = problem
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Bearer realm="jingwei"' } : {}
  if (!wantsPage(request, route)) {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...challenge }
    return { code, reply: new Reply(status, headers, jsonText(problem)) }
  }
  if (status === 401 && request.method === 'GET') {
    const url = new URL(request.url)
    return { code, reply: redirect(`/login?next=${encodeURIComponent(url.pathname + url.search)}`) }
  }
  return { code, reply: new Reply(status, { 'content-type': 'text/html; charset=utf-8' }, problemPage(problem)) }
}

/** Made once, with all its headers: a response that is changed after it was made costs more than all else of a small push. */
const responseOf = (reply: Reply, more: Readonly<Record<string, string>>): Response =>
  new Response(reply.body === '' ? null : reply.body, { status: reply.status, headers: { ...reply.headers, ...more } })

export interface App {
  readonly fetch: Hono<{ Bindings: Partial<HttpBindings> }>['fetch']
  readonly request: Hono<{ Bindings: Partial<HttpBindings> }>['request']
  /** The path of a link that logs a browser in once, as the holder of this token (its id). */
  readonly loginPath: (tokenId: string) => string
  /** Waits for audit rows under way. Call when no more requests come in. */
  readonly drain: () => Promise<void>
}

/** Everything the server answers: API and console. */
export const allRoutes: readonly Route[] = [...apiRoutes, ...pageRoutes]

/** Makes the app; it opens nothing and listens nowhere. */
export const createApp = (input: AppInput): App => {
  const metrics = createMetrics()
  const deps: AppDeps = {
    ...input,
    credentials: createCredentials(input.db.pipeline),
    sessions: createSessions(input.settings.sessionKey),
    audit: createAuditTrail(input.db.pipeline),
  }
  const limits: Limits = {
    actors: createRateLimiter('actor', input.settings.requestsPerMinute),
    strangers: createRateLimiter('address', failedLoginsPerMinute),
  }

  const handle = async (
    c: AppContext,
    route: Route | null,
    serve: (incoming: Incoming, notes: RequestNotes) => Promise<Reply>,
    allow: Readonly<Record<string, string>> = {},
  ): Promise<Response> => {
    const request = c.req.raw
    const startMs = elapsedMs()
    const requestId = requestIdOf(request)
    const language = languageOf(request.headers.get('accept-language'))
    const notes: RequestNotes = { actor: null, quota: null, renewed: null }
    return withContext({ requestId }, async () => {
      let reply: Reply
      let code: string | null = null
      let cause: unknown
      try {
        reply = await serve(
          { request, requestId, language, address: addressOf(c), params: c.req.param() as Record<string, string> },
          notes,
        )
      } catch (thrown) {
        cause = thrown
        ;({ reply, code } = refuse(thrown, request, route, language, requestId))
      }
      const ms = elapsedMs() - startMs
      const { status } = reply
      const incoming = c.env?.incoming
      const goesOn = !(incoming instanceof IncomingMessage) || incoming.complete || (await leaveBody(incoming))
      const headers: Record<string, string> = {
        ...securityHeaders(route),
        ...notes.quota?.headers,
        ...allow,
        'x-request-id': requestId,
      }
      if (!goesOn) headers.connection = 'close'
      if (notes.renewed !== null && reply.headers['set-cookie'] === undefined)
        headers['set-cookie'] = sessionCookieHeader(request, notes.renewed)
      if (status === 429 || status === 503) headers['retry-after'] = String(notes.quota?.resetSeconds ?? 5)
      metrics.observe(route?.id ?? 'unknown', request.method, status, ms / 1_000)
      const event = {
        event: 'request',
        route: route?.id ?? 'unknown',
        method: request.method,
        status,
        ms: Math.round(ms * 10) / 10,
        actor: notes.actor?.id,
        role: notes.actor?.role,
        code: code ?? undefined,
      }
      if (status >= 500) deps.log.error({ ...event, err: cause }, 'request failed')
      else if (ms > slowMs) deps.log.warn(event, 'slow request')
      else deps.log.info(event, 'request')
      return responseOf(reply, headers)
    })
  }

  const app = new Hono<{ Bindings: Partial<HttpBindings> }>()
  const routes = [...allRoutes, metricsRoute(metrics)]
  // One handler a path, which tells methods apart itself: where several match a request, each is called through the one before.
  for (const [path, own] of Map.groupBy(routes, (route) => route.path)) {
    const methods = (route: Route): string[] =>
      route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase()]
    const byMethod = new Map(own.flatMap((route) => methods(route).map((method) => [method, route] as const)))
    const allow = { allow: [...byMethod.keys()].join(', ') }
    app.all(honoPath(path), (c) => {
      const route = byMethod.get(c.req.raw.method)
      return route
        ? handle(c, route, (incoming, notes) => serveRoute(deps, limits, route, incoming, notes))
        : handle(c, null, () => Promise.reject(problemError('http.method_not_allowed')), allow)
    })
  }
  app.notFound((c) => handle(c, null, () => Promise.reject(problemError('http.not_found'))))

  return {
    fetch: app.fetch,
    request: app.request,
    loginPath: (tokenId) => `/login?token=${deps.sessions.ticket(tokenId)}`,
    drain: () => deps.audit.drain(),
  }
}
