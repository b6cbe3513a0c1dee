import type pg from 'pg'

/**
 * A statement that is sent again and again: parsed and planned once for each connection instead of each time, which is most of what a small statement
 * costs. Only for texts that never vary; `name` is unique in the hub.
 */
export const prepared =
  (name: string, text: string): ((...values: readonly unknown[]) => pg.QueryConfig) =>
  (...values) => ({ name, text, values: [...values] })
