/**
 * A person's word, stored with its audit row: append-only, with who, when, why, the settings version and the digest of what they saw (decision 12). An
 * undo is an act of its own. What large acts need beside this, another person, is `src/acts.ts`.
 */
import type { PoolClient } from 'pg'
import { auditRow } from '../../access/audit.ts'
import { takeTick } from '../../db/tick.ts'
import type { Plan } from './act.ts'
import { type Deed, storeAct, storeJudgements } from './store.ts'

export interface Judged {
  readonly actId: bigint
  readonly judgementId: bigint
  readonly tick: bigint
}

/** Writes a planned act that counts at once. The tick is taken here: call it last before commit. */
export const carryOut = async (client: PoolClient, plan: Plan, { act, by, actor, effect }: Deed): Promise<Judged> => {
  const tick = await takeTick(client, 'judgement', actor.id, { verb: plan.verb })
  const actId = await storeAct(client, { plan, act, by, effect, tick })
  const [judgementId] = await storeJudgements(client, plan, { actId, by, tick })
  await auditRow(client, {
    actor,
    action: `act.${plan.verb}`,
    subject: `act ${actId}`,
    detail: { ...act, reason: by.reason },
    tick,
  })
  return { actId, judgementId: judgementId!, tick }
}
