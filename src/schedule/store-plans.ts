import { systemActor } from '../access/actor.ts'
import { auditRowThrough } from '../access/audit.ts'
import type { Database } from '../db/database.ts'
import { prismaOf } from '../db/prisma.ts'
import { now } from '../kernel/clock.ts'

/** When a source is due, as configured or as its feed declares. */
export interface StoredPlan {
  readonly source: string
  readonly cron: string
  readonly timeZone: string
  /** False: the configuration has switched it off. */
  readonly enabled: boolean
  /** Of slots that passed while no hub ran: the newest is run, all are, or none. */
  readonly catchUp: 'latest' | 'all' | 'none'
  readonly catchUpMax: number
}

/**
 * Writes the plans that differ from what is stored, each with its audit row; a start that changes nothing writes nothing. Returns their sources.
 * A schedule that is new, switched on or set to other times counts from now: what such times would have named before is not missed.
 */
export const storePlans = async (db: Database, plans: readonly StoredPlan[]): Promise<string[]> => {
  const prisma = prismaOf(db)
  const stored = new Map((await prisma.schedule.findMany()).map((row) => [row.source, row]))
  const changed = plans.filter(({ source, ...plan }) => {
    const row = stored.get(source)
    // What was never planned need not be stored as switched off.
    if (!row) return plan.enabled
    return Object.entries(plan).some(([name, value]) => row[name as keyof typeof plan] !== value)
  })
  if (changed.length === 0) return []
  await prisma.$transaction(async (tx) => {
    for (const { source, ...plan } of changed) {
      const row = stored.get(source)
      const isSameTimes = row?.enabled && row.cron === plan.cron && row.timeZone === plan.timeZone
      const data = { ...plan, updatedAt: now(), ...(isSameTimes ? {} : { lookedTo: now() }) }
      await tx.schedule.upsert({ where: { source }, create: { source, ...data }, update: data })
      await auditRowThrough(tx, { actor: systemActor, action: 'schedule.set', subject: source, detail: plan })
    }
  })
  return changed.map(({ source }) => source)
}
