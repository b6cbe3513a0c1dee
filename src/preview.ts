/**
 * What an act would change: its rows are written under numbers of their own, the link stage runs over them, positions are computed from what it left,
 * and all of it is rolled back. It is the code that will run when the act is done, on the same data, so it cannot disagree.
 */
import type { PoolClient } from 'pg'
import type { Effect } from '#schemas/api/act.ts'
import { type Position, positionJson, readPosition } from '#schemas/canonical/position.ts'
import { type Actor, scopeRange } from './access/actor.ts'
import { stageTick } from './db/stage-cursor.ts'
import { transaction } from './db/transaction.ts'
import { measure, type ProjectChange } from './effect.ts'
import { today } from './kernel/clock.ts'
import { partyId } from './kernel/opaque-id.ts'
import { linkWithin } from './link/run.ts'
import { emptyMemory, takeBack } from './link/stage/memory.ts'
import { type LinkChange, type Moved, movedBy } from './link/stage/moved.ts'
import type { Act } from './link/verbs/act.ts'
import { planAct } from './link/verbs/plan.ts'
import { signedBy, storeAct, storeJudgements } from './link/verbs/store.ts'
import type { PipelineDeps } from './pipeline.ts'
import { positionsNow } from './track/run.ts'

/** Projects looked at; where an act reaches more, it is told as wide and the rest is not computed. */
export const projectsMax = 1_000

export interface Preview {
  readonly effect: Omit<Effect, 'secondPerson'>
  /** What the changed projects would be, by number; null: gone. Numbers of new projects are those of a moment. */
  readonly positions: ReadonlyMap<bigint, string | null>
}

const storedPositions = async (client: PoolClient, ids: readonly bigint[]): Promise<Map<bigint, Position>> => {
  const { rows } = await client.query<{ id: bigint; body: string }>(
    'SELECT project_id AS id, body FROM position WHERE project_id = ANY ($1::bigint[])',
    [ids],
  )
  return new Map(rows.map((r) => [r.id, readPosition(r.body)]))
}

/** Which of these projects the actor sees: the list's own range test, since the pipeline's role is cut by no policy. */
const seenBy = async (client: PoolClient, actor: Actor, ids: readonly bigint[]): Promise<Set<bigint>> => {
  const { from, to } = scopeRange(actor.scopePrefix)
  const { rows } = await client.query<{ id: bigint }>(
    'SELECT DISTINCT project_id AS id FROM project_list WHERE project_id = ANY ($1::bigint[]) AND scope >= $2 AND scope < $3',
    [ids, from, to],
  )
  return new Set(rows.map((r) => r.id))
}

/** Projects whose position would be another, or gone, or new. */
const changesOf = async (
  client: PoolClient,
  touched: readonly bigint[],
  merged: Moved['merged'],
  actor: Actor,
): Promise<ProjectChange[]> => {
  const before = await storedPositions(client, touched)
  const after = await positionsNow(client, touched, today())
  const seen = await seenBy(client, actor, [...before.keys()])
  return touched.flatMap((id) => {
    const [was, is] = [before.get(id) ?? null, after.get(id) ?? null]
    if (was === null && is === null) return []
    if (was !== null && is !== null && positionJson(was) === positionJson(is)) return []
    return [
      {
        id,
        isNew: was === null,
        isHidden: was !== null && !seen.has(id),
        mergedInto: merged.get(id) ?? null,
        before: was,
        after: is,
      },
    ]
  })
}

const linked = (decision: string | null, registration: string | null): string | null =>
  decision === 'link' ? registration : null
const isRelinked = (link: LinkChange): boolean =>
  linked(link.decisionBefore, link.registrationBefore) !== linked(link.decision, link.registration)

const partyOf = (link: LinkChange): string => partyId.of(Buffer.from(link.text, 'hex'))

const linkTold = (link: LinkChange): Effect['links'][number] => ({
  party: partyOf(link),
  name: link.name,
  before:
    link.decisionBefore === null ? null : { decision: link.decisionBefore, registrationId: link.registrationBefore },
  after: {
    decision: link.decision,
    registrationId: link.registration,
    registrationName: link.registrationName,
    reason: link.reason,
  },
})

const previewOf = async (
  client: PoolClient,
  tick: bigint,
  touched: readonly bigint[],
  actor: Actor,
): Promise<Preview> => {
  const moved = await movedBy(client, tick)
  const looked = touched.slice(0, projectsMax)
  const changes = await changesOf(client, looked, moved.merged, actor)
  const measured = measure(changes, new Set(moved.links.filter(isRelinked).map(partyOf)))
  return {
    effect: {
      links: moved.links.map(linkTold),
      linksChanged: moved.linksChanged,
      ...measured,
      recordsMoved: moved.records,
      tiesMoved: moved.ties,
      truncated: touched.length > looked.length,
    },
    positions: new Map(changes.map(({ id, after }) => [id, after && positionJson(after)])),
  }
}

/** Thrown to take everything back; the preview has been read by then. */
class RolledBack extends Error {}

/**
 * Call it between advances, with stages that are up to date (`betweenAdvances`). Throws the codes of `planAct`.
 * @param actor whose sight decides which projects are told
 */
export const previewAct = async (deps: PipelineDeps, act: Act, actor: Actor): Promise<Preview> => {
  const memory = deps.linkMemory ?? emptyMemory()
  let preview: Preview | undefined
  try {
    await transaction(deps.db.pipeline, async (client) => {
      const from = await stageTick(client, 'link')
      const to = from + 1n
      const plan = await planAct(client, act)
      const by = signedBy(actor, 'preview')
      const actId = await storeAct(client, { plan, act, by, effect: null, tick: to }, true)
      await storeJudgements(client, plan, { actId, by, tick: to }, true)
      const touched = new Set<bigint>()
      const news = await linkWithin({ client, keyring: deps.keyring, from, to, touched, memory })
      takeBack(memory, news)
      const ordered = [...touched].sort((a, b) => (a < b ? -1 : 1))
      preview = await previewOf(client, to, ordered, actor)
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack) || preview === undefined) {
      // How far the register in memory came is not known.
      memory.held = null
      throw error
    }
  }
  return preview!
}
