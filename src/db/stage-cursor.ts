import type { PoolClient } from 'pg'
import { HubError } from '../kernel/errors.ts'

export type Stage = 'normalise' | 'link' | 'track'

/**
 * Moves a stage's cursor inside the transaction that did the work. Two hubs that work at once meet here: the slower one finds the cursor
 * moved and its work is rolled back. HubError `stage.overtaken`, retryable.
 */
export const advanceCursor = async (client: PoolClient, stage: Stage, from: bigint, to: bigint): Promise<void> => {
  const { rowCount } = await client.query('UPDATE stage_cursor SET tick = $3 WHERE stage = $1 AND tick = $2', [
    stage,
    from,
    to,
  ])
  if (rowCount === 1) return
  throw new HubError({
    code: 'stage.overtaken',
    publicMessage: { zh: '另一实例已处理该阶段', en: 'another instance has done this stage' },
    retryable: true,
    context: { stage, from: from.toString(), to: to.toString() },
  })
}

/** The tick up to which a stage has worked. */
export const stageTick = async (client: Pick<PoolClient, 'query'>, stage: Stage): Promise<bigint> =>
  (await client.query<{ tick: bigint }>('SELECT tick FROM stage_cursor WHERE stage = $1', [stage])).rows[0]!.tick
