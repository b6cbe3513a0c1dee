/**
 * A person's act from the question to its effect: what it would change is computed first, since that decides whether another person must confirm it.
 * Nobody advances in between, so what was shown is what happens.
 */
import type { ActResult, Effect } from '#schemas/api/act.ts'
import type { Actor } from './access/actor.ts'
import { auditRow } from './access/audit.ts'
import { transaction } from './db/transaction.ts'
import { type Act, refuse } from './link/verbs/act.ts'
import { carryOut } from './link/verbs/judge.ts'
import { planAct } from './link/verbs/plan.ts'
import {
  type Answer,
  answerProposal,
  checkAnswerer,
  openProposal,
  propose,
  withoutSeen,
} from './link/verbs/proposals.ts'
import { signedBy } from './link/verbs/store.ts'
import { betweenAdvances, type PipelineDeps } from './pipeline.ts'
import { previewAct } from './preview.ts'

export interface ActDeps extends PipelineDeps {
  /** An act that moves this much, in 分, needs a second person. */
  readonly secondPersonFromFen: bigint
}

export interface AskedAct {
  readonly act: Act
  readonly reason: string
  readonly actor: Actor
  readonly dryRun: boolean
}

export interface AskedAnswer {
  readonly actId: bigint
  readonly answer: Answer
  readonly reason: string
  readonly actor: Actor
  readonly dryRun: boolean
}

/** What an act weighs: much money, projects that its author does not see, or more projects than are looked at. */
const secondPerson = (deps: ActDeps, effect: Omit<Effect, 'secondPerson'>): Effect['secondPerson'] => [
  ...(effect.movedFen >= deps.secondPersonFromFen ? (['amount'] as const) : []),
  ...(effect.projectsHidden > 0 ? (['scope'] as const) : []),
  ...(effect.truncated ? (['wide'] as const) : []),
]

const effectOf = async (deps: ActDeps, act: Act, actor: Actor): Promise<Effect> => {
  const { effect } = await previewAct(deps, act, actor)
  return { ...effect, secondPerson: secondPerson(deps, effect) }
}

/** What is kept of an effect with the act: figures, no names. */
const kept = (effect: Effect) => ({
  links: effect.linksChanged,
  projects: effect.projectsChanged,
  records: effect.recordsMoved,
  ties: effect.tiesMoved,
  movedFen: effect.movedFen.toString(),
  secondPerson: effect.secondPerson,
})

/** Who looks at what an act would change reads tax figures: that is audited like any read. */
const previewed = async (deps: ActDeps, actor: Actor, subject: string, effect: Effect): Promise<ActResult> => {
  await auditRow(deps.db.pipeline, { actor, action: 'act.preview', subject, detail: kept(effect) })
  return { state: 'previewed', act: null, judgementId: null, tick: null, effect }
}

/**
 * Does an act, proposes it where it needs a second person, or only tells what it would change. Answers when everything that hangs on it is redone.
 * Throws `judgement.*`.
 */
export const performAct = (deps: ActDeps, { act, reason, actor, dryRun }: AskedAct): Promise<ActResult> =>
  betweenAdvances(deps, async (advanceAgain): Promise<ActResult> => {
    const effect = await effectOf(deps, act, actor)
    if (dryRun) return previewed(deps, actor, act.verb, effect)
    const said = { act, by: signedBy(actor, reason), actor, effect: kept(effect) }
    if (effect.secondPerson.length > 0) {
      const id = await transaction(deps.db.pipeline, async (client) =>
        propose(client, await planAct(client, act), said),
      )
      return { state: 'proposed', act: id.toString(), judgementId: null, tick: null, effect }
    }
    const done = await transaction(deps.db.pipeline, async (client) =>
      carryOut(client, await planAct(client, act), said),
    )
    await advanceAgain()
    return {
      state: 'done',
      act: done.actId.toString(),
      judgementId: done.judgementId.toString(),
      tick: done.tick.toString(),
      effect,
    }
  })

/**
 * Answers a proposal; with `dryRun` tells what confirming it would change now. Whoever confirms sees every project that it changes.
 * Throws `proposal.*`, `judgement.out_of_scope`, and the codes of the act.
 */
export const answerAct = (deps: ActDeps, { actId, answer, reason, actor, dryRun }: AskedAnswer) =>
  betweenAdvances(deps, async (advanceAgain): Promise<ActResult | null> => {
    const proposal = await transaction(deps.db.pipeline, (client) => openProposal(client, actId))
    if (!dryRun) checkAnswerer(proposal, answer, actor)
    const effect = answer === 'confirmed' || dryRun ? await effectOf(deps, withoutSeen(proposal.act), actor) : null
    if (dryRun && effect) return previewed(deps, actor, `act ${actId}`, effect)
    if (effect && effect.projectsHidden > 0) throw refuse('judgement.out_of_scope')
    const tick = await transaction(deps.db.pipeline, (client) =>
      answerProposal(client, proposal, { answer, reason, actor }),
    )
    if (effect === null) return null
    await advanceAgain()
    return { state: 'done', act: actId.toString(), judgementId: null, tick: tick?.toString() ?? null, effect }
  })
