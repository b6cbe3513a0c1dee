/** The one way into the database: who may connect as what, checked before anything else runs. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { asError, codeOf } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import { log } from '../kernel/log.ts'
import { deriveSecret, Secret } from '../kernel/secret.ts'
import { withActorOn } from './actor-session.ts'
import { checkServer } from './check-server.ts'
import { type EmbeddedServer, openEmbedded } from './embedded.ts'
import { dbError } from './errors.ts'
import { migrateWith } from './migrate.ts'
import { type DatabaseRole, databaseRoles } from './names.ts'
import {
  connectionConfig,
  type Database,
  type Login,
  ownerPool,
  type PoolSettings,
  pipelinePool,
  queueUrlOf,
  type RoleLogin,
  readerPool,
  type ServerAccess,
  type ServerAddress,
  singleRowPool,
} from './pools.ts'
import { ensureRoles, type RolePasswords, rolesMissing, setRolePassword } from './roles.ts'

export interface DatabaseSettings {
  /** Null: the embedded server under `dataFolder`. */
  readonly url: Secret | null
  readonly dataFolder: string
  readonly masterKey: Secret | null
  readonly pipeline: PoolSettings
  readonly reader: PoolSettings
}

/** How this hub reaches one of its roles. */
export const roleLogin = (access: ServerAccess, role: DatabaseRole): RoleLogin =>
  access.byMembership
    ? { ...access.login, session: { role } }
    : { user: role, password: access.passwords(role), session: {} }

