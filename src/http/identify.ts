/** Who asks: a bearer token or a session cookie, before anything of the request is parsed. */
import type { Actor } from '../access/actor.ts'
import { sessionCookie } from '../access/session.ts'
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
const refuseCrossSite = (request: Request): void => {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const isSame =
    site === null
      ? origin !== null && new URL(origin).host === request.headers.get('host')
      : site === 'same-origin' || site === 'none'
  if (!isSame) throw problemError('http.cross_site')
}

/** The actor of a request; null where it carries no valid credential. Throws `http.cross_site`. */
export const identify = async (deps: AppDeps, request: Request): Promise<Actor | null> => {
  const header = request.headers.get('authorization')
  if (header !== null) {
    const token = bearer.exec(header)?.[1]
    return token === undefined ? null : deps.credentials.byToken(token)
  }
  const cookie = cookieOf(request, sessionCookie)
  const tokenId = cookie === null ? null : deps.sessions.read(cookie)
  if (tokenId === null) return null
  refuseCrossSite(request)
  return deps.credentials.byTokenId(tokenId)
}
