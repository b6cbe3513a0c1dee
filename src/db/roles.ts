/** Creates the four roles, the schemas and the default rights, as whoever the migrating login is. Safe to run again and at the same time. */
import type pg from 'pg'
import { sleep } from '../kernel/clock.ts'
import { asError, codeOf } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { dbError } from './errors.ts'
import { type DatabaseRole, databaseRoles, queueSchemaName, schemaName } from './names.ts'

export type RolePasswords = (role: DatabaseRole) => Secret

/** Any number would do, as long as all hubs use the same one. */
const setupLock = 7_215_501

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
const name = (text: string): string => `"${text.replaceAll('"', '""')}"`

/**
 * What a database administrator runs by hand where the hub's login may not create roles. The roles need no password then: the hub logs in as
 * itself and takes each role on, which membership allows.
 */
export const roleSql = (database: string, login: string): string =>
  [...databaseRoles.map((role) => `CREATE ROLE ${role} NOLOGIN;`), ...grantSql(database, login)].join('\n')

const grantSql = (database: string, login: string): string[] => [
  `GRANT ${databaseRoles.join(', ')} TO ${name(login)};`,
  `GRANT jingwei_queue TO jingwei_pipeline;`,
  `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${name(database)} TO jingwei_owner;`,
  `GRANT CONNECT, TEMPORARY ON DATABASE ${name(database)} TO jingwei_pipeline, jingwei_reader, jingwei_queue;`,
  `CREATE SCHEMA IF NOT EXISTS ${schemaName} AUTHORIZATION jingwei_owner;`,
  `CREATE SCHEMA IF NOT EXISTS ${queueSchemaName} AUTHORIZATION jingwei_queue;`,
  `GRANT USAGE ON SCHEMA ${schemaName} TO jingwei_pipeline, jingwei_reader;`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE jingwei_owner IN SCHEMA ${schemaName} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jingwei_pipeline;`,
  `ALTER DEFAULT PRIVILEGES FOR ROLE jingwei_owner IN SCHEMA ${schemaName} GRANT USAGE, SELECT ON SEQUENCES TO jingwei_pipeline;`,
]

const missingRoles = async (client: pg.ClientBase): Promise<DatabaseRole[]> => {
  const { rows } = await client.query<{ rolname: DatabaseRole }>(
    `SELECT rolname FROM pg_roles WHERE rolname = ANY($1)`,
    [databaseRoles],
  )
  return databaseRoles.filter((role) => !rows.some((row) => row.rolname === role))
}

/** `db.roles_missing` with the SQL that mends it. */
export const rolesMissing = (database: string, login: string, cause?: unknown) =>
  dbError('db.roles_missing', {
    detail: {
      zh: `请数据库管理员执行：\n${roleSql(database, login)}`,
      en: `ask the database administrator to run:\n${roleSql(database, login)}`,
    },
    context: { sql: roleSql(database, login) },
    cause,
  })

const createRole = async (client: pg.ClientBase, role: DatabaseRole, password: Secret): Promise<void> => {
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${quote(password.reveal())}`).catch((error) => {
    // Another hub of the same cluster, on another database, may have made it in the meantime.
    if (codeOf(error) !== '42710' && codeOf(error) !== '23505') throw error
  })
}

/** All or nothing, so that "schemas stand" means "rights stand". Roles are the cluster's: a hub on another database may grant at this moment. */
const grantAll = async (client: pg.ClientBase, database: string, login: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`BEGIN;\n${grantSql(database, login).join('\n')}\nCOMMIT;`)
      return
    } catch (error) {
      await client.query('ROLLBACK')
      if (attempt >= 10 || !/tuple concurrently|already exists/.test(asError(error).message)) throw error
      await sleep(50 * attempt)
    }
  }
}

const isReady = async (client: pg.ClientBase): Promise<boolean> => {
  const { rows } = await client.query<{ ready: boolean }>(
    `SELECT coalesce(bool_and(n.nspowner = r.oid), false) AND count(*) = 2 AS ready
       FROM (VALUES ($1::name, 'jingwei_owner'::name), ($2, 'jingwei_queue')) AS wanted (schema, owner)
       JOIN pg_namespace n ON n.nspname = wanted.schema JOIN pg_roles r ON r.rolname = wanted.owner`,
    [schemaName, queueSchemaName],
  )
  return rows[0]!.ready && (await missingRoles(client)).length === 0
}

/**
 * Makes roles, schemas and default rights where they are missing. Does nothing (and needs no rights) where all stand.
 * Throws `db.roles_missing`, which names the SQL to run, where the login may not create them.
 */
export const ensureRoles = async (
  client: pg.ClientBase,
  database: string,
  login: string,
  passwords: RolePasswords,
): Promise<void> => {
  if (await isReady(client)) return
  await client.query('SELECT pg_advisory_lock($1)', [setupLock])
  try {
    for (const role of await missingRoles(client)) await createRole(client, role, passwords(role))
    await grantAll(client, database, login)
  } catch (error) {
    if (codeOf(error) === '42501' || codeOf(error) === '0LP01') throw rolesMissing(database, login, error)
    throw error
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [setupLock])
  }
}

/** Gives a role the password this hub derives, after the login's own one changed. False where this login may not. */
export const setRolePassword = (client: pg.ClientBase, role: DatabaseRole, password: Secret): Promise<boolean> =>
  client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${quote(password.reveal())}`).then(
    () => true,
    (error) => {
      if (codeOf(error) === '42501') return false
      throw error
    },
  )
