import { z } from 'zod'
import { ActResult, DryRunQuery, MergeInput, SplitInput } from '#schemas/api/act.ts'
import { PageQuery, ProjectId } from '#schemas/api/fields.ts'
import {
  InvoicePage,
  NeighbourList,
  PairAnswer,
  PairQuery,
  PositionAnswer,
  PositionQuery,
  ProjectAnswer,
  ProjectPage,
  ProjectsQuery,
  TimelineAnswer,
} from '#schemas/api/project.ts'
import type { Queryable } from '../../db/transaction.ts'
import { projectId, recordId } from '../../kernel/opaque-id.ts'
import { isProjectVisible } from '../../query/identity.ts'
import { listInvoices } from '../../query/invoices.ts'
import { explainPair, neighboursOf } from '../../query/pairs.ts'
import {
  findProject,
  maskPosition,
  mergedProject,
  positionAsOf,
  positionNow,
  readPositionFor,
  tickAsOf,
} from '../../query/position.ts'
import { listProjects } from '../../query/projects.ts'
import { readTimeline } from '../../query/timeline.ts'
import { linkJudges, linkReaders, taxStaff } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute, Reply } from '../route.ts'
import { actStatuses, answered } from './acts.ts'

const Params = z.object({ projectId: ProjectId })
const notFound = ['http.not_found'] as const

/** The number behind an id that the schema let through. */
const numberOf = (id: string): bigint => projectId.numberOf(id) ?? 0n

export const requireVisible = async (client: Queryable, id: bigint): Promise<void> => {
  if (!(await isProjectVisible(client, id))) throw problemError('http.not_found')
}

export const projects = defineRoute({
  id: 'listProjects',
  method: 'get',
  path: '/v1/projects',
  tag: 'projects',
  summary: { zh: '查询项目', en: 'List projects' },
  roles: taxStaff,
  query: ProjectsQuery,
  answer: ProjectPage,
  problems: ['http.bad_cursor'],
  handle: async ({ read, actor, query }) =>
    ({ ...(await read((client) => listProjects(client, actor, query))) }) as z.input<typeof ProjectPage>,
})

export const project = defineRoute({
  id: 'getProject',
  method: 'get',
  path: '/v1/projects/{projectId}',
  tag: 'projects',
  summary: { zh: '项目全貌，及各记录为何是同一项目', en: 'A project, and why its records are one' },
  roles: taxStaff,
  params: Params,
  answer: ProjectAnswer,
  problems: notFound,
  handle: async ({ read, actor, params }) => {
    const id = numberOf(params.projectId)
    const found = await read((client) => findProject(client, actor, id))
    if (found) return found
    const into = await read((client) => mergedProject(client, id))
    if (into === null) throw problemError('http.not_found')
    return new Reply(308, { location: `/v1/projects/${projectId.of(into)}` })
  },
})

export const timeline = defineRoute({
  id: 'getTimeline',
  method: 'get',
  path: '/v1/projects/{projectId}/timeline',
  tag: 'projects',
  summary: {
    zh: '项目时间线：每个单位一条线，每条事实一个结',
    en: "A project's timeline: a lane for each department, a knot for each fact",
  },
  roles: taxStaff,
  params: Params,
  answer: TimelineAnswer,
  problems: notFound,
  handle: async ({ read, actor, params }) => {
    const id = numberOf(params.projectId)
    return read(async (client) => {
      await requireVisible(client, id)
      const [[row], lanes] = await Promise.all([positionNow(client, id), readTimeline(client, actor, id)])
      return { id: params.projectId, milestones: row ? readPositionFor(actor, row.body).milestones : [], ...lanes }
    })
  },
})

export const position = defineRoute({
  id: 'getPosition',
  method: 'get',
  path: '/v1/projects/{projectId}/position',
  tag: 'projects',
  summary: {
    zh: '某日所知（asOf）、某业务日期（on）的项目状态',
    en: "A project's position as known on a day, on a business date",
  },
  roles: taxStaff,
  params: Params,
  query: PositionQuery,
  answer: PositionAnswer,
  problems: [...notFound, 'project.as_of_dropped'],
  handle: async ({ read, actor, params, query, deps }) => {
    const id = numberOf(params.projectId)
    const asOf = query.asOf ?? null
    const on = query.on ?? null
    if (on === null) {
      // Row security shows the position only to who sees the project.
      const stored = await read((client) => positionAsOf(client, id, asOf))
      if (!stored?.body) throw problemError('http.not_found')
      return {
        id: params.projectId,
        asOf,
        on,
        tick: stored.tick.toString(),
        knownFromTick: stored.known_from?.toString() ?? null,
        position: readPositionFor(actor, stored.body),
      }
    }
    const tick = await read(async (client) => {
      await requireVisible(client, id)
      return tickAsOf(client, asOf)
    })
    const computed = await deps.positionOn(id, tick, on)
    if (!computed) throw problemError('http.not_found')
    return {
      id: params.projectId,
      asOf,
      on,
      tick: tick.toString(),
      knownFromTick: null,
      position: maskPosition(actor, computed),
    }
  },
})

