/** The departments on one port (`/development`, `/transport`, …), the file drop, and the truth on a port of its own. */
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { routes } from './departments/routes.ts'
import { sources } from './departments/sources.ts'
import { deliver, fileFeeds, isDeliveryDue } from './drop.ts'
import { Faults } from './faults.ts'
import { truthRoutes } from './truth-routes.ts'
import { createWorld, type World, type WorldOptions } from './world/world.ts'

export interface SimulatorOptions extends WorldOptions {
  /** 0: any free port. */
  readonly port: number
  readonly truthPort: number
  readonly dropFolder: string
  /** PostgreSQL database into which departments with front-end tables write; absent: they deliver nothing. */
  readonly exchangeUrl?: string | null
  readonly host?: string
  /** Rows a page holds at most, whatever a caller asks for. */
  readonly rowsPerPage?: number
  /** Of departments that limit requests; 2 unless a test is in a hurry. */
  readonly requestsPerSecond?: number
  readonly clientId?: string
  /** By department; unset ones are `demo-only-<department>`. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly tokenLifetimeSeconds?: number
  readonly cursorLifetimeSeconds?: number
  /** Milliseconds; the wall clock that tokens, signatures and cursors go by. */
  readonly now?: () => number
}

export interface Simulator {
  readonly port: number
  readonly truthPort: number
  readonly dropFolder: string
  readonly exchangeUrl: string | null
  readonly world: World
  readonly faults: Faults
  /** Moves the departments' clock on by whole days and writes each day's extracts. */
  readonly advance: (days: number) => Promise<void>
  /** Stops at once, open requests included. */
  readonly close: () => Promise<void>
}

/** Departments that answer over HTTP, each under its id. */
export const interfaces: readonly string[] = Object.keys(routes)

/** Departments that deliver into the sharing platform's front-end database. */
export const exchanges: readonly string[] = [
  ...new Set(sources.flatMap(({ exchange, feed }) => (exchange ? [feed.slice(0, feed.indexOf('.'))] : []))),
]

const demoSecret = (department: string): string => `demo-only-${department}`

/** Builds the world, writes the first full extracts, then listens. */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const world = createWorld(options)
  const faults = new Faults()
  await mkdir(options.dropFolder, { recursive: true })
  const exchangeUrl = options.exchangeUrl ?? null
  for (const feed of fileFeeds) await deliver(world, options.dropFolder, feed, 'full', faults.take(feed), exchangeUrl)
  let queue: Promise<void> = Promise.resolve()
  const oneDay = async (): Promise<void> => {
    world.advance(1)
    for (const feed of fileFeeds)
      if (isDeliveryDue(world, feed))
        await deliver(world, options.dropFolder, feed, 'increment', faults.take(feed), exchangeUrl)
  }
  const advance = (days: number): Promise<void> => {
    const run = queue.then(async () => {
      for (let i = 0; i < days; i++) await oneDay()
    })
    queue = run.catch(() => undefined)
    return run
  }
  const shared = {
    world,
    faults,
    now: options.now ?? Date.now,
    clientId: options.clientId ?? 'jingwei-hub',
    rowsPerPage: options.rowsPerPage ?? 1_000,
    requestsPerSecond: options.requestsPerSecond ?? 2,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 600,
    cursorLifetimeSeconds: options.cursorLifetimeSeconds ?? 1_800,
  }
  const departments = new Hono()
  for (const [id, routesOf] of Object.entries(routes))
    departments.route(`/${id}`, routesOf({ ...shared, secret: options.secrets?.[id] ?? demoSecret(id) }))
  const host = options.host ?? '127.0.0.1'
  const main = await listen(departments, options.port, host)
  const truth = await listen(truthRoutes({ world, faults, advance }), options.truthPort, host)
  return {
    port: main.port,
    truthPort: truth.port,
    dropFolder: options.dropFolder,
    exchangeUrl,
    world,
    faults,
    advance,
    close: async () => {
      await Promise.all([main.close(), truth.close()])
    },
  }
}

interface Listening {
  readonly port: number
  readonly close: () => Promise<void>
}

const listen = (app: Hono, port: number, hostname: string): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, (info: AddressInfo) =>
      resolve({
        port: info.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      }),
    )
    server.on('error', reject)
  })
