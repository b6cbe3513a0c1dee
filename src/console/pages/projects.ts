import { html } from 'hono/html'
import { ProjectsQuery } from '#schemas/api/project.ts'
import { LifecycleStage } from '#schemas/canonical/position.ts'
import { taxStaff } from '../../http/access.ts'
import { defineRoute, page } from '../../http/route.ts'
import { elapsedMs } from '../../kernel/clock.ts'
import { listGrids } from '../../query/grids.ts'
import { listProjects } from '../../query/projects.ts'
import type { Markup } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { projectTable } from '../parts/project-table.ts'
import { departmentName, stageName } from '../parts/words.ts'

/** In a form money is said in 万元. */
const PageQuery = ProjectsQuery.omit({ gapMinFen: true }).extend({
  gapWan: ProjectsQuery.shape.limit.unwrap().max(100_000_000).optional(),
})

const option = (value: string, text: string, chosen: string | undefined): Markup =>
  html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`

const urlWith = (query: Record<string, unknown>, change: Record<string, string>): string => {
  const kept = Object.entries(query).filter(
    ([name, value]) =>
      value !== undefined &&
      name !== 'cursor' &&
      !(name === 'limit' && value === 50) &&
      !(name === 'sort' && value === 'gap'),
  )
  return `/projects?${new URLSearchParams([...kept.map(([name, value]): [string, string] => [name, String(value)]), ...Object.entries(change)])}`
}

export const projectsPage = defineRoute({
  id: 'page.projects',
  method: 'get',
  path: '/projects',
  tag: 'console',
  summary: { zh: '项目清单', en: 'Projects' },
  roles: taxStaff,
  contentType: 'text/html',
  query: PageQuery,
  problems: ['http.bad_cursor'],
  handle: async ({ read, actor, query, deps }) => {
    const startMs = elapsedMs()
    const { gapWan, ...rest } = query
    const asked = { ...rest, ...(gapWan === undefined ? {} : { gapMinFen: BigInt(gapWan) * 1_000_000n }) }
    const { found, grids } = await read(async (client) => {
      const [list, nodes] = await Promise.all([listProjects(client, actor, asked), listGrids(client, null)])
      return { found: list, grids: nodes }
    })
    const tookMs = Math.max(1, Math.round(elapsedMs() - startMs))
    const departments = [...new Set(deps.feeds.map((feed) => feed.department))]
    const main = html`<h1>${query.sort === 'gap' ? '哪些项目的发票落后于进度？' : '项目清单'}</h1>
    <form class="filters" role="search" method="get" action="/projects">
      <input type="search" name="q" value="${query.q ?? ''}" placeholder="项目、单位、代码；首字母 jslgz 也行（按 / 跳到这里）" aria-label="搜索">
      <label>在 <select name="division">${option('', '全部地区', query.division)}${grids.map((node) => option(node.code, node.name, query.division))}</select></label>
      <label>阶段 <select name="stage">${option('', '不限', query.stage)}${LifecycleStage.options.map((stage) => option(stage, stageName(stage), query.stage))}</select></label>
      <label>差额不低于 <input class="short" name="gapWan" inputmode="numeric" pattern="[0-9]*" value="${gapWan ?? ''}"> 万元</label>
      <label>施工单位 <input class="short" name="contractor" value="${query.contractor ?? ''}"></label>
      <label>有 <select name="department">${option('', '任一单位', query.department)}${departments.map((name) => option(name, departmentName(name), query.department))}</select> 的记录</label>
      <label>按 <select name="sort">${option('gap', '差额', query.sort)}${option('updated', '最近动态', query.sort)}${option('name', '名称', query.sort)}</select> 排列</label>
      ${query.taxpayerId ? html`<input type="hidden" name="taxpayerId" value="${query.taxpayerId}"><span class="chip">限一个纳税人参与的</span>` : ''}
      <button>查询</button><a href="/projects">清除</a>
    </form>
    ${found.items.length > 0 ? projectTable(found.items) : html`<p class="empty">没有符合条件的项目。可以少写几个字、放宽地区或差额，也可以<a href="/projects">看全部</a>。</p>`}
    <p class="more"><span>本页 ${found.items.length} 个，用时 ${tookMs} 毫秒</span>${found.nextCursor ? html`<a rel="next" href="${urlWith(query, { cursor: found.nextCursor })}">下一页 ›</a>` : ''}${query.cursor ? html`<a href="${urlWith(query, {})}">回到第一页</a>` : ''}</p>`
    return page(
      layout({ title: '项目', settings: deps.settings, actor, current: '/projects', script: 'list.js' }, main),
    )
  },
})
