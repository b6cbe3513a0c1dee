import type pg from 'pg'
import { dbError } from './errors.ts'

export interface ServerFacts {
  readonly version: number
  readonly encoding: string
  /** Whether regular expressions and lower() know Chinese letters under the database's own collation. */
  readonly knowsChinese: boolean
}

/** Why this server will not do; null where it will. */
export const findUnfit = (facts: ServerFacts) => {
  if (facts.version < 150_000)
    return dbError('db.server_too_old', { detail: String(facts.version / 10_000), context: { ...facts } })
  if (facts.encoding !== 'UTF8')
    return dbError('db.encoding_not_utf8', { detail: facts.encoding, context: { ...facts } })
  if (!facts.knowsChinese) return dbError('db.ctype_c', { context: { ...facts } })
  return null
}

/** Refuses a database the hub would be silently wrong on. Throws `db.server_too_old`, `db.encoding_not_utf8`, `db.ctype_c`. */
export const checkServer = async (client: pg.ClientBase): Promise<ServerFacts> => {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding`,
  )
  const { version, encoding } = rows[0]!
  // In a database of another encoding the letter itself cannot be asked about.
  const letter =
    encoding === 'UTF8' ? await client.query<{ known: boolean }>(`SELECT U&'\\4E2D' ~ '^\\w$' AS known`) : null
  const facts = { version, encoding, knowsChinese: letter?.rows[0]?.known ?? false }
  const unfit = findUnfit(facts)
  if (unfit) throw unfit
  return facts
}
