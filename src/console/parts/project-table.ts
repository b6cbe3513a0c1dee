import { html } from 'hono/html'
import type { ProjectSummary } from '#schemas/api/project.ts'
import { day, type Markup, wan } from './format.ts'
import { stageName } from './words.ts'

const gapCell = (project: ProjectSummary): Markup => {
  if (project.receivableFen === null) return html`<span class="unknown">未知</span>`
  return project.gapFen > 0n
    ? html`<strong class="owed">${wan(project.gapFen)}</strong>`
    : html`<span class="settled">无</span>`
}

/** Projects as rows; the whole row is the link. `extra`: one more column, of each project. */
export const projectTable = (
  projects: readonly ProjectSummary[],
  extra?: { readonly head: string; readonly cell: (project: ProjectSummary) => string },
): Markup => html`
<div class="wide"><table>
  <caption>金额单位：万元（悬停看元）</caption>
  <thead><tr><th class="name">项目</th><th class="n">未开票差额</th>${extra ? html`<th>${extra.head}</th>` : ''}<th>阶段</th><th>建设单位</th><th>施工单位</th><th class="n">合同额</th><th class="n">已完工</th><th class="n">净开票</th><th class="n">单位数</th><th>最近动态</th></tr></thead>
  <tbody>${projects.map(
    (project) => html`<tr class="row">
      <td><a href="/projects/${project.id}">${project.name}</a><br><span class="code nw">${project.projectCode ?? ''}</span></td>
      <td class="n">${gapCell(project)}</td>${extra ? html`<td>${extra.cell(project)}</td>` : ''}
      <td class="nw">${stageName(project.stage)}</td><td>${project.ownerName ?? ''}</td><td>${project.contractorNames}</td>
      <td class="n">${wan(project.contractFen)}</td><td class="n">${wan(project.workDoneFen)}</td><td class="n">${wan(project.netInvoicedFen)}</td>
      <td class="n">${project.departments}</td><td class="nw">${day(project.lastEventOn)}</td>
    </tr>`,
  )}</tbody>
</table></div>`
