/** Acts that wait for another person: proposed by one, answered by another (两人复核). A proposal changes nothing until it is confirmed. */
import type { PoolClient } from 'pg'
import type { Actor } from '../../access/actor.ts'
import { auditRow } from '../../access/audit.ts'
import { takeTick } from '../../db/tick.ts'
import { now } from '../../kernel/clock.ts'
import { type Act, type Plan, refuse } from './act.ts'
import { planAct } from './plan.ts'
import { type Deed, storeAct, storeJudgements } from './store.ts'

export type Answer = 'confirmed' | 'declined' | 'withdrawn'

export interface Proposal {
  readonly actId: bigint
  readonly act: Act
  readonly author: string
  readonly authorName: string
  readonly reason: string
}

const isOpen = `is_proposal AND NOT EXISTS (SELECT FROM act_answer n WHERE n.act_id = act.act_id)`

/** Stores an act as a proposal, with its audit row. Throws `judgement.already_proposed` where the same question waits already. */
export const propose = async (client: PoolClient, plan: Plan, { act, by, actor, effect }: Deed): Promise<bigint> => {
  const { rowCount } = await client.query(`SELECT FROM act WHERE subject = $1 AND ${isOpen}`, [plan.subject])
  if (rowCount) throw refuse('judgement.already_proposed')
  const actId = await storeAct(client, { plan, act, by, effect, tick: null })
  await auditRow(client, {
    actor,
    action: 'act.propose',
    subject: `act ${actId}`,
    detail: { ...act, reason: by.reason, effect },
  })
  return actId
}

/** A proposal that nobody answered yet. Throws `proposal.unknown`, `proposal.answered`. */
export const openProposal = async (client: PoolClient, actId: bigint): Promise<Proposal> => {
  const { rows } = await client.query<Proposal & { isAnswered: boolean }>(
    `SELECT act_id AS "actId", input AS act, author, author_name AS "authorName", reason, EXISTS (SELECT FROM act_answer n WHERE n.act_id = act.act_id) AS "isAnswered"
     FROM act WHERE act_id = $1 AND is_proposal`,
    [actId],
  )
  if (!rows[0]) throw refuse('proposal.unknown')
  if (rows[0].isAnswered) throw refuse('proposal.answered')
  return rows[0]
}

/** Who may give which answer. Throws `proposal.same_person`, `proposal.not_yours`. */
export const checkAnswerer = (proposal: Proposal, answer: Answer, actor: Actor): void => {
  const isAuthor = proposal.author === actor.id
  if (answer === 'withdrawn' && !isAuthor) throw refuse('proposal.not_yours')
  if (answer !== 'withdrawn' && isAuthor) throw refuse('proposal.same_person')
}

const actions = { confirmed: 'act.confirm', declined: 'act.decline', withdrawn: 'act.withdraw' } as const

/**
 * Stores the answer with its audit row. Confirmed, the act is worked out anew and its judgements are written in its author's name: evidence that changed
 * since is judged as it is now. Returns the tick of a confirmed one. Throws `proposal.answered` where another was faster, and the codes of `planAct`.
 */
export const answerProposal = async (
  client: PoolClient,
  proposal: Proposal,
  { answer, reason, actor }: { readonly answer: Answer; readonly reason: string; readonly actor: Actor },
): Promise<bigint | null> => {
  const plan = answer === 'confirmed' ? await planAct(client, withoutSeen(proposal.act)) : null
  const tick =
    plan && (await takeTick(client, 'judgement', actor.id, { verb: plan.verb, act: proposal.actId.toString() }))
  const stored = await client.query(
    `INSERT INTO act_answer (act_id, answer, author, author_name, reason, tick, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [proposal.actId, answer, actor.id, actor.name ?? actor.id, reason, tick, now()],
  )
  if (stored.rowCount === 0) throw refuse('proposal.answered')
  if (plan && tick !== null) await storeJudgements(client, plan, { actId: proposal.actId, by: proposal, tick })
  await auditRow(client, {
    actor,
    action: actions[answer],
    subject: `act ${proposal.actId}`,
    detail: { reason, author: proposal.author },
    ...(tick === null ? {} : { tick }),
  })
  return tick
}

/** What the author saw is no condition of the confirmation: who confirms sees for themselves. */
export const withoutSeen = (act: Act): Act => {
  if (!('seen' in act)) return act
  const { seen: _, ...rest } = act
  return rest
}
