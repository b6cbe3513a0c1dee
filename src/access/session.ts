/**
 * Browser sessions. The cookie names a token by its id and is signed; it holds no secret that would work as a bearer token.
 * Rejected: a session table. Revoking the token ends its sessions already, within the credentials' five seconds.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { nowMs } from '../kernel/clock.ts'
import { newSecret } from '../kernel/ids.ts'

export const sessionCookie = 'jingwei_session'
export const sessionMaxAgeSeconds = 12 * 3_600
/** 等保 2.0 level 3: a session nobody uses ends. */
export const sessionIdleSeconds = 30 * 60
// How old the mark of last use may grow before a response renews it.
const renewAfterSeconds = 60
const ticketMaxAgeMs = 24 * 3_600_000
const ticketsMax = 100

export interface Sessions {
  /** The cookie's value for a token, good for twelve hours, and for thirty minutes without use. */
  issue(tokenId: string): string
  /** The token's id, and the value to renew the cookie with where it is due; null where the cookie is forged, altered, too old or idle too long. */
  read(cookie: string): { readonly tokenId: string; readonly renewed: string | null } | null
  /** A link's secret that opens one session, once, within a day and in this process. */
  ticket(tokenId: string): string
  /** The token's id; null for an unknown or used ticket. */
  redeem(ticket: string): string | null
}

/** @param key secret bytes, the same on every hub of one installation */
export const createSessions = (key: Buffer): Sessions => {
  const tickets = new Map<string, { readonly tokenId: string; readonly untilMs: number }>()
  const sign = (text: string): Buffer => createHmac('sha256', key).update(`session ${text}`).digest()

  const seconds = (): number => Math.floor(nowMs() / 1_000)
  const cookieOf = (tokenId: string, begunAt: number, seenAt: number): string => {
    const body = `${tokenId}.${begunAt}.${seenAt}`
    return `${body}.${sign(body).toString('base64url')}`
  }

  return {
    issue: (tokenId) => cookieOf(tokenId, seconds(), seconds()),
    read: (cookie) => {
      const [tokenId, begunAt, seenAt, mark, ...rest] = cookie.split('.')
      if (!tokenId || !begunAt || !seenAt || !mark || rest.length > 0) return null
      const given = Buffer.from(mark, 'base64url')
      const wanted = sign(`${tokenId}.${begunAt}.${seenAt}`)
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
      const at = seconds()
      if (at >= Number(begunAt) + sessionMaxAgeSeconds || at >= Number(seenAt) + sessionIdleSeconds) return null
      const isDue = at >= Number(seenAt) + renewAfterSeconds
      return { tokenId, renewed: isDue ? cookieOf(tokenId, Number(begunAt), at) : null }
    },
    ticket: (tokenId) => {
      for (const [known, { untilMs }] of tickets)
        if (untilMs < nowMs() || tickets.size >= ticketsMax) tickets.delete(known)
      const ticket = newSecret('login')
      tickets.set(ticket, { tokenId, untilMs: nowMs() + ticketMaxAgeMs })
      return ticket
    },
    redeem: (ticket) => {
      const found = tickets.get(ticket)
      tickets.delete(ticket)
      return found && found.untilMs > nowMs() ? found.tokenId : null
    },
  }
}
