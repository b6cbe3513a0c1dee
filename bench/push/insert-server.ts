/**
 * The floor of a single push: the same HTTP stack, the same pool and database, and one INSERT that is committed before the answer leaves. Any message
 * by IPC is answered with its processor time so far.
 */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { connectDatabase } from '../../src/db/database.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { setLogLevel } from '../../src/kernel/log.ts'

setLogLevel('error')
const db = await connectDatabase(loadConfig().database)
await db.owner().query(`DROP TABLE IF EXISTS bench_insert`)
await db
  .owner()
  .query(`CREATE TABLE bench_insert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)`)
await db.owner().query('GRANT SELECT, INSERT ON bench_insert TO jingwei_pipeline')

const insert = { name: 'bench_insert', text: 'INSERT INTO bench_insert (body) VALUES ($1) RETURNING id' }

const app = new Hono()
app.post('/records', async (c) => {
  const { rows } = await db.pipeline.query<{ id: bigint }>({ ...insert, values: [await c.req.text()] })
  return c.json({ id: String(rows[0]!.id) }, 201)
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }) as Server
server.once('listening', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1_000 })
})
process.on('disconnect', () => {
  server.closeAllConnections()
  server.close(() => void db.close().then(() => process.exit(0)))
})
