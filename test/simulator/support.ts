/** What the simulator's tests share: a running tiny or town simulator, and a caller that signs as the feeds' page says. */
import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts'

export const today = '2026-03-10'

/** Starts a simulator in a folder of its own; `stop` ends it and removes the folder. */
export const running = async (
  options: Partial<SimulatorOptions> = {},
): Promise<Simulator & { stop: () => Promise<void> }> => {
  const dropFolder = await mkdtemp(join(tmpdir(), 'jingwei-drop-'))
  const simulator = await startSimulator({
    size: 'tiny',
    seed: 7,
    today,
    port: 0,
    truthPort: 0,
    dropFolder,
    ...options,
  })
  return {
    ...simulator,
    stop: async () => {
      await simulator.close()
      await rm(dropFolder, { recursive: true, force: true })
    },
  }
}

export const tokenOf = async (
  port: number,
  secret = 'demo-only-development',
): Promise<{ status: number; token: string; expiresIn: number }> => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'jingwei-hub',
    client_secret: secret,
  })
  const response = await fetch(`http://127.0.0.1:${port}/development/oauth2/token`, { method: 'POST', body })
  const answer = (await response.json()) as { access_token?: string; expires_in?: number }
  return { status: response.status, token: answer.access_token ?? '', expiresIn: answer.expires_in ?? 0 }
}

export interface ApprovalsPage {
  code: string
  data: { total: number; page: number; size: number; list: Record<string, unknown>[] }
}

export const approvals = async (port: number, token: string, query: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/development/api/v2/approvals?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })

export interface Signing {
  secret?: string
  timestamp?: number
  nonce?: string
}

/** Signs and sends one request to the transport bureau; written from docs/feeds.md, not from the simulator. */
export const signed = async (
  port: number,
  path: string,
  query: Record<string, string>,
  signing: Signing = {},
): Promise<Response> => {
  const text = Object.keys(query)
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name] ?? '')}`)
    .join('&')
  const timestamp = String(signing.timestamp ?? Math.floor(Date.now() / 1_000))
  const nonce =
    signing.nonce ?? `${Math.floor(performance.now() * 1e6)}-${createHash('md5').update(text).digest('hex')}`
  const full = `/transport${path}`
  const digest = createHash('sha256').update('').digest('hex')
  const signature = createHmac('sha256', signing.secret ?? 'demo-only-transport')
    .update(['GET', full, text, timestamp, nonce, digest].join('\n'))
    .digest('hex')
  return fetch(`http://127.0.0.1:${port}${full}${text ? `?${text}` : ''}`, {
    headers: { 'X-App-Id': 'jingwei-hub', 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Signature': signature },
  })
}

export interface CursorPage {
  total: number
  rows: Record<string, unknown>[]
  nextCursor: string | null
}

/** All rows of a transport feed, page by page. */
export const everyRow = async (
  port: number,
  path: string,
  limit: number,
  since?: string,
): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = []
  let cursor: string | null = null
  do {
    const query: Record<string, string> = {
      limit: String(limit),
      ...(since ? { since } : {}),
      ...(cursor ? { cursor } : {}),
    }
    const page = (await (await signed(port, path, query)).json()) as CursorPage
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== null)
  return rows
}
