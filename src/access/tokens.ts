/** Bearer tokens, one at a time through Prisma; each change carries its audit row in its transaction. Looking them up is `credentials.ts`. */
import type { Database } from '../db/database.ts'
import { prismaOf } from '../db/prisma.ts'
import { now } from '../kernel/clock.ts'
import { newId, newSecret } from '../kernel/ids.ts'
import type { Actor, Role } from './actor.ts'
import { auditRowThrough } from './audit.ts'
import { accessError } from './codes.ts'
import { hashOfToken } from './credentials.ts'

type Store = Pick<Database, 'pipeline' | 'singleRow'>

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly scopePrefix: string
  readonly expiresAt?: Date
}

/** Makes a token; its text is given once, here, and never stored. */
export const issueToken = async (
  db: Store,
  input: NewToken,
  by: Actor,
): Promise<{ readonly id: string; readonly token: string }> => {
  const id = newId('tok')
  const token = newSecret('jw')
  await prismaOf(db).$transaction(async (tx) => {
    await tx.token.create({
      data: { id, hash: Uint8Array.from(hashOfToken(token)), createdAt: now(), expiresAt: null, ...input },
    })
    const { name, role, scopePrefix, expiresAt } = input
    const detail = { name, role, scopePrefix, expiresAt: expiresAt?.toISOString() ?? null }
    await auditRowThrough(tx, { actor: by, action: 'token.create', subject: id, detail })
  })
  return { id, token }
}

export interface TokenItem {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly scopePrefix: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly lastUsedOn: Date | null
}

/** Tokens of machines, newest first; sessions of people are not among them. Never their text or hash. */
export const listTokens = (db: Store): Promise<TokenItem[]> =>
  prismaOf(db).token.findMany({
    where: { userId: null },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    select: {
      id: true,
      name: true,
      role: true,
      scopePrefix: true,
      createdAt: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedOn: true,
    },
  })

/** Ends a token; one that has ended already stays as it is. Running hubs refuse it within five seconds. Throws `access.unknown_token`. */
export const revokeToken = (db: Store, id: string, by: Actor): Promise<void> =>
  prismaOf(db).$transaction(async (tx) => {
    const { count } = await tx.token.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: now() } })
    if (count === 0) {
      if ((await tx.token.findUnique({ where: { id }, select: { id: true } })) === null)
        throw accessError('access.unknown_token', { id })
      return
    }
    await auditRowThrough(tx, { actor: by, action: 'token.revoke', subject: id })
  })

/** Ends every live token of this name: a demo's tokens live as long as the demo. */
export const revokeTokensNamed = (db: Store, namePrefix: string, by: Actor): Promise<void> =>
  prismaOf(db).$transaction(async (tx) => {
    const ended = await tx.token.updateManyAndReturn({
      where: { name: { startsWith: namePrefix }, userId: null, revokedAt: null },
      data: { revokedAt: now() },
      select: { id: true },
    })
    for (const { id } of ended) await auditRowThrough(tx, { actor: by, action: 'token.revoke', subject: id })
  })
