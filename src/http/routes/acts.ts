/** Acts on links and projects: what waits for a second person, their answer, and undoing. */
import { z } from 'zod'
import { ActId, ActItem, ActPage, ActResult, ActsQuery, AnswerInput, DryRunQuery, UndoInput } from '#schemas/api/act.ts'
import { findAct, listActs } from '../../query/acts.ts'
import { isAliasVisible } from '../../query/aliases.ts'
import { linkJudges, linkReaders } from '../access.ts'
import { jsonText } from '../answer.ts'
import { problemError } from '../problem.ts'
import { defineRoute, Reply } from '../route.ts'

const Params = z.object({ actId: ActId })

/** Statuses beside 201 with the same answer. */
export const actStatuses = {
  200: { zh: '只是预览，没有写入', en: 'told only, nothing is written' },
  202: { zh: '已列为提议，等待第二人确认', en: 'proposed: waits for a second person' },
} as const

/** The answer of an act with the status of what came of it. */
export const answered = (state: ActResult['state'] | undefined, body: unknown): Reply =>
  new Reply(
    state === 'previewed' ? 200 : state === 'proposed' ? 202 : 201,
    { 'content-type': 'application/json; charset=utf-8' },
    jsonText(body),
  )

export const acts = defineRoute({
  id: 'listActs',
  method: 'get',
  path: '/v1/acts',
  tag: 'acts',
  summary: {
    zh: '人工认定：等待第二人确认的，或全部',
    en: 'Acts of people: those that wait for a second person, or all',
  },
  roles: linkReaders,
  query: ActsQuery,
  answer: ActPage,
  problems: ['http.bad_cursor'],
  handle: async ({ read, actor, query }) =>
    ({ ...(await read((client) => listActs(client, actor, query))) }) as z.input<typeof ActPage>,
})

export const act = defineRoute({
  id: 'getAct',
  method: 'get',
  path: '/v1/acts/{actId}',
  tag: 'acts',
  summary: { zh: '一条人工认定', en: 'One act' },
  roles: linkReaders,
  params: Params,
  answer: ActItem,
  problems: ['http.not_found'],
  handle: async ({ read, actor, params }) => {
    const found = await read((client) => findAct(client, actor, BigInt(params.actId)))
    if (!found) throw problemError('http.not_found')
    return found
  },
})

/** What an act that is done late can be refused for: the world has moved on since it was proposed. */
export const answerProblems = [
  'http.not_found',
  'proposal.unknown',
  'proposal.answered',
  'proposal.same_person',
  'proposal.not_yours',
  'judgement.out_of_scope',
  'judgement.unknown_party',
  'judgement.unknown_registration',
  'judgement.unknown_project',
  'judgement.unknown_record',
  'judgement.unknown',
  'judgement.already_judged',
  'judgement.already_undone',
  'judgement.conflict',
  'judgement.nothing_to_split',
  'judgement.too_many_pairs',
  'judgement.bad_alias',
] as const

export const answer = defineRoute({
  id: 'answerAct',
  method: 'post',
  path: '/v1/acts/{actId}/answer',
  tag: 'acts',
  summary: {
    zh: '确认、否决或收回一个提议；dryRun=true 只预览确认后会改变什么',
    en: 'Confirm, decline or withdraw a proposal; dryRun=true tells what confirming it would change',
  },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  query: DryRunQuery,
  body: AnswerInput,
  answer: z.object({ act: ActItem, result: ActResult.nullable().describe('空：没有改变什么') }),
  status: 201,
  otherStatus: actStatuses,
  problems: answerProblems,
  handle: async ({ read, actor, params, query, body, deps }) => {
    const actId = BigInt(params.actId)
    const seen = () => read((client) => findAct(client, actor, actId))
    if (!(await seen())) throw problemError('http.not_found')
    const result = await deps.verbs.answer({ actId, ...body, dryRun: query.dryRun }, actor)
    return answered(result?.state, { act: await seen(), result })
  },
})

export const undoProblems = [
  'http.not_found',
  'judgement.unknown',
  'judgement.already_undone',
  'judgement.already_proposed',
] as const

export const undo = defineRoute({
  id: 'undoAct',
  method: 'post',
  path: '/v1/acts/{actId}/undo',
  tag: 'acts',
  summary: { zh: '撤销一条认定；dryRun=true 只预览', en: 'Undo an act; dryRun=true tells what that would change' },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  query: DryRunQuery,
  body: UndoInput,
  answer: ActResult,
  status: 201,
  otherStatus: actStatuses,
  problems: undoProblems,
  handle: async ({ read, actor, params, query, body, deps }) => {
    if (!(await read((client) => findAct(client, actor, BigInt(params.actId))))) throw problemError('http.not_found')
    const asked = { verb: 'undo', act: params.actId } as const
    const result = await deps.verbs.act({ act: asked, reason: body.reason, dryRun: query.dryRun }, actor)
    return answered(result.state, result)
  },
})

export const endAlias = defineRoute({
  id: 'endAlias',
  method: 'post',
  path: '/v1/aliases/{aliasId}/end',
  tag: 'acts',
  summary: { zh: '收回一个别名，随即不再作为依据', en: 'Take back an alias: it stops being evidence' },
  roles: linkJudges,
  audit: 'verb',
  params: z.object({ aliasId: ActId }),
  body: UndoInput,
  answer: z.object({ id: ActId, living: z.boolean() }),
  problems: ['http.not_found', 'alias.unknown'],
  handle: async ({ read, actor, params, body, deps }) => {
    const aliasId = BigInt(params.aliasId)
    if (!(await read((client) => isAliasVisible(client, aliasId)))) throw problemError('http.not_found')
    await deps.verbs.endAlias({ aliasId, reason: body.reason }, actor)
    return { id: params.aliasId, living: false }
  },
})
