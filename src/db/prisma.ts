import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'
import { schemaName } from './names.ts'
import type { Database } from './pools.ts'

export type { ApiKey, GridNode, Prisma, Region, Schedule, Token, User } from './generated/client.ts'
export type { PrismaClient }

const clients = new WeakMap<Database['pipeline'], PrismaClient>()

/**
 * Single-row work on the small tables (user, token, apiKey, schedule, gridNode, region), on the pipeline's connections and with its rights.
 * Bulk, sets and hot reads are SQL, never this: one prepared read costs twice as much here.
 */
export const prismaOf = (db: Pick<Database, 'pipeline'>): PrismaClient => {
  const known = clients.get(db.pipeline)
  if (known) return known
  // The pool is ours and stays open when the client goes; type parsers of the adapter hold for its own statements only.
  const client = new PrismaClient({
    adapter: new PrismaPg(db.pipeline, { schema: schemaName }),
    // The pool is shared with imports: a change of a credential waits for a connection rather than fail.
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  })
  clients.set(db.pipeline, client)
  return client
}
