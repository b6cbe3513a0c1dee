import type { z } from 'zod'
import type { Queryable } from '../db/transaction.ts'

/** A read with its row's schema. A row that does not fit is a fault in us and stops the request. */
export type Statement<Row, Values extends readonly unknown[]> = (client: Queryable, ...values: Values) => Promise<Row[]>

/**
 * Names the statement, so that a connection plans it once. Null: planned at each use, for statements whose best plan hangs on their values.
 */
export const statement = <S extends z.ZodType, Values extends readonly unknown[]>(
  name: string | null,
  text: string,
  row: S,
): Statement<z.output<S>, Values> => {
  return async (client, ...values) => {
    const { rows } = await client.query<Record<string, unknown>>({
      ...(name === null ? {} : { name }),
      text,
      values: values as unknown as unknown[],
    })
    return rows.map((found) => row.parse(found))
  }
}

/** Gathers conditions of one statement and numbers their values. */
export class Conditions {
  readonly values: unknown[] = []
  readonly #parts: string[] = []

  /** The placeholder of one more value. */
  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  and(condition: string): void {
    this.#parts.push(condition)
  }

  /** `a AND b`, or `true` where there are none. */
  get text(): string {
    return this.#parts.length === 0 ? 'true' : this.#parts.join('\n    AND ')
  }
}
