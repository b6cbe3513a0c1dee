import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'
import { schemaName } from './names.ts'
import type { Database } from './pools.ts'

export type { ApiKey, GridNode, Prisma, Region, Schedule, Token, User } from './generated/client.ts'
export type { PrismaClient }

const clients = new WeakMap<ReturnType<Database['singleRow']>, PrismaClient>()

/**
 * Single-row work on the small tables (user, token, apiKey, schedule, gridNode, region), on connections of its own with the pipeline's rights.
 * Bulk, sets and hot reads are SQL, never this: one prepared read costs twice as much here.
 */
export const prismaOf = (db: Pick<Database, 'singleRow'>): PrismaClient => {
  const pool = db.singleRow()
  const known = clients.get(pool)
  if (known) return known
  // The pool is ours and stays open when the client goes; type parsers of the adapter hold for its own statements only.
  const client = new PrismaClient({
    adapter: new PrismaPg(pool, { schema: schemaName }),
    // A change of a credential waits for one of the few connections rather than fail.
    transactionOptions: { maxWait: 15_000, timeout: 30_000 },
  })
  clients.set(pool, client)
  return client
}
