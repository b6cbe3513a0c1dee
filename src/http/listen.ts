import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { HubError } from '../kernel/errors.ts'
import type { App } from './app.ts'

export interface Listening {
  readonly port: number
  /** Takes no new connections, ends idle ones, waits for what runs, then for its audit rows. */
  close(): Promise<void>
}

/** Serves the app. `port` 0: any free one. Throws `http.port_taken` where another process listens there. */
export const listen = (app: App, address: { readonly host: string; readonly port: number }): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = serve({
      fetch: app.fetch as Parameters<typeof serve>[0]['fetch'],
      hostname: address.host,
      port: address.port,
    }) as Server
    server.headersTimeout = 15_000
    // A push may take long to come in; every other route answers, and closes, long before.
    server.requestTimeout = 900_000
    server.keepAliveTimeout = 20_000
    server.once('error', (cause) =>
      reject(
        new HubError({
          code: 'http.port_taken',
          publicMessage: {
            zh: `无法监听 ${address.host}:${address.port}，端口可能已被占用`,
            en: `cannot listen on ${address.host}:${address.port}; is the port taken?`,
          },
          cause,
        }),
      ),
    )
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => void app.drain().then(done, done))
        server.closeIdleConnections()
      })
    server.once('listening', () => resolve({ port: (server.address() as AddressInfo).port, close }))
  })
