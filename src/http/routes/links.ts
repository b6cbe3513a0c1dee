import { z } from 'zod'
import { PartyId } from '#schemas/api/fields.ts'
import { JudgementAnswer, JudgementInput, LinkAnswer, LinkPage, LinksQuery } from '#schemas/api/link.ts'
import { partyId } from '../../kernel/opaque-id.ts'
import { explainLink, findLinkItem, listLinks } from '../../query/links.ts'
import { linkJudges, linkReaders } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute } from '../route.ts'

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

export const judgement = defineRoute({
  id: 'judgeLink',
  method: 'post',
  path: '/v1/links/{party}/judgement',
  tag: 'links',
  summary: { zh: '人工认定，或撤销一条认定', en: 'Judge a link, or undo a judgement' },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  body: JudgementInput,
  answer: JudgementAnswer,
  status: 201,
  problems: [
    'http.not_found',
    'judgement.unknown_party',
    'judgement.unknown_registration',
    'judgement.unknown',
    'judgement.already_undone',
  ],
  handle: async ({ read, actor, params, body, deps }) => {
    const textHash = textHashOf(params.party)
    // Row security does not reach the verb: who may not see the party may not judge it.
    if (!(await read((client) => findLinkItem(client, actor, textHash)))) throw problemError('http.not_found')
    const { judgementId, tick } = await deps.verbs.judge({ ...body, textHash }, actor)
    return {
      judgementId: judgementId.toString(),
      tick: tick.toString(),
      link: await read((client) => findLinkItem(client, actor, textHash)),
    }
  },
})
