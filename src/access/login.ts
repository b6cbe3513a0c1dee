/** Logging in by name and password. A session is a token row of its own, without a text that would work as a bearer token, so it ends one by one. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { prismaOf } from '../db/prisma.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Role } from './actor.ts'
import { type AuditEntry, auditRowThrough } from './audit.ts'
import { accessError } from './codes.ts'
import { hashOfToken } from './credentials.ts'
import { hashPassword, isPassword } from './password.ts'
import { sessionMaxAgeSeconds } from './session.ts'

type Store = Pick<Database, 'pipeline' | 'singleRow'>

const failuresMax = 5
const lockedMs = 10 * 60_000

// An unknown name takes as long as a known one.
let decoy: Promise<string> | null = null
const decoyHash = (): Promise<string> => (decoy ??= hashPassword(randomBytes(16).toString('hex')))

interface Known {
  readonly id: string
  readonly role: string
}

// What was typed as an unknown name is not kept: it may be a password in the wrong field.
const actorOf = (user: Known | null): AuditEntry['actor'] =>
  user ? { id: user.id, role: user.role as Role } : { id: '-', role: '-' }

/** Counts an attempt before it is weighed, in one statement, so that many at once do not all slip past the bound. Throws `access.locked`. */
const countAttempt = async (db: Store, user: Known): Promise<void> => {
  const { failedLogins, lockedUntil } = await prismaOf(db).user.update({
    where: { id: user.id },
    data: { failedLogins: { increment: 1 } },
    select: { failedLogins: true, lockedUntil: true },
  })
  const isLocked = lockedUntil !== null && lockedUntil > now()
  if (!isLocked && failedLogins <= failuresMax) return
  if (!isLocked) await lock(db, user)
  throw accessError('access.locked')
}

const lock = (db: Store, user: Known): Promise<void> =>
  prismaOf(db).$transaction(async (tx) => {
    const lockedUntil = new Date(now().getTime() + lockedMs)
    await tx.user.update({ where: { id: user.id }, data: { lockedUntil, failedLogins: 0 } })
    await auditRowThrough(tx, { actor: actorOf(user), action: 'user.locked', subject: user.id })
  })

const refuse = async (db: Store, user: Known | null): Promise<never> => {
  await auditRowThrough(prismaOf(db), { actor: actorOf(user), action: 'login.refused', subject: user?.id ?? '-' })
  throw accessError('access.login_refused')
}

/**
 * Opens a session of at most twelve hours; returns its token's id. After five failures in a row the user is locked for ten minutes, on all hubs.
 * Throws `access.login_refused` (the same for a wrong name, a wrong password and a disabled user) and `access.locked`.
 */
export const logIn = async (db: Store, name: string, password: string): Promise<{ readonly tokenId: string }> => {
  const user = await prismaOf(db).user.findUnique({ where: { name } })
  if (user) await countAttempt(db, user)
  const fits = await isPassword(password, user?.passwordHash ?? (await decoyHash()))
  if (!user || !fits || user.disabledAt !== null) return refuse(db, user)
  const tokenId = newId('tok')
  const session = {
    id: tokenId,
    hash: Uint8Array.from(hashOfToken(randomBytes(32).toString('hex'))),
    name: `session ${user.name}`,
    userId: user.id,
    role: user.role,
    scopePrefix: user.scopePrefix,
    createdAt: now(),
    expiresAt: new Date(now().getTime() + sessionMaxAgeSeconds * 1_000),
  }
  await prismaOf(db).$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { failedLogins: 0, lockedUntil: null } })
    await tx.token.create({ data: session })
    await auditRowThrough(tx, { actor: actorOf(user), action: 'login', subject: tokenId })
  })
  return { tokenId }
}

/** Ends a person's session; a machine's token behind a session stays, since others may use it. */
export const logOut = async (db: Store, tokenId: string): Promise<void> => {
  await prismaOf(db).token.updateMany({
    where: { id: tokenId, userId: { not: null }, revokedAt: null },
    data: { revokedAt: now() },
  })
}
