/** One advance of the link stage: what it works on and what it has touched so far. */
import type { PoolClient } from 'pg'
import type { Keyring } from '../../kernel/cipher.ts'
import type { LinkMemory } from './memory.ts'

export interface Advance {
  readonly client: PoolClient
  readonly keyring: Keyring
  /** Facts that became known or were closed in (from, to] are this advance's work; what it derives is known from `to`. */
  readonly from: bigint
  readonly to: bigint
  readonly settingsVersion: number
  readonly touched: Set<bigint>
  readonly memory: LinkMemory
}

export const bytea = (hex: string): string => `\\x${hex}`
export const byteas = (hexes: Iterable<string>): string[] => [...hexes].map(bytea)
/** Texts of the program itself as an SQL array, where a statement takes no parameters. */
export const constants = (texts: readonly string[]): string => `ARRAY[${texts.map((text) => `'${text}'`).join(', ')}]`
