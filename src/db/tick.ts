import type { PoolClient } from 'pg'
import { now } from '../kernel/clock.ts'

/**
 * Takes the next tick of the one clock for truth (decision 9). Call it last before commit: the clock's row is locked from here on.
 * `kind` names what changed: admission, judgement, settings, mapping, rules, grid.
 */
export const takeTick = async (
  client: PoolClient,
  kind: string,
  actor: string,
  detail: Record<string, unknown>,
): Promise<bigint> =>
  (
    await client.query<{ tick: bigint }>('SELECT take_tick($1, $2, $3, $4) AS tick', [
      kind,
      actor,
      JSON.stringify(detail),
      now(),
    ])
  ).rows[0]!.tick
