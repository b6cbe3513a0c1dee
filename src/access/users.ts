/** People who sign in, through Prisma, each change with its audit row. A user is disabled, never deleted: the trail names them. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { prismaOf } from '../db/prisma.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Actor, Role } from './actor.ts'
import { auditRowThrough } from './audit.ts'
import { accessError } from './codes.ts'
import { hashPassword, isStrongPassword } from './password.ts'

type Store = Pick<Database, 'pipeline' | 'singleRow'>

/** 120 random bits, with all four kinds of characters so that it passes the policy it is given under. */
export const newPassword = (): string => `${randomBytes(15).toString('base64url')}-Aa1`

export interface NewUser {
  /** What is typed at the login: letters, digits, `.`, `_`, `-`. */
  readonly name: string
  readonly displayName: string
  readonly role: Role
  readonly scopePrefix: string
  readonly password: string
}

/** Throws `access.weak_password`, `access.name_taken`. */
export const createUser = async (db: Store, input: NewUser, by: Actor): Promise<{ readonly id: string }> => {
  const { password, ...data } = input
  if (!isStrongPassword(password, input.name)) throw accessError('access.weak_password')
  const id = newId('usr')
  const passwordHash = await hashPassword(password)
  await prismaOf(db).$transaction(async (tx) => {
    if (await tx.user.findUnique({ where: { name: input.name }, select: { id: true } }))
      throw accessError('access.name_taken', { name: input.name })
    await tx.user.create({ data: { id, ...data, passwordHash, createdAt: now(), passwordChangedAt: now() } })
    await auditRowThrough(tx, { actor: by, action: 'user.create', subject: id, detail: data })
  })
  return { id }
}

export interface UserItem {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly role: string
  readonly scopePrefix: string
  readonly createdAt: Date
  readonly disabledAt: Date | null
  readonly lockedUntil: Date | null
}

/** All users by name. Never a password's hash. */
export const listUsers = (db: Store): Promise<UserItem[]> =>
  prismaOf(db).user.findMany({
    orderBy: { name: 'asc' },
    select: {
      id: true,
      name: true,
      displayName: true,
      role: true,
      scopePrefix: true,
      createdAt: true,
      disabledAt: true,
      lockedUntil: true,
    },
  })

/** Disables a user by name or id and ends all sessions. Throws `access.unknown_user`. */
export const disableUser = (db: Store, nameOrId: string, by: Actor): Promise<{ readonly id: string }> =>
  prismaOf(db).$transaction(async (tx) => {
    const user = await tx.user.findFirst({ where: { OR: [{ id: nameOrId }, { name: nameOrId }] } })
    if (!user) throw accessError('access.unknown_user', { nameOrId })
    if (user.disabledAt === null) {
      await tx.user.update({ where: { id: user.id }, data: { disabledAt: now() } })
      await tx.token.updateMany({ where: { userId: user.id, revokedAt: null }, data: { revokedAt: now() } })
      await auditRowThrough(tx, { actor: by, action: 'user.disable', subject: user.id })
    }
    return { id: user.id }
  })

/** Sets a new password, unlocks the user and ends all sessions. Throws `access.unknown_user`, `access.weak_password`. */
export const setPassword = async (
  db: Store,
  nameOrId: string,
  password: string,
  by: Actor,
): Promise<{ readonly id: string }> => {
  const passwordHash = await hashPassword(password)
  return prismaOf(db).$transaction(async (tx) => {
    const user = await tx.user.findFirst({ where: { OR: [{ id: nameOrId }, { name: nameOrId }] } })
    if (!user) throw accessError('access.unknown_user', { nameOrId })
    if (!isStrongPassword(password, user.name)) throw accessError('access.weak_password')
    await tx.user.update({
      where: { id: user.id },
      data: { passwordHash, passwordChangedAt: now(), failedLogins: 0, lockedUntil: null },
    })
    await tx.token.updateMany({ where: { userId: user.id, revokedAt: null }, data: { revokedAt: now() } })
    await auditRowThrough(tx, { actor: by, action: 'user.password', subject: user.id })
    return { id: user.id }
  })
}