/** Address and login of a `postgresql://` URL; `host=/folder` and `sslmode` are understood. Throws `db.unreachable` for what is no such URL. */
export const parseDatabaseUrl = (url: Secret): { readonly address: ServerAddress; readonly login: Login } => {
  let config: pg.Client
  try {
    if (!/^postgres(ql)?:\/\//.test(url.reveal())) throw new Error('not a postgresql:// URL')
    config = new pg.Client({ connectionString: url.reveal() })
  } catch (cause) {
    throw dbError('db.unreachable', {
      detail: {
        zh: 'DATABASE_URL 应为 postgresql://用户:密码@主机:端口/库名',
        en: 'DATABASE_URL must read postgresql://user:password@host:port/database',
      },
      cause,
    })
  }
  const ssl = (config as unknown as { ssl?: pg.PoolConfig['ssl'] }).ssl
  return {
    address: {
      host: config.host,
      port: config.port,
      database: config.database ?? config.user ?? 'postgres',
      ssl: ssl || undefined,
    },
    login: {
      user: config.user ?? 'postgres',
      password: new Secret(typeof config.password === 'string' ? config.password : ''),
    },
  }
}

/** A random key of this data folder, made once: for hubs that have neither a master key nor a database password to derive from. */
const folderKey = async (dataFolder: string): Promise<Secret> => {
  const path = join(dataFolder, 'role.key')
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  await writeFile(path, newSecret('role'), { mode: 0o600, flag: 'wx' }).catch((error) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
  return new Secret(await readFile(path, 'utf8'))
}

/** The roles' passwords that follow from one secret. */
export const rolePasswordsFrom =
  (base: Secret): RolePasswords =>
  (role) =>
    deriveSecret(base, `database role ${role}`)

/**
 * Roles belong to the whole server, so what derives their passwords must be the same for every hub on it: the login's own password (who knows it may
 * become any role anyway); the master key or a key of the folder only where the login has none.
 */
const derivedPasswords = async (settings: DatabaseSettings, login: Login): Promise<RolePasswords> =>
  rolePasswordsFrom(
    login.password.reveal() ? login.password : (settings.masterKey ?? (await folderKey(settings.dataFolder))),
  )

const locate = async (
  settings: DatabaseSettings,
): Promise<{ access: ServerAccess; embedded: EmbeddedServer | null }> => {
  if (settings.url) {
    const parsed = parseDatabaseUrl(settings.url)
    return { access: { ...parsed, passwords: await derivedPasswords(settings, parsed.login) }, embedded: null }
  }
  const embedded = await openEmbedded({ dataFolder: settings.dataFolder })
  const address = { host: embedded.host, port: embedded.port, database: 'jingwei', ssl: undefined }
  return {
    access: {
      address,
      login: { user: embedded.superuser, password: embedded.password },
      passwords: rolePasswordsFrom(embedded.password),
    },
    embedded,
  }
}

const connectAs = async (address: ServerAddress, login: Login): Promise<pg.Client> => {
  const client = new pg.Client(connectionConfig(address, login, 'jingwei-setup'))
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const isLoginRefusal = (error: unknown): boolean => codeOf(error)?.startsWith('28') === true

/** A connection of the migrating login, with a clear error for the two ways it fails. */
const connectForSetup = (access: ServerAccess): Promise<pg.Client> =>
  connectAs(access.address, access.login).catch((cause) => {
    const { host, port, database } = access.address
    throw dbError(isLoginRefusal(cause) ? 'db.login_refused' : 'db.unreachable', {
      detail: `${host}:${port}/${database}`,
      context: { host, port, database, reason: asError(cause).message },
      retryable: !isLoginRefusal(cause),
      cause,
    })
  })

const createDatabaseIfMissing = async (access: ServerAccess): Promise<void> => {
  const client = await connectForSetup({ ...access, address: { ...access.address, database: 'postgres' } })
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [access.address.database])
    if (rowCount === 0) await client.query(`CREATE DATABASE "${access.address.database}"`)
  } catch (error) {
    // Another process was faster.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error
  } finally {
    await client.end()
  }
}

const canConnect = async (access: ServerAccess, role: DatabaseRole): Promise<boolean> => {
  const login = roleLogin(access, role)
  const client = new pg.Client(connectionConfig(access.address, login, 'jingwei-setup', login.session))
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    // 28: refused, also where membership is missing; 42501 and 22023: `role` may not be set or does not exist.
    if (isLoginRefusal(error) || ['42501', '22023'].includes(codeOf(error) ?? '')) return false
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Finds how each role can be reached; sets their passwords where they differ from the ones derived here. Throws `db.roles_missing`. */
const reachRoles = async (client: pg.Client, access: ServerAccess): Promise<ServerAccess> => {
  for (const role of databaseRoles) {
    if (await canConnect(access, role)) continue
    if ((await setRolePassword(client, role, access.passwords(role))) && (await canConnect(access, role))) {
      log.warn({ role }, 'the password of a database role differed from the one derived here; it was set')
      continue
    }
    const asMember = { ...access, byMembership: true }
    for (const wanted of databaseRoles)
      if (!(await canConnect(asMember, wanted))) throw rolesMissing(access.address.database, access.login.user)
    return asMember
  }
  return access
}

/** Checks the server, makes roles and schemas, migrates; returns how the roles are reached. Throws the `db.*` codes of each. */
export const prepareDatabase = async (access: ServerAccess, migrationsFolder?: string): Promise<ServerAccess> => {
  const client = await connectForSetup(access)
  let reached: ServerAccess
  try {
    await checkServer(client)
    await ensureRoles(client, access.address.database, access.login.user, access.passwords)
    reached = await reachRoles(client, access)
  } finally {
    await client.end()
  }
  const owner = ownerPool(access.address, roleLogin(reached, 'jingwei_owner'))
  try {
    await migrateWith(owner, migrationsFolder)
  } finally {
    await owner.end()
  }
  return reached
}

/** The pools on a prepared database. */
export const openDatabase = (
  access: ServerAccess,
  settings: Pick<DatabaseSettings, 'pipeline' | 'reader'>,
  embedded: EmbeddedServer | null = null,
): Database => {
  const { address } = access
  const pipeline = pipelinePool(address, roleLogin(access, 'jingwei_pipeline'), settings.pipeline)
  const reader = readerPool(address, roleLogin(access, 'jingwei_reader'), settings.reader)
  let owner: pg.Pool | null = null
  let singleRow: pg.Pool | null = null
  let closing: Promise<void> | null = null
  const close = async () => {
    await Promise.all([pipeline.end(), reader.end(), owner?.end(), singleRow?.end()])
    await embedded?.stop()
  }
  return {
    pipeline,
    reader,
    queueUrl: queueUrlOf(address, roleLogin(access, 'jingwei_queue')),
    name: address.database,
    embedded,
    access,
    singleRow: () => (singleRow ??= singleRowPool(address, roleLogin(access, 'jingwei_pipeline'))),
    owner: () => (owner ??= ownerPool(address, roleLogin(access, 'jingwei_owner'))),
    withActor: (actor, fn) => withActorOn(reader, actor, fn),
    close: () => (closing ??= close()),
  }
}

/**
 * Connects to the configured database, or to the embedded one (started or adopted), and brings it up to date.
 * Throws: `db.unreachable` (retryable), `db.login_refused`, `db.server_too_old`, `db.encoding_not_utf8`, `db.ctype_c`, `db.roles_missing`,
 * `db.migration_*`, and those of the embedded server.
 */
export const connectDatabase = async (settings: DatabaseSettings): Promise<Database> => {
  const { access, embedded } = await locate(settings)
  try {
    if (embedded) await createDatabaseIfMissing(access)
    return openDatabase(await prepareDatabase(access), settings, embedded)
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/** Applies missing migrations through an open database; returns their names. */
export const migrate = (db: Database): Promise<string[]> => migrateWith(db.owner())

export type { Database, ServerAccess }
