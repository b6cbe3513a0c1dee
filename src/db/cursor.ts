/** Rows of a large answer a piece at a time: the server keeps the rest, so neither side holds it whole. */
import type pg from 'pg'

/**
 * Reads the answer of `text` in pieces, inside the caller's transaction. The cursor sees the rows as they stood when it was opened, whatever the
 * caller writes meanwhile. PostgreSQL takes no parameters here: `text` holds constants of the program and working tables, nothing of a request.
 * @param name of the cursor; one name is open once at a time
 * @param rowsAtOnce rows of a piece; a piece is never empty
 */
export async function* cursorRows<T extends pg.QueryResultRow>(
  client: Pick<pg.ClientBase, 'query'>,
  name: string,
  text: string,
  rowsAtOnce: number,
): AsyncGenerator<readonly T[]> {
  // All rows will be read: without this the planner prefers the way that gives the first tenth soonest.
  await client.query(`SET LOCAL cursor_tuple_fraction = 1; DECLARE ${name} NO SCROLL CURSOR FOR ${text}`)
  for (;;) {
    const { rows } = await client.query<T>(`FETCH FORWARD ${rowsAtOnce} FROM ${name}`)
    if (rows.length > 0) yield rows
    if (rows.length < rowsAtOnce) break
  }
  await client.query(`CLOSE ${name}`)
}
