import { hash } from 'node:crypto'
import { Reply } from './route.ts'

/** JSON as the hub sends it: bigint (money in 分, ticks) as decimal text. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner))

const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, 22)}"`

const matches = (header: string | null, etag: string): boolean =>
  (header ?? '')
    .split(',')
    .some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag)

/** What a handler gave, as a reply: JSON with an ETag on reads, or the reply it made itself. RFC 9110 13.1.2. */
export const answerOf = (request: Request, value: unknown, status: number): Reply => {
  if (value instanceof Reply) return value
  const body = jsonText(value)
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Reply(status, headers, body)
  const etag = etagOf(body)
  // Private and checked each time: what a colleague sees differs.
  const cached = { etag, 'cache-control': 'private, no-cache', vary: 'authorization, cookie, accept-language' }
  if (matches(request.headers.get('if-none-match'), etag)) return new Reply(304, cached)
  return new Reply(status, { ...headers, ...cached }, body)
}
