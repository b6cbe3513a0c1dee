/** What an act would change, before it is done: how much, which projects, which links. */
import { html } from 'hono/html'
import type { Effect, EffectProject, ProjectSide, Sums } from '#schemas/api/act.ts'
import { secondPersonReason } from './act-words.ts'
import { count, type Markup, wan } from './format.ts'
import { decisionName, linkReason, stageName } from './words.ts'

const steps = [
  ['contractFen', '合同额'],
  ['workDoneFen', '已完工程价款'],
  ['receivableFen', '应结算'],
  ['netInvoicedFen', '净开票额'],
  ['gapFen', '未开票'],
] as const satisfies readonly (readonly [keyof Sums, string])[]

const arrow = html`<span class="arrow" aria-label="变为">→</span>`

/** One figure where nothing changes, two where it does; a project that is not there has none. */
const twoSums = (before: Sums | undefined, after: Sums | undefined, step: keyof Sums): Markup => {
  const [was, is] = [before?.[step] ?? null, after?.[step] ?? null]
  if (before && after)
    return String(was) === String(is)
      ? html`<span class="soft">${wan(is)}</span>`
      : html`${wan(was)} ${arrow} <strong>${wan(is)}</strong>`
  return before ? html`<s>${wan(was)}</s>` : html`<strong>${wan(is)}</strong>`
}

const twoCounts = (before: number | undefined, after: number | undefined): Markup =>
  before === after
    ? html`<span class="soft">${count(after ?? 0)}</span>`
    : html`${before === undefined ? '' : html`${count(before)} ${after === undefined ? '' : arrow} `}${after === undefined ? '' : html`<strong>${count(after)}</strong>`}`

const hasSameFigures = (before: ProjectSide, after: ProjectSide): boolean =>
  before.records === after.records &&
  before.invoices === after.invoices &&
  steps.every(([step]) => String(before.sums[step]) === String(after.sums[step]))

const whatHappens = ({ id, before, after, mergedInto }: EffectProject): Markup => {
  if (before === null || id === null) return html`<span class="chip settled">新立项目</span>`
  if (after === null) return html`<span class="chip doubt">${mergedInto ? `并入 ${mergedInto}` : '不再存在'}</span>`
  if (before.stage === after.stage)
    return html`<span class="soft">${hasSameFigures(before, after) ? '当事方或佐证' : '金额或记录'}</span>`
  return html`${stageName(before.stage)} ${arrow} ${stageName(after.stage)}`
}

const nameOf = ({ id, before, after }: EffectProject): Markup => {
  const { name } = (after ?? before) as ProjectSide
  return id === null ? html`${name}` : html`<a href="/projects/${id}">${name}</a> <small class="code">${id}</small>`
}

const projectsTable = (effect: Effect): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元；黑体是变动后，灰色未变</caption>
  <thead><tr><th class="name">项目</th><th>变化</th><th class="n">记录</th><th class="n">发票</th>${steps.map(([, title]) => html`<th class="n">${title}</th>`)}</tr></thead>
  <tbody>${effect.projects.map(
    (project) => html`<tr><td>${nameOf(project)}</td><td class="nw">${whatHappens(project)}</td>
    <td class="n">${twoCounts(project.before?.records, project.after?.records)}</td><td class="n">${twoCounts(project.before?.invoices, project.after?.invoices)}</td>
    ${steps.map(([step]) => html`<td class="n">${twoSums(project.before?.sums, project.after?.sums, step)}</td>`)}</tr>`,
  )}</tbody>
  <tfoot><tr><th>${effect.projectsChanged > effect.projects.length ? `全部 ${count(effect.projectsChanged)} 个项目合计` : '合计'}</th><td></td><td></td><td></td>${steps.map(([step]) => html`<td class="n">${twoSums(effect.before, effect.after, step)}</td>`)}</tr></tfoot></table></div>`

const linksTable = (effect: Effect): Markup => html`<div class="wide"><table>
  <thead><tr><th>记录中的名称</th><th>此前</th><th>此后</th><th>登记</th><th>理由</th></tr></thead>
  <tbody>${effect.links.map(
    (
      link,
    ) => html`<tr><td><a href="/links/${link.party}">${link.name}</a></td><td class="nw">${decisionName(link.before?.decision ?? 'none')} <small class="code">${link.before?.registrationId ?? ''}</small></td>
    <td class="nw"><strong>${decisionName(link.after.decision)}</strong> <small class="code">${link.after.registrationId ?? ''}</small></td><td>${link.after.registrationName ?? ''}</td><td>${linkReason(link.after.reason)}</td></tr>`,
  )}</tbody></table></div>`

const said = (effect: Effect): readonly string[] => [
  ...(effect.projectsChanged > 0
    ? [`${effect.truncated ? '至少 ' : ''}${count(effect.projectsChanged)} 个项目的状态`]
    : []),
  ...(effect.recordsMoved > 0 ? [`${count(effect.recordsMoved)} 条记录的归属`] : []),
  ...(effect.tiesMoved > 0 ? [`${count(effect.tiesMoved)} 种发票、报告写法的归属`] : []),
  ...(effect.linksChanged > 0 ? [`${count(effect.linksChanged)} 条当事方关联`] : []),
]

/** The whole preview; what lies outside the reader's area is counted, not told. `isProposed`: that it needs a second person is said already. */
export const effectView = (effect: Effect, isProposed = false): Markup => {
  const changes = said(effect)
  return html`<p class="lead">${changes.length > 0 ? html`将改变 ${changes.join('、')}；变动金额 <strong>${wan(effect.movedFen)}</strong> 万元。` : '不改变任何项目与关联，只留下认定记录。'}</p>
  ${effect.secondPerson.length > 0 && !isProposed ? html`<p class="notice" role="note"><strong>须第二人确认</strong>：${effect.secondPerson.map(secondPersonReason).join('；')}。提交后列入待核实，由另一位数据管理员确认后生效。</p>` : ''}
  ${effect.projects.length > 0 ? projectsTable(effect) : ''}
  ${effect.projectsHidden > 0 ? html`<p class="legend">另有 ${count(effect.projectsHidden)} 个项目在您的辖区以外，不列出；合计已包括它们。</p>` : ''}
  ${effect.links.length > 0 ? html`<h2>当事方关联</h2>${linksTable(effect)}` : ''}`
}
