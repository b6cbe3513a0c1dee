/** Who asks: a bearer token or a session cookie, before anything of the request is parsed. */
import type { Actor } from '../access/actor.ts'
import { sessionCookie, sessionMaxAgeSeconds } from '../access/session.ts'
import type { AppDeps } from './deps.ts'
import { problemError } from './problem.ts'

const bearer = /^Bearer +([\x21-\x7e]{1,512}) *$/i

export const cookieOf = (request: Request, name: string): string | null => {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

/** A browser sends cookies along with requests that other sites cause; those must not change anything. */
export const refuseCrossSite = (request: Request): void => {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const isSame =
    site === null
      ? origin !== null && URL.parse(origin)?.host === request.headers.get('host')
      : site === 'same-origin' || site === 'none'
  if (!isSame) throw problemError('http.cross_site')
}

/** The `Set-Cookie` of a session; `maxAgeSeconds` 0 takes it away. Out of reach of scripts, sent along from this site only. */
export const sessionCookieHeader = (request: Request, value: string, maxAgeSeconds = sessionMaxAgeSeconds): string => {
  const isHttps =
    new URL(request.url).protocol === 'https:' || request.headers.get('x-forwarded-proto')?.split(',')[0] === 'https'
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}${isHttps ? '; Secure' : ''}`
}

/** The id of the token behind a request's session, where it has one that is valid by itself. */
export const sessionOf = (deps: AppDeps, request: Request) => {
  const cookie = cookieOf(request, sessionCookie)
  return cookie === null ? null : deps.sessions.read(cookie)
}

export interface Identity {
  readonly actor: Actor | null
  /** The cookie's next value where it is time to note that the session is in use. */
  readonly renewed: string | null
}

/** The actor of a request; null where it carries no valid credential. Throws `http.cross_site`. */
export const identify = async (deps: AppDeps, request: Request): Promise<Identity> => {
  const header = request.headers.get('authorization')
  if (header !== null) {
    const token = bearer.exec(header)?.[1]
    return { actor: token === undefined ? null : await deps.credentials.byToken(token), renewed: null }
  }
  const session = sessionOf(deps, request)
  if (session === null) return { actor: null, renewed: null }
  refuseCrossSite(request)
  const actor = await deps.credentials.byTokenId(session.tokenId)
  return { actor, renewed: actor === null ? null : session.renewed }
}
