/** A database beside the hub's on the same server, for what is not the hub's own: the front-end tables of the demo's departments. */
import pg from 'pg'
import { codeOf } from '../kernel/errors.ts'
import { Secret } from '../kernel/secret.ts'
import type { Database } from './database.ts'
import { connectionConfig, type ServerAccess } from './pools.ts'

/** URL of `database` on the server that `access` reaches, with its login; what the given URL says of the way there is kept. */
const urlOn = ({ address, login }: ServerAccess, database: string, given: Secret | null): Secret => {
  if (given) {
    const url = new URL(given.reveal())
    url.pathname = `/${encodeURIComponent(database)}`
    return new Secret(url.href)
  }
  const password = encodeURIComponent(login.password.reveal())
  return new Secret(
    `postgresql://${encodeURIComponent(login.user)}:${password}@${address.host}:${address.port}/${database}`,
  )
}

/**
 * Makes `<hub's database>_<suffix>` where it is missing and gives its URL; null where the login may not create databases.
 * @param given the URL by which the hub itself was reached, null for the embedded server
 */
export const databaseBeside = async (db: Database, suffix: string, given: Secret | null): Promise<Secret | null> => {
  const { access } = db
  const name = `${access.address.database}_${suffix}`
  const client = new pg.Client(connectionConfig(access.address, access.login, 'jingwei-setup'))
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`)
  } catch (error) {
    if (codeOf(error) === '42501') return null
    // Another process was faster.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error
  } finally {
    await client.end()
  }
  return urlOn(access, name, given)
}
