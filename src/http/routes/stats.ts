import {
  ByDepartmentAnswer,
  ByDivisionAnswer,
  ByDivisionQuery,
  ByMonthAnswer,
  ByMonthQuery,
  ByStageAnswer,
  GridsAnswer,
  GridsQuery,
  StatsQuery,
} from '#schemas/api/stats.ts'
import { listGrids } from '../../query/grids.ts'
import { statsByDepartment, statsByDivision, statsByMonth, statsByStage, sumOfFigures } from '../../query/stats.ts'
import { figureReaders } from '../access.ts'
import { defineRoute } from '../route.ts'

export const grids = defineRoute({
  id: 'listGrids',
  method: 'get',
  path: '/v1/grids',
  tag: 'grids',
  summary: { zh: '三级网格，及各网格的项目数与差额', en: 'The grid, with projects and gap of each node' },
  roles: figureReaders,
  query: GridsQuery,
  answer: GridsAnswer,
  handle: async ({ read, query }) => ({ items: await read((client) => listGrids(client, query.parent ?? null)) }),
})

export const byDivision = defineRoute({
  id: 'statsByDivision',
  method: 'get',
  path: '/v1/stats/by-division',
  tag: 'stats',
  summary: { zh: '按项目所在地统计', en: 'Figures by site' },
  roles: figureReaders,
  query: ByDivisionQuery,
  answer: ByDivisionAnswer,
  handle: async ({ read, actor, query }) => ({
    items: await read((client) => statsByDivision(client, actor, query.division, query.level)),
  }),
})

export const byStage = defineRoute({
  id: 'statsByStage',
  method: 'get',
  path: '/v1/stats/by-stage',
  tag: 'stats',
  summary: { zh: '按阶段统计', en: 'Figures by stage' },
  roles: figureReaders,
  query: StatsQuery,
  answer: ByStageAnswer,
  handle: async ({ read, actor, query }) => {
    const items = await read((client) => statsByStage(client, actor, query.division))
    return { items, total: sumOfFigures(items) }
  },
})

export const byDepartment = defineRoute({
  id: 'statsByDepartment',
  method: 'get',
  path: '/v1/stats/by-department',
  tag: 'stats',
  summary: { zh: '按供数单位统计', en: 'Figures by department' },
  roles: figureReaders,
  query: StatsQuery,
  answer: ByDepartmentAnswer,
  handle: async ({ read, actor, query }) => ({
    items: await read((client) => statsByDepartment(client, actor, query.division)),
  }),
})

export const byMonth = defineRoute({
  id: 'statsByMonth',
  method: 'get',
  path: '/v1/stats/by-month',
  tag: 'stats',
  summary: { zh: '按月份统计', en: 'Figures by month' },
  roles: figureReaders,
  query: ByMonthQuery,
  answer: ByMonthAnswer,
  handle: async ({ read, actor, query }) => ({
    items: await read((client) => statsByMonth(client, actor, query.division, query.from ?? null, query.to ?? null)),
  }),
})
