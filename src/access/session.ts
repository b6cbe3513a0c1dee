/**
 * Browser sessions. The cookie names a token by its id and is signed; it holds no secret that would work as a bearer token.
 * Rejected: a session table. Revoking the token ends its sessions already, within the credentials' five seconds.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { nowMs } from '../kernel/clock.ts'
import { newSecret } from '../kernel/ids.ts'

export const sessionCookie = 'jingwei_session'
export const sessionMaxAgeSeconds = 12 * 3_600
const ticketMaxAgeMs = 24 * 3_600_000
const ticketsMax = 100

export interface Sessions {
  /** The cookie's value for a token, good for twelve hours. */
  issue(tokenId: string): string
  /** The token's id; null where the cookie is forged, altered or too old. */
  read(cookie: string): string | null
  /** A link's secret that opens one session, once, within a day and in this process. */
  ticket(tokenId: string): string
  /** The token's id; null for an unknown or used ticket. */
  redeem(ticket: string): string | null
}

/** @param key secret bytes, the same on every hub of one installation */
export const createSessions = (key: Buffer): Sessions => {
  const tickets = new Map<string, { readonly tokenId: string; readonly untilMs: number }>()
  const sign = (text: string): Buffer => createHmac('sha256', key).update(`session ${text}`).digest()

  return {
    issue: (tokenId) => {
      const body = `${tokenId}.${Math.floor(nowMs() / 1_000) + sessionMaxAgeSeconds}`
      return `${body}.${sign(body).toString('base64url')}`
    },
    read: (cookie) => {
      const [tokenId, until, mark, ...rest] = cookie.split('.')
      if (!tokenId || !until || !mark || rest.length > 0) return null
      const given = Buffer.from(mark, 'base64url')
      const wanted = sign(`${tokenId}.${until}`)
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
      return Number(until) * 1_000 > nowMs() ? tokenId : null
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
