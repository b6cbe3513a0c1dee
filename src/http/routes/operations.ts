import { z } from 'zod'
import { Day, FeedId, RunId } from '#schemas/api/fields.ts'
import {
  HoldAnswer,
  HoldInput,
  ImportsQuery,
  QuarantinePage,
  QuarantineQuery,
  RunAnswer,
  RunPage,
  SourcesAnswer,
  StartedImport,
  StartImport,
} from '#schemas/api/import.ts'
import { QualityAnswer, QualityQuery } from '#schemas/api/quality.ts'
import {
  ArrivalPage,
  ArrivalsQuery,
  ExcuseAnswer,
  ExcuseInput,
  MessagePage,
  MessagesQuery,
  SchedulesAnswer,
  SchedulesQuery,
} from '#schemas/api/schedule.ts'
import { listArrivals, listMessages } from '../../query/arrivals.ts'
import { findRun, listRuns } from '../../query/imports.ts'
import { qualityOf } from '../../query/quality.ts'
import { listQuarantine } from '../../query/quarantine.ts'
import { listSchedules } from '../../query/schedules.ts'
import { listSources } from '../../query/sources.ts'
import { importStarters, operations, quarantineReaders } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute } from '../route.ts'

export const imports = defineRoute({
  id: 'listImports',
  method: 'get',
  path: '/v1/imports',
  tag: 'operations',
  summary: { zh: '导入记录', en: 'Runs of imports' },
  roles: operations,
  query: ImportsQuery,
  answer: RunPage,
  problems: ['http.bad_cursor'],
  handle: async ({ query, deps }) => ({ ...(await listRuns(deps.db.pipeline, query)) }) as z.input<typeof RunPage>,
})

export const startImport = defineRoute({
  id: 'startImport',
  method: 'post',
  path: '/v1/imports',
  tag: 'operations',
  summary: { zh: '立即导入', en: 'Start an import' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  body: StartImport,
  answer: StartedImport,
  status: 202,
  problems: [
    'import.unknown_source',
    'import.already_running',
    'import.not_pulled',
    'import.bad_range',
    'import.range_too_long',
    'import.unordered_range',
  ],
  handle: async ({ body, actor, deps }) => ({
    runIds: [...(await deps.verbs.startImport(body, actor)).runIds],
    dryRun: body.dryRun,
  }),
})

export const importRun = defineRoute({
  id: 'getImport',
  method: 'get',
  path: '/v1/imports/{runId}',
  tag: 'operations',
  summary: { zh: '一次导入：对账、问题数据、结构变化', en: 'A run: reconciliation, quarantine, drift' },
  roles: operations,
  params: z.object({ runId: RunId }),
  answer: RunAnswer,
  problems: ['http.not_found'],
  handle: async ({ params, actor, deps }) => {
    const found = await findRun(deps.db.pipeline, actor.role, params.runId)
    if (!found) throw problemError('http.not_found')
    return found
  },
})

export const decideHold = defineRoute({
  id: 'decideHold',
  method: 'post',
  path: '/v1/batches/{batchId}/hold',
  tag: 'operations',
  summary: { zh: '放行或拒收暂扣的批次', en: 'Release or refuse a held delivery' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  params: z.object({ batchId: z.string().regex(/^[1-9]\d{0,17}$/) }),
  body: HoldInput,
  answer: HoldAnswer,
  problems: ['landing.not_held', 'landing.release_order'],
  handle: async ({ params, body, actor, deps }) => {
    await deps.verbs.decideHold({ batchId: BigInt(params.batchId), ...body }, actor)
    return { batchId: params.batchId, decision: body.decision }
  },
})

export const sources = defineRoute({
  id: 'listSources',
  method: 'get',
  path: '/v1/sources',
  tag: 'operations',
  summary: { zh: '数据资源及其现状', en: 'Feeds and how they stand' },
  roles: operations,
  answer: SourcesAnswer,
  handle: async ({ deps }) => ({ items: await listSources(deps.db.pipeline, deps.feeds) }),
})

export const schedules = defineRoute({
  id: 'listSchedules',
  method: 'get',
  path: '/v1/schedules',
  tag: 'operations',
  summary: { zh: '计划任务', en: 'Schedules' },
  roles: operations,
  query: SchedulesQuery,
  answer: SchedulesAnswer,
  handle: async ({ query, deps }) => ({ items: await listSchedules(deps.db.pipeline, query.next) }),
})

export const arrivals = defineRoute({
  id: 'listArrivals',
  method: 'get',
  path: '/v1/arrivals',
  tag: 'operations',
  summary: { zh: '到数情况：应报日及其状态', en: 'Source-days: what was owed and what came' },
  roles: operations,
  query: ArrivalsQuery,
  answer: ArrivalPage,
  problems: ['http.bad_cursor'],
  handle: async ({ query, deps }) =>
    ({ ...(await listArrivals(deps.db.pipeline, query)) }) as z.input<typeof ArrivalPage>,
})

export const excuse = defineRoute({
  id: 'excuseArrival',
  method: 'post',
  path: '/v1/arrivals/{feed}/{day}/excuse',
  tag: 'operations',
  summary: { zh: '免报某个应报日', en: 'Excuse a source-day' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  params: z.object({ feed: FeedId, day: Day }),
  body: ExcuseInput,
  answer: ExcuseAnswer,
  problems: ['arrival.not_open'],
  handle: async ({ params, body, actor, deps }) => {
    await deps.verbs.excuseDay({ ...params, ...body }, actor)
    return { ...params, state: 'excused' as const }
  },
})

export const messages = defineRoute({
  id: 'listMessages',
  method: 'get',
  path: '/v1/messages',
  tag: 'operations',
  summary: { zh: '逾期与恢复的消息', en: 'Messages of late and recovered feeds' },
  roles: operations,
  query: MessagesQuery,
  answer: MessagePage,
  problems: ['http.bad_cursor'],
  handle: async ({ query, deps }) =>
    ({ ...(await listMessages(deps.db.pipeline, query)) }) as z.input<typeof MessagePage>,
})

export const quarantine = defineRoute({
  id: 'listQuarantine',
  method: 'get',
  path: '/v1/quarantine',
  tag: 'operations',
  summary: { zh: '问题数据', en: 'Rows that could not be taken in' },
  roles: quarantineReaders,
  query: QuarantineQuery,
  answer: QuarantinePage,
  problems: ['http.bad_cursor'],
  handle: async ({ query, actor, deps }) =>
    ({ ...(await listQuarantine(deps.db.pipeline, actor.role, query)) }) as z.input<typeof QuarantinePage>,
})

export const quality = defineRoute({
  id: 'getQuality',
  method: 'get',
  path: '/v1/quality',
  tag: 'operations',
  summary: { zh: '数据质量：填报率、可用率、及时性、结构变化', en: 'Quality: fill, validity, timeliness, drift' },
  roles: operations,
  query: QualityQuery,
  answer: QualityAnswer,
  handle: ({ query, deps }) => qualityOf(deps.db.pipeline, query),
})
