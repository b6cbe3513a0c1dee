/** Looks through every column of every table for texts that must not stand there in clear. */
import type { Database } from '../../src/db/database.ts'

/** Columns in which one of these texts stands. */
export const standsIn = async (db: Database, texts: readonly string[]): Promise<string[]> => {
  const { rows: columns } = await db.owner().query<{ t: string; c: string; type: string }>(
    `SELECT k.oid::regclass::text AS t, quote_ident(a.attname) AS c, format_type(a.atttypid, null) AS type FROM pg_class k
     JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE k.relkind = 'r' AND k.relnamespace = 'jingwei'::regnamespace AND format_type(a.atttypid, null) IN ('text', 'bytea', 'jsonb', 'text[]')`,
  )
  const found: string[] = []
  for (const { t, c, type } of columns) {
    const text = type === 'bytea' ? `encode(${c}, 'escape')` : `${c}::text`
    const { rowCount } = await db
      .owner()
      .query(
        `SELECT 1 FROM ${t} WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) AS s WHERE position(s in ${text}) > 0) LIMIT 1`,
        [texts],
      )
    if (rowCount) found.push(`${t}.${c}`)
  }
  return found
}
