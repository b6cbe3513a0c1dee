import { fingerprint } from './cipher.ts'

/** The key of a record inside the hub (32 hex digits): its feed and its immutable source fields, raw (decision 5). */
export const recordKeyHash = (feed: string, key: readonly string[]): string =>
  fingerprint(`${feed}\u0000${key.join('\u0000')}`)
