/**
 * A person's word, stored with its audit row: append-only, with who, when, why, the settings version and the digest of what they saw (decision 12). An
 * undo is an act of its own. What large acts need beside this, another person, is `src/acts.ts`.
 */
import type { PoolClient } from 'pg'
import type { Actor } from '../../access/actor.ts'
import { auditRow } from '../../access/audit.ts'
import type { Database } from '../../db/database.ts'
import { takeTick } from '../../db/tick.ts'
import { transaction } from '../../db/transaction.ts'
import { type Act, judgementAct, type Plan } from './act.ts'
import { planAct } from './plan.ts'
import { type Signed, signedBy, storeAct, storeJudgements } from './store.ts'

export interface Judged {
  readonly actId: bigint
  readonly judgementId: bigint
  readonly tick: bigint
}

/** Writes a planned act that counts at once. The tick is taken here: call it last before commit. */
export const carryOut = async (
  client: PoolClient,
  plan: Plan,
  {
    act,
    by,
    actor,
    effect,
  }: { readonly act: Act; readonly by: Signed; readonly actor: Actor; readonly effect: unknown },
): Promise<Judged> => {
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

/**
 * Stores an act without asking what it would change; the pipeline's next advance redoes what hangs on it. Throws the codes of `planAct`.
 */
export const judge = (db: Database, act: Act, reason: string, actor: Actor): Promise<Judged> =>
  transaction(db.pipeline, async (client) => {
    const plan = await planAct(client, act)
    return carryOut(client, plan, { act, by: signedBy(actor, reason), actor, effect: null })
  })

export interface PartyJudgement {
  readonly textHash: Buffer
  readonly verdict: 'positive' | 'negative' | 'unsure' | 'undo'
  readonly registrationId?: string | undefined
  readonly undoes?: string | undefined
  readonly reason: string
}

/** `judge` for one party. */
export const judgeParty = (db: Database, input: PartyJudgement, actor: Actor): Promise<Judged> =>
  judge(db, judgementAct({ ...input, textHash: input.textHash.toString('hex') }), input.reason, actor)
