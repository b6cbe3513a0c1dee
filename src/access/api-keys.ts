/** Keys of partner departments, through Prisma, each change with its audit row. */
import type { Database } from '../db/database.ts'
import { prismaOf } from '../db/prisma.ts'
import { now } from '../kernel/clock.ts'
import { newId, newSecret } from '../kernel/ids.ts'
import type { Actor } from './actor.ts'
import { auditRowThrough } from './audit.ts'
import { accessError } from './codes.ts'
import { apiKeyPrefix, hashOfToken } from './credentials.ts'

type Store = Pick<Database, 'pipeline' | 'singleRow'>

export interface NewApiKey {
  readonly department: string
  /** Null: every feed of the department. */
  readonly feed: string | null
  readonly name: string
  readonly expiresAt: Date | null
}

/** Makes a key; its text is given once, here, and never stored. The caller has checked that department and feed exist. */
export const issueApiKey = async (
  db: Store,
  input: NewApiKey,
  by: Actor,
): Promise<{ readonly id: string; readonly key: string }> => {
  const id = newId('key')
  const key = newSecret(apiKeyPrefix)
  await prismaOf(db).$transaction(async (tx) => {
    await tx.apiKey.create({ data: { id, hash: Uint8Array.from(hashOfToken(key)), createdAt: now(), ...input } })
    const detail = { ...input, expiresAt: input.expiresAt?.toISOString() ?? null }
    await auditRowThrough(tx, { actor: by, action: 'key.create', subject: id, detail })
  })
  return { id, key }
}

export interface ApiKeyItem extends NewApiKey {
  readonly id: string
  readonly createdAt: Date
  readonly revokedAt: Date | null
  readonly lastUsedOn: Date | null
}

/** All keys by department, newest first. Never their text or hash. */
export const listApiKeys = (db: Store): Promise<ApiKeyItem[]> =>
  prismaOf(db).apiKey.findMany({
    orderBy: [{ department: 'asc' }, { createdAt: 'desc' }, { id: 'asc' }],
    select: {
      id: true,
      department: true,
      feed: true,
      name: true,
      createdAt: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedOn: true,
    },
  })

/** Ends a key; one that has ended already stays as it is. Throws `access.unknown_key`. */
export const revokeApiKey = (db: Store, id: string, by: Actor): Promise<void> =>
  prismaOf(db).$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now() } })
    if (count === 0) {
      if ((await tx.apiKey.findUnique({ where: { id }, select: { id: true } })) === null)
        throw accessError('access.unknown_key', { id })
      return
    }
    await auditRowThrough(tx, { actor: by, action: 'key.revoke', subject: id })
  })
