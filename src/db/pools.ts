import pg from 'pg'
import type { Actor } from '../access/actor.ts'
import { log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { EmbeddedServer } from './embedded.ts'
import { type DatabaseRole, readSchemaName, schemaName } from './names.ts'
import type { RolePasswords } from './roles.ts'
import type { Queryable } from './transaction.ts'
import { typeParsers } from './types.ts'

/** The hub's way to its database: what each part of the hub is given. */
export interface Database {
  /** Truth is read and written here, by stages and verbs. */
  readonly pipeline: pg.Pool
  /** Only through `withActor`, unless nothing of the rows is anyone's (health). */
  readonly reader: pg.Pool
  /** For Prisma alone: the small tables, one row at a time. Opened at first use. */
  singleRow(): pg.Pool
  /** For what pg-boss opens itself. Holds a password: never log it. */
  readonly queueUrl: string
  readonly name: string
  readonly embedded: EmbeddedServer | null
  /** How it was reached, for a thread of this process to open it too. */
  readonly access: ServerAccess
  /** DDL: migrations, partitions. Opened at first use. */
  owner(): pg.Pool
  /** Reads on behalf of someone (decision 16). */
  withActor<T>(actor: Actor, fn: (client: Queryable) => Promise<T>): Promise<T>
  /** Waits for what runs, closes all connections, leaves the embedded server. */
  close(): Promise<void>
}

export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly ssl: pg.PoolConfig['ssl']
}

export interface Login {
  readonly user: string
  readonly password: Secret
}

/** What a place to connect to has in common, embedded or not. */
export interface ServerAccess {
  readonly address: ServerAddress
  /** The migrating login. */
  readonly login: Login
  readonly passwords: RolePasswords
  /** True where the roles cannot log in themselves (an administrator made them): the hub's login takes them on. */
  readonly byMembership?: boolean
}

/** How one of the four roles is reached: by its own login, or by the hub's login with `role` set for the session. */
export interface RoleLogin extends Login {
  readonly session: Readonly<Record<string, string>>
}

/** Settings of every connection: our schema first, days as China has them, no compilation of short statements. */
const sessionOptions = (extra: Readonly<Record<string, string>>): string =>
  Object.entries({ search_path: schemaName, timezone: 'Asia/Shanghai', jit: 'off', ...extra })
    .map(([name, value]) => `-c ${name}=${value.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ')}`)
    .join(' ')

const applicationNames: Readonly<Record<DatabaseRole, string>> = {
  jingwei_owner: 'jingwei-owner',
  jingwei_pipeline: 'jingwei-pipeline',
  jingwei_reader: 'jingwei-reader',
  jingwei_queue: 'jingwei-queue',
}

export const connectionConfig = (
  address: ServerAddress,
  login: Login,
  applicationName: string,
  settings: Readonly<Record<string, string>> = {},
): pg.ClientConfig => ({
  host: address.host,
  port: address.port,
  database: address.database,
  ...(address.ssl === undefined ? {} : { ssl: address.ssl }),
  user: login.user,
  password: login.password.reveal(),
  application_name: applicationName,
  options: sessionOptions(settings),
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  types: typeParsers,
})

export interface PoolSettings {
  readonly connectionsMax: number
  /** 0: none. */
  readonly statementTimeoutMs: number
}

const poolOf = (
  address: ServerAddress,
  role: DatabaseRole,
  login: RoleLogin,
  settings: PoolSettings,
  more: { readonly pool?: pg.PoolConfig; readonly session?: Readonly<Record<string, string>> } = {},
): pg.Pool => {
  const pool = new pg.Pool({
    ...connectionConfig(address, login, applicationNames[role], {
      ...login.session,
      statement_timeout: String(settings.statementTimeoutMs),
      idle_in_transaction_session_timeout: '600000',
      ...more.session,
    }),
    max: settings.connectionsMax,
    idleTimeoutMillis: 60_000,
    ...more.pool,
  })
  // An idle connection that breaks (the server restarts) must not end the process; the next query opens a new one.
  pool.on('error', (error) => log.warn({ err: error, role }, 'an idle database connection broke'))
  // The pool listens to idle connections only: one that breaks while someone holds it between two statements would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

export const ownerPool = (address: ServerAddress, login: RoleLogin): pg.Pool =>
  poolOf(address, 'jingwei_owner', login, { connectionsMax: 3, statementTimeoutMs: 0 })

export const pipelinePool = (address: ServerAddress, login: RoleLogin, settings: PoolSettings): pg.Pool =>
  poolOf(address, 'jingwei_pipeline', login, settings)

/** Prisma writes instants as UTC without saying so: its sessions must be UTC, or every instant would be stored eight hours off. */
export const singleRowPool = (address: ServerAddress, login: RoleLogin): pg.Pool =>
  poolOf(
    address,
    'jingwei_pipeline',
    login,
    { connectionsMax: 2, statementTimeoutMs: 30_000 },
    { session: { timezone: 'UTC' } },
  )

/**
 * Statements of the reader go out without waiting for the one before (no COPY, no cursors on it), and none can write. A name means the view that shows
 * the actor's scope, where there is one.
 */
export const readerPool = (address: ServerAddress, login: RoleLogin, settings: PoolSettings): pg.Pool =>
  poolOf(address, 'jingwei_reader', login, settings, {
    pool: { pipeline: true } as pg.PoolConfig,
    session: { default_transaction_read_only: 'on', search_path: `${readSchemaName},${schemaName}` },
  })

/** A connection string for pg-boss, which makes its own pool. */
export const queueUrlOf = (address: ServerAddress, login: RoleLogin): string => {
  const host = address.host.startsWith('/') ? '' : address.host
  const url = new URL(`postgresql://${host || 'localhost'}:${address.port}/${encodeURIComponent(address.database)}`)
  url.username = encodeURIComponent(login.user)
  url.password = encodeURIComponent(login.password.reveal())
  url.searchParams.set('application_name', applicationNames.jingwei_queue)
  const session = Object.entries(login.session).map(([name, value]) => `-c ${name}=${value}`)
  if (session.length > 0) url.searchParams.set('options', session.join(' '))
  if (!host) url.searchParams.set('host', address.host)
  if (address.ssl) url.searchParams.set('sslmode', 'require')
  return url.href
}
