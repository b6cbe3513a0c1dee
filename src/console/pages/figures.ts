import { html } from 'hono/html'
import { StatsQuery } from '#schemas/api/stats.ts'
import { figureReaders, taxStaff } from '../../http/access.ts'
import { defineRoute, page } from '../../http/route.ts'
import { today } from '../../kernel/clock.ts'
import {
  type ShownFigures,
  statsByDepartment,
  statsByDivision,
  statsByMonth,
  statsByStage,
  sumOfFigures,
} from '../../query/stats.ts'
import { count, type Markup, wan } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { departmentName, stageName } from '../parts/words.ts'

const figureHead = html`<th class="n">项目</th><th class="n">有差额</th><th class="n">未开票差额</th><th class="n">合同额</th><th class="n">已完工程价款</th><th class="n">应结算</th><th class="n">净开票额</th>`
const figureCells = (
  figures: ShownFigures,
): Markup => html`<td class="n">${count(figures.projects)}</td><td class="n">${count(figures.withGap)}</td>
  <td class="n">${figures.gapFen > 0n ? html`<strong class="owed">${wan(figures.gapFen)}</strong>` : wan(figures.gapFen)}</td><td class="n">${wan(figures.contractFen)}</td><td class="n">${wan(figures.workDoneFen)}</td><td class="n">${wan(figures.receivableFen)}</td><td class="n">${wan(figures.netInvoicedFen)}</td>`

const monthsShown = 24

export const figuresPage = defineRoute({
  id: 'page.figures',
  method: 'get',
  path: '/figures',
  tag: 'console',
  summary: { zh: '统计', en: 'Figures' },
  roles: figureReaders,
  contentType: 'text/html',
  query: StatsQuery,
  handle: async ({ read, actor, query, deps }) => {
    const from = `${Number(today().slice(0, 4)) - 2}-${today().slice(5, 7)}`
    const { divisions, stages, departments, months } = await read(async (client) => ({
      divisions: await statsByDivision(client, actor, query.division, 'county'),
      stages: await statsByStage(client, actor, query.division),
      departments: await statsByDepartment(client, actor, query.division),
      months: await statsByMonth(client, actor, query.division, from, today().slice(0, 7)),
    }))
    const maySeeProjects = (taxStaff as readonly string[]).includes(actor.role)
    const total = sumOfFigures(stages)
    const main = html`<h1>差额在哪里？</h1><p class="lead">金额单位：万元。项目按所在地计，跨地区的在各地区各计一次；合计每个项目只计一次。</p>
    <h2>按地区</h2><div class="wide"><table><thead><tr><th>地区</th>${figureHead}</tr></thead><tbody>${divisions.map(
      (row) =>
        html`<tr><td>${maySeeProjects ? html`<a href="/projects?division=${row.division}">${row.name ?? row.division}</a>` : (row.name ?? row.division)}</td>${figureCells(row)}</tr>`,
    )}<tr><td><strong>合计</strong></td>${figureCells(total)}</tr></tbody></table></div>
    <h2>按阶段</h2><div class="wide"><table><thead><tr><th>阶段</th>${figureHead}</tr></thead><tbody>${stages.map((row) => html`<tr><td>${stageName(row.stage)}</td>${figureCells(row)}</tr>`)}</tbody></table></div>
    <h2>按供数单位</h2><div class="wide"><table><thead><tr><th>单位</th><th class="n">涉及项目</th><th class="n">记录</th></tr></thead><tbody>${departments.map((row) => html`<tr><td>${departmentName(row.department)}</td><td class="n">${count(row.projects)}</td><td class="n">${count(row.records)}</td></tr>`)}</tbody></table></div>
    <h2>近 ${monthsShown} 个月</h2><div class="wide"><table><thead><tr><th>月份</th><th class="n">立项</th><th class="n">中标</th><th class="n">签约</th><th class="n">发票</th><th class="n">净开票额</th></tr></thead><tbody>${[
      ...months,
    ]
      .reverse()
      .map(
        (row) =>
          html`<tr><td>${row.month}</td><td class="n">${count(row.approvals)}</td><td class="n">${count(row.awards)}</td><td class="n">${count(row.contracts)}</td><td class="n">${count(row.invoices)}</td><td class="n">${wan(row.netInvoicedFen)}</td></tr>`,
      )}</tbody></table></div>`
    return page(layout({ title: '统计', settings: deps.settings, actor, current: '/figures' }, main))
  },
})