export const invoices = defineRoute({
  id: 'listInvoices',
  method: 'get',
  path: '/v1/projects/{projectId}/invoices',
  tag: 'projects',
  summary: { zh: '归到项目的发票', en: 'Invoices tied to a project' },
  roles: taxStaff,
  params: Params,
  query: PageQuery,
  answer: InvoicePage,
  problems: ['http.not_found', 'http.bad_cursor'],
  handle: async ({ read, actor, params, query }) =>
    read(async (client) => {
      const id = numberOf(params.projectId)
      await requireVisible(client, id)
      return { ...(await listInvoices(client, actor, id, query.cursor, query.limit)) } as z.input<typeof InvoicePage>
    }),
})

export const recordHashOf = (record: string): Buffer => {
  const hash = recordId.hashOf(record)
  if (hash === null) throw problemError('judgement.unknown_record')
  return hash
}

export const pair = defineRoute({
  id: 'explainPair',
  method: 'get',
  path: '/v1/projects/{projectId}/pair',
  tag: 'projects',
  summary: {
    zh: '两条记录为何是（不是）同一项目：逐项比较、分块规则、所经的关联、什么会改变结论',
    en: 'Why two records are, or are not, one project: comparisons, blocking rules, the way between, what would change it',
  },
  roles: linkReaders,
  params: Params,
  query: PairQuery,
  answer: PairAnswer,
  problems: ['http.not_found', 'judgement.unknown_record'],
  handle: async ({ read, actor, params, query }) => {
    const found = await read(async (client) => {
      await requireVisible(client, numberOf(params.projectId))
      return explainPair(client, actor, recordHashOf(query.record), recordHashOf(query.other))
    })
    if (!found?.records.some((record) => record.project === params.projectId)) throw problemError('http.not_found')
    return found
  },
})

export const neighbours = defineRoute({
  id: 'listNeighbours',
  method: 'get',
  path: '/v1/projects/{projectId}/neighbours',
  tag: 'projects',
  summary: {
    zh: '与本项目最相近的其他项目，及各自为何不是同一项目',
    en: 'Other projects nearest to this one, and by what',
  },
  roles: linkReaders,
  params: Params,
  answer: NeighbourList,
  problems: notFound,
  handle: ({ read, params }) =>
    read(async (client) => {
      await requireVisible(client, numberOf(params.projectId))
      return { items: await neighboursOf(client, numberOf(params.projectId), 20) }
    }),
})

const regroupProblems = [
  'http.not_found',
  'judgement.unknown_project',
  'judgement.already_judged',
  'judgement.already_proposed',
  'judgement.conflict',
  'judgement.too_many_pairs',
] as const
export const mergeProblems = [...regroupProblems, 'judgement.same_project'] as const
export const splitProblems = [...regroupProblems, 'judgement.unknown_record', 'judgement.nothing_to_split'] as const

/** Row security does not reach the verb: a project that the actor does not see is as if it were not there. */
export const requireKnown = async (client: Queryable, id: string): Promise<void> => {
  if (!(await isProjectVisible(client, numberOf(id)))) throw problemError('judgement.unknown_project')
}

export const merge = defineRoute({
  id: 'mergeProjects',
  method: 'post',
  path: '/v1/projects/{projectId}/merge',
  tag: 'projects',
  summary: {
    zh: '认定两个项目是同一个；dryRun=true 只预览；变动大的等待第二人确认',
    en: 'Judge two projects to be one; dryRun=true tells what it would change; large ones wait for a second person',
  },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  query: DryRunQuery,
  body: MergeInput,
  answer: ActResult,
  status: 201,
  otherStatus: actStatuses,
  problems: mergeProblems,
  handle: async ({ read, actor, params, query, body, deps }) => {
    await read(async (client) => {
      await requireVisible(client, numberOf(params.projectId))
      await requireKnown(client, body.other)
    })
    const [project, other] = [params.projectId, body.other].map((id) => numberOf(id).toString())
    const act = { verb: 'merge', project: project!, other: other! } as const
    const result = await deps.verbs.act({ act, reason: body.reason, dryRun: query.dryRun }, actor)
    return answered(result.state, result)
  },
})

export const split = defineRoute({
  id: 'splitProject',
  method: 'post',
  path: '/v1/projects/{projectId}/split',
  tag: 'projects',
  summary: {
    zh: '把一条或几条记录从项目中分出去；dryRun=true 只预览；变动大的等待第二人确认',
    en: 'Part records from a project; dryRun=true tells what it would change; large ones wait for a second person',
  },
  roles: linkJudges,
  audit: 'verb',
  params: Params,
  query: DryRunQuery,
  body: SplitInput,
  answer: ActResult,
  status: 201,
  otherStatus: actStatuses,
  problems: splitProblems,
  handle: async ({ read, actor, params, query, body, deps }) => {
    await read((client) => requireVisible(client, numberOf(params.projectId)))
    const records = body.records.map((record) => recordHashOf(record).toString('hex'))
    const act = { verb: 'split', project: numberOf(params.projectId).toString(), records } as const
    const result = await deps.verbs.act({ act, reason: body.reason, dryRun: query.dryRun }, actor)
    return answered(result.state, result)
  },
})
