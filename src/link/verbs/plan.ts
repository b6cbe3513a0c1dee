import type { PoolClient } from 'pg'
import type { Act, Plan } from './act.ts'
import { planParty } from './plan-party.ts'
import { planMerge, planSplit } from './plan-record.ts'
import { planUndo } from './plan-undo.ts'

/** Works an act out against what the database holds now: the rows that it would write. Throws `judgement.*`; writes nothing. */
export const planAct = (client: PoolClient, act: Act): Promise<Plan> => {
  switch (act.verb) {
    case 'merge':
      return planMerge(client, act)
    case 'split':
      return planSplit(client, act)
    case 'undo':
      return planUndo(client, act)
    default:
      return planParty(client, act)
  }
}
