import type pg from 'pg'
import type { CopyRow } from './copy.ts'

const rowsPerStatement = 5_000

const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/**
 * Rows into a table under row security, which COPY refuses. `target` reads as for `copyRows`: `registration (registration_id, name)`. Values
 * travel as one JSON text a statement and are cast to the columns' own types.
 */
export const insertRows = async (
  client: Pick<pg.ClientBase, 'query'>,
  target: string,
  rows: Iterable<CopyRow>,
): Promise<void> => {
  const [, table = '', list = ''] = /^(\w+) \(([^)]+)\)$/.exec(target) ?? []
  const columns = list.split(',').map((c) => c.trim())
  const text = `INSERT INTO "${table}" (${columns.join(', ')}) SELECT ${columns.map((c) => `r.${c}`).join(', ')} FROM json_populate_recordset(NULL::"${table}", $1::json) r`
  let page: Record<string, unknown>[] = []
  const flush = async () => {
    if (page.length > 0) await client.query(text, [JSON.stringify(page, plain)])
    page = []
  }
  for (const row of rows) {
    page.push(Object.fromEntries(columns.map((c, i) => [c, row[i] ?? null])))
    if (page.length >= rowsPerStatement) await flush()
  }
  await flush()
}
