import { z } from 'zod'
import { PageQuery, ProjectId } from '#schemas/api/fields.ts'
import {
  InvoicePage,
  PositionAnswer,
  PositionQuery,
  ProjectAnswer,
  ProjectPage,
  ProjectsQuery,
  TimelineAnswer,
} from '#schemas/api/project.ts'
import type { Queryable } from '../../db/transaction.ts'
import { projectId } from '../../kernel/opaque-id.ts'
import { isProjectVisible } from '../../query/identity.ts'
import { listInvoices } from '../../query/invoices.ts'
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
import { taxStaff } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute, Reply } from '../route.ts'

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
