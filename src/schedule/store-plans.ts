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
}

/** Writes the plans that differ from what is stored, each with its audit row; a start that changes nothing writes nothing. Returns their sources. */
export const storePlans = async (db: Database, plans: readonly StoredPlan[]): Promise<string[]> => {
  const prisma = prismaOf(db)
  const stored = new Map((await prisma.schedule.findMany()).map((row) => [row.source, row]))
  const changed = plans.filter(({ source, cron, timeZone, enabled }) => {
    const row = stored.get(source)
    // What was never planned need not be stored as switched off.
    if (!row) return enabled
    return row.cron !== cron || row.timeZone !== timeZone || row.enabled !== enabled
  })
  if (changed.length === 0) return []
  await prisma.$transaction(async (tx) => {
    for (const { source, ...plan } of changed) {
      const data = { ...plan, updatedAt: now() }
      await tx.schedule.upsert({ where: { source }, create: { source, ...data }, update: data })
      await auditRowThrough(tx, { actor: systemActor, action: 'schedule.set', subject: source, detail: plan })
    }
  })
  return changed.map(({ source }) => source)
}
