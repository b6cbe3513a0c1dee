import { z } from 'zod'
import { DryRunQuery } from '#schemas/api/act.ts'
import { PartyId } from '#schemas/api/fields.ts'
import { JudgementAnswer, JudgementInput, LinkAnswer, LinkPage, LinksQuery } from '#schemas/api/link.ts'
import { partyId } from '../../kernel/opaque-id.ts'
import { judgementAct } from '../../link/verbs/act.ts'
import { explainLink, findLinkItem, listLinks } from '../../query/links.ts'
import { linkJudges, linkReaders } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute } from '../route.ts'
import { actStatuses, answered } from './acts.ts'

const Params = z.object({ party: PartyId })

export const textHashOf = (party: string): Buffer => {
  const hash = partyId.hashOf(party)
  if (hash === null) throw problemError('http.not_found')
  return hash
}

export const links = defineRoute({
  id: 'listLinks',
  method: 'get',
  path: '/v1/links',
  tag: 'links',
  summary: {
    zh: '当事方与税务登记的关联；待核实的按可消除的不确定性排列',
    en: 'Links of parties to registrations; unsure ones by how much an answer tells',
  },
  roles: linkReaders,
  query: LinksQuery,
  answer: LinkPage,
  problems: ['http.bad_cursor'],
  handle: async ({ read, actor, query }) =>
    ({ ...(await read((client) => listLinks(client, actor, query))) }) as z.input<typeof LinkPage>,
})

export const link = defineRoute({
  id: 'getLink',
  method: 'get',
  path: '/v1/links/{party}',
  tag: 'links',
  summary: { zh: '关联的依据、候选与认定', en: 'Why a link stands: evidence, candidates, judgements' },
  roles: linkReaders,
  params: Params,
  answer: LinkAnswer,
  problems: ['http.not_found'],
  handle: async ({ read, actor, params }) => {
    const found = await read((client) => explainLink(client, actor, textHashOf(params.party)))
    if (!found) throw problemError('http.not_found')
    return found
  },
})

/** What judging and its undo can be refused for. */
export const judgementProblems = [
  'http.not_found',
  'judgement.unknown_party',
  'judgement.unknown_registration',
  'judgement.unknown',
  'judgement.already_undone',
  'judgement.already_judged',
  'judgement.already_proposed',
  'judgement.conflict',
  'judgement.stale',
  'judgement.bad_alias',
] as const

export const judgement = defineRoute({
  id: 'judgeLink',
  method: 'post',
  path: '/v1/links/{party}/judgement',
  tag: 'links',
  summary: {
    zh: '人工认定，或撤销一条认定；dryRun=true 只预览会改变什么；变动大的等待第二人确认',
    en: 'Judge a link, or undo a judgement; dryRun=true tells what it would change; large ones wait for a second person',
  },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  query: DryRunQuery,
  body: JudgementInput,
  answer: JudgementAnswer,
  status: 201,
  otherStatus: actStatuses,
  problems: judgementProblems,
  handle: async ({ read, actor, params, query, body, deps }) => {
    const textHash = textHashOf(params.party)
    // Row security does not reach the verb: who may not see the party may not judge it.
    if (!(await read((client) => findLinkItem(client, actor, textHash)))) throw problemError('http.not_found')
    const act = judgementAct({ ...body, textHash: textHash.toString('hex') })
    const result = await deps.verbs.act({ act, reason: body.reason, dryRun: query.dryRun }, actor)
    return answered(result.state, { ...result, link: await read((client) => findLinkItem(client, actor, textHash)) })
  },
})
