/** A hub that takes pushes, over its HTTP edge, with keys of two departments; nothing of it is simulated. */
import { systemActor } from '../../src/access/actor.ts'
import { issueApiKey } from '../../src/access/api-keys.ts'
import type { Database } from '../../src/db/database.ts'
import { type App, createApp } from '../../src/http/app.ts'
import { defaultHttpSettings } from '../../src/http/deps.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { advance } from '../../src/pipeline.ts'
import { createIntake, type Intake, type IntakeDeps } from '../../src/push/intake.ts'
import { handFed } from '../support/hand-fed.ts'

export interface PushWorld {
  readonly app: App
  readonly intake: Intake
  readonly transport: string
  readonly development: string
  /** A key of the transport department for its measurements alone. */
  readonly measurements: string
  readonly logged: string[]
  readonly push: (
    body: unknown,
    options?: {
      readonly key?: string
      readonly feed?: string
      readonly query?: string
      readonly headers?: Record<string, string>
    },
  ) => Promise<Response>
  readonly send: (method: string, path: string, key?: string, body?: unknown) => Promise<Response>
}

const unused = () => Promise.reject(new Error('not of this test'))

const isRaw = (body: unknown): boolean =>
  typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream

export const pushWorld = async (db: Database, more: Partial<IntakeDeps> = {}): Promise<PushWorld> => {
  const hub = handFed(db)
  const intake = createIntake({ ...hub, advance: () => advance(hub), advanceAfterMs: 20, ...more })
  const logged: string[] = []
  const app = createApp({
    db,
    log: createLogger('info', (line) => void logged.push(line)),
    settings: {
      region: { code: '410100', name: '郑州市' },
      isDemo: false,
      sessionKey: Buffer.alloc(32, 7),
      ...defaultHttpSettings,
    },
    feeds: [...hub.feeds.values()].map((f) => ({ ...f, pulled: true })),
    verbs: {
      startImport: unused,
      act: unused,
      answer: unused,
      endAlias: unused,
      decideHold: unused,
      excuseDay: unused,
    },
    positionOn: unused,
    blindIndex: (code) => hub.keyring.blind(code),
    intake,
  })
  const keyOf = async (department: string, feed: string | null = null): Promise<string> =>
    (await issueApiKey(db, { department, feed, name: department, expiresAt: null }, systemActor)).key
  const transport = await keyOf('transport')
  return {
    app,
    intake,
    transport,
    development: await keyOf('development'),
    measurements: await keyOf('transport', 'transport.measurements'),
    logged,
    push: async (body, { key = transport, feed = 'transport.sections', query = '', headers = {} } = {}) =>
      app.request(`/v1/feeds/${feed}/records${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
        body: isRaw(body) ? (body as string) : JSON.stringify(body),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      }),
    send: async (method, path, key = transport, body) =>
      app.request(path, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

export const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as { code: string }).code,
]

export interface ReceiptJson {
  readonly receiptId: string
  readonly state: string
  readonly rowCount: number
  readonly nextAfter: number | null
  readonly counts: Record<string, number>
  readonly rows: {
    readonly row: number
    readonly outcome: string
    readonly recordId: string | null
    readonly fault: { code: string; pointer: string; message: { zh: string; en: string } } | null
  }[]
}

export const receiptOf = async (response: Response): Promise<ReceiptJson> => (await response.json()) as ReceiptJson
