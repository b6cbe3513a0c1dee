/** A person's word without its preview and without a second person: what tests put into a hub. */
import type { Actor } from '../../src/access/actor.ts'
import type { Database } from '../../src/db/database.ts'
import { transaction } from '../../src/db/transaction.ts'
import { type Act, judgementAct } from '../../src/link/verbs/act.ts'
import { carryOut, type Judged } from '../../src/link/verbs/judge.ts'
import { planAct } from '../../src/link/verbs/plan.ts'
import { signedBy } from '../../src/link/verbs/store.ts'

/** Stores an act; the next advance redoes what hangs on it. Throws the codes of `planAct`. */
export const judge = (db: Database, act: Act, reason: string, actor: Actor): Promise<Judged> =>
  transaction(db.pipeline, async (client) =>
    carryOut(client, await planAct(client, act), { act, by: signedBy(actor, reason), actor, effect: null }),
  )

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
