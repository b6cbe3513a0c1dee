/** A database handed to a thread of this process: a thread shares no pools and no Secret objects, so what it needs to connect travels as plain values. */
import { Secret } from '../kernel/secret.ts'
import { type DatabaseSettings, openDatabase } from './database.ts'
import { databaseRoles } from './names.ts'
import type { Database, ServerAccess } from './pools.ts'

/** Holds passwords in clear: only ever as `workerData`, never logged or stored. */
export interface CarriedDatabase {
  readonly address: ServerAccess['address']
  readonly byMembership: boolean
  readonly login: { readonly user: string; readonly password: string }
  readonly passwords: Readonly<Record<string, string>>
  readonly settings: Pick<DatabaseSettings, 'pipeline' | 'reader'>
}

export const carryDatabase = (access: ServerAccess, settings: CarriedDatabase['settings']): CarriedDatabase => ({
  address: access.address,
  byMembership: access.byMembership ?? false,
  login: { user: access.login.user, password: access.login.password.reveal() },
  passwords: access.byMembership
    ? {}
    : Object.fromEntries(databaseRoles.map((role) => [role, access.passwords(role).reveal()])),
  settings: { pipeline: settings.pipeline, reader: settings.reader },
})

/** The same database, on pools of the calling thread's own. The embedded server stays its opener's to stop. */
export const openCarried = (carried: CarriedDatabase): Database =>
  openDatabase(
    {
      address: carried.address,
      login: { user: carried.login.user, password: new Secret(carried.login.password) },
      passwords: (role) => new Secret(carried.passwords[role] ?? ''),
      byMembership: carried.byMembership,
    },
    carried.settings,
  )
