import { html } from 'hono/html'
import { z } from 'zod'
import { PageQuery, ProjectId } from '#schemas/api/fields.ts'
import type { InvoiceItem, ProjectAnswer, TimelineEvent } from '#schemas/api/project.ts'
import type { LandParcel, PositionParty, Section } from '#schemas/canonical/position.ts'
import { linkJudges, linkReaders, taxStaff } from '../../http/access.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { today } from '../../kernel/clock.ts'
import { projectId } from '../../kernel/opaque-id.ts'
import { listActs } from '../../query/acts.ts'
import { listInvoices } from '../../query/invoices.ts'
import { findProject, mergedProject } from '../../query/position.ts'
import { laneOrder, readTimeline, type Timeline } from '../../query/timeline.ts'
import { sideOf } from '../parts/compared.ts'
import { count, day, type Markup, percent, score, wan } from '../parts/format.ts'
import { salesLadder } from '../parts/ladder.ts'
import { layout } from '../parts/layout.ts'
import { taxLadder } from '../parts/tax-ladder.ts'
import { weave } from '../parts/weave.ts'
import {
  decisionName,
  departmentName,
  divisionName,
  divisionReason,
  edgeRule,
  evidenceRule,
  feedName,
  invoiceClass,
  kindName,
  landSupplyName,
  linkReason,
  milestoneName,
  projectComparison,
  roleName,
  stageName,
  tieReason,
  withoutProjects,
} from '../parts/words.ts'
import { actsTable } from './acts.ts'

const fact = (name: string, value: Markup | string, isWhole = false): Markup =>
  html`<div${isWhole ? html` class="whole"` : ''}><dt>${name}</dt><dd>${value || html`<span class="unknown">—</span>`}</dd></div>`

const factsOf = ({ position: p, divisions }: ProjectAnswer): Markup => html`<dl class="facts">
  ${fact('阶段', html`<strong>${stageName(p.stage)}</strong>${p.stalledSince ? html` <span class="doubt">自 ${p.stalledSince} 起立项后长期未开工</span>` : ''}`)}
  ${fact('项目统一代码', html`<span class="code">${p.projectCodes.join('　')}</span>`)}
  ${fact('批复文号', p.documentNumbers.join('　'))}
  ${fact('地点', [...new Set([p.placeText, ...p.divisionCodes.map(divisionName)])].filter(Boolean).join('　'))}
  ${fact('总投资', html`${wan(p.totalInvestmentFen)} 万元`)}
  ${fact('资金', p.governmentFunded === null ? '' : p.governmentFunded ? '政府投资' : '非政府投资')}
  ${fact('供数单位', p.departments.map(departmentName).join('、'))}
  ${fact('最近动态', day(p.lastEventOn))}
  ${fact('可见网格', divisions.map((node) => `${divisionName(node.code)}（${divisionReason(node.reason)}）`).join('　'))}
  ${p.listedYears.length > 0 ? fact('重点项目名单', `${p.listedYears.join('、')} 年度`) : ''}
  ${p.investment ? fact('累计完成投资', html`${wan(p.investment.cumulativeFen)} 万元 <small>${p.investment.period?.value ?? ''} 报送，含土地、设备与利息</small>`) : ''}
  ${p.otherNames.length > 0 ? fact('其他写法', p.otherNames.join('；'), true) : ''}
</dl>`

const decisionChip = (party: PositionParty, mayReview: boolean): Markup => {
  const chip = html`<span class="chip ${party.decision === 'link' ? 'settled' : party.decision === 'review' ? 'doubt' : ''}">${decisionName(party.decision)}</span>`
  return mayReview ? html`<a href="/links/${party.party}">${chip}</a>` : chip
}

/** One row for each way in which the departments' texts name the same party in the same role: codes differ, the reader's question does not. */
const partyRows = (parties: readonly PositionParty[]): PositionParty[] =>
  [
    ...Map.groupBy(parties, (party) =>
      [party.role, party.name, party.siteUnit, party.registrationId, party.decision].join('\u0000'),
    ).values(),
  ].map((same) => {
    const best = same.reduce((a, b) => (b.score > a.score ? b : a))
    return { ...best, records: [...new Set(same.flatMap((party) => party.records))] }
  })

const partiesTable = (parties: readonly PositionParty[], mayReview: boolean): Markup => html`<div class="wide"><table>
  <thead><tr><th>角色</th><th>记录中的名称</th><th>关联</th><th>理由</th><th class="n">得分</th><th class="n">记录</th></tr></thead>
  <tbody>${partyRows(parties).map(
    (
      party,
    ) => html`<tr><td>${roleName(party.role)}${party.consortium ? `（联合体${party.consortium === 'leader' ? '牵头' : '成员'}）` : ''}</td>
    <td>${party.taxpayerId ? html`<a href="/taxpayers/${party.taxpayerId}">${party.name}</a>` : party.name}${party.siteUnit ? html`<br><small>${party.siteUnit}</small>` : ''}</td>
    <td>${decisionChip(party, mayReview)}</td><td>${linkReason(party.reason)}</td><td class="n">${score(party.score)}</td>
    <td class="n">${party.records.length}</td></tr>`,
  )}</tbody></table></div>`

const sectionsTable = (sections: readonly Section[]): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元</caption>
  <thead><tr><th>标段</th><th>施工单位</th><th class="n">合同额</th><th class="n">累计计量</th><th>计量至</th><th class="n">形象进度</th><th class="n">期数</th></tr></thead>
  <tbody>${sections.map(
    (
      section,
    ) => html`<tr><td>${section.section ?? ''} ${section.name}</td><td>${section.contractors.join('、')}</td><td class="n">${wan(section.contractFen)}</td>
    <td class="n">${wan(section.workDoneFen)}</td><td>${day(section.measuredTo)}</td><td class="n">${percent(section.physicalProgressBp)}</td><td class="n">${section.measurements}</td></tr>`,
  )}</tbody></table></div>`

const invoicesTable = (invoices: readonly InvoiceItem[]): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元，含税，红字为负</caption>
  <thead><tr><th>开票日期</th><th>号码</th><th>销售方</th><th>购买方</th><th class="n">价税合计</th><th>类别</th><th>归到本项目的理由</th></tr></thead>
  <tbody>${invoices.map(
    (
      invoice,
    ) => html`<tr id="${invoice.record}"><td>${day(invoice.issuedOn)}</td><td class="code">${invoice.number}</td><td>${invoice.sellerName}</td><td>${invoice.buyerName}</td>
    <td class="n">${wan(invoice.grossFen)}</td><td>${invoiceClass(invoice.class)}${invoice.tier === 2 ? '，分包' : ''}</td><td>${tieReason(invoice.reason)}（${score(invoice.score)}）</td></tr>`,
  )}</tbody></table></div>`

const landTable = (land: readonly LandParcel[]): Markup => html`<div class="wide"><table>
  <caption>价款单位：万元</caption>
  <thead><tr><th>签订日期</th><th>方式</th><th>用途</th><th class="n">面积 ㎡</th><th class="n">价款</th></tr></thead>
  <tbody>${land.map(
    (parcel) =>
      html`<tr><td>${day(parcel.signedOn?.value ?? null)}</td><td>${landSupplyName(parcel.supply)}</td><td>${parcel.use ?? ''}</td><td class="n">${parcel.areaM2?.toLocaleString('zh-CN') ?? ''}</td><td class="n">${wan(parcel.priceFen)}</td></tr>`,
  )}</tbody></table></div>`

/** Everything tied to the project besides its records and invoices, counted by feed: single events are in the picture above. */
const tiedTable = (timeline: Timeline, records: ReadonlySet<string>): Markup => {
  const events = timeline.lanes.flatMap((lane) => lane.events)
  const tied = events.filter((event) => event.kind !== 'invoice' && !records.has(event.record))
  const byFeed = [...Map.groupBy(tied, (event) => event.feed)]
  const days = (of: readonly TimelineEvent[]) => of.flatMap((event) => event.on ?? []).sort()
  return html`<div class="wide"><table>
  <thead><tr><th>数据资源</th><th class="n">条数</th><th>最早</th><th>最近</th></tr></thead>
  <tbody>${byFeed.map(
    ([feed, own]) =>
      html`<tr><td>${departmentName(feed.split('.')[0])} <small>${feedName(feed)}</small></td><td class="n">${count(own.length)}</td><td>${day(days(own)[0] ?? null)}</td><td>${day(days(own).at(-1) ?? null)}</td></tr>`,
  )}</tbody></table></div>`
}

const milestonesTable = ({ position }: ProjectAnswer): Markup => html`<div class="wide"><table>
  <thead><tr><th>节点</th><th>日期</th><th class="n">置信</th><th>佐证（强者在前）</th></tr></thead>
  <tbody>${position.milestones.map(
    (
      milestone,
    ) => html`<tr><td>${milestoneName(milestone.kind)}</td><td>${day(milestone.on.value)}</td><td class="n">${Math.round(milestone.confidence * 100)}%</td>
    <td>${milestone.evidence.map((evidence) => html`<span class="chip" title="${feedName(evidence.feed)}">${departmentName(evidence.feed.split('.')[0])} ${evidenceRule(evidence.rule)} ${evidence.on?.value ?? ''}</span> `)}</td></tr>`,
  )}</tbody></table></div>`

const recordsTable = ({ position }: ProjectAnswer): Markup => html`<div class="wide"><table>
  <thead><tr><th>数据资源</th><th>类别</th><th>记录编号</th></tr></thead>
  <tbody>${position.records.map(
    (record) =>
      html`<tr id="${record.record}"><td>${departmentName(record.feed.split('.')[0])} <small>${feedName(record.feed)}</small></td><td>${kindName(record.kind)}</td><td class="code">${record.record}</td></tr>`,
  )}</tbody></table></div>`

const Comparisons = z.array(
  z.object({ comparison: z.string(), left: z.string(), right: z.string(), weight: z.number() }),
)

const comparisonsOf = (evidence: unknown): string =>
  (Comparisons.safeParse(evidence).data ?? [])
    .map(({ comparison, left, right, weight }) => {
      const [first, second] = [sideOf(comparison, left), sideOf(comparison, right)]
      return `${projectComparison(comparison)}：${first === second ? first : `${first} ↔ ${second}`}（${weight > 0 ? '+' : ''}${weight}）`
    })
    .join('；')

const linksShown = 40

/** Why its records are one project: each pair that was joined, or held apart, and by what. */
const linksTable = ({ id, position, links }: ProjectAnswer, mayReview: boolean): Markup => {
  const kindOf = new Map(
    position.records.map((record) => [
      record.record,
      `${departmentName(record.feed.split('.')[0])}${kindName(record.kind)}`,
    ]),
  )
  const nameOf = (record: string): Markup => html`<a href="#${record}">${kindOf.get(record) ?? record}</a>`
  return html`<div class="wide"><table>
  <thead><tr><th>两条记录</th><th>依据</th><th>比较（比特）</th><th class="n">合计</th></tr></thead>
  <tbody>${links.slice(0, linksShown).map(
    (
      link,
    ) => html`<tr><td class="nw">${nameOf(link.record)} — ${nameOf(link.other)}</td><td class="nw">${link.veto ? html`<span class="doubt">互斥：</span>` : ''}${edgeRule(link.rule)}</td>
    <td>${comparisonsOf(link.evidence)}</td><td class="n">${mayReview ? html`<a href="/projects/${id}/pair?record=${link.record}&other=${link.other}">${link.weight.toFixed(1)}</a>` : link.weight.toFixed(1)}</td></tr>`,
  )}</tbody></table></div>${links.length > linksShown ? html`<p class="more">共 ${links.length} 对，列出权重最大的 ${linksShown} 对。</p>` : ''}`
}

/** Lanes of departments that this hub hears but that say nothing of the project stand empty: what is missing is part of the picture. */
const withEmptyLanes = (timeline: Timeline, departments: readonly string[]): Timeline['lanes'] => {
  const silent = departments.filter(
    (department) =>
      !withoutProjects.includes(department) && !timeline.lanes.some((lane) => lane.department === department),
  )
  const all = [...timeline.lanes, ...silent.map((department) => ({ department, events: [], undated: 0 }))]
  const rank = (department: string) =>
    laneOrder.includes(department) ? laneOrder.indexOf(department) : laneOrder.length
  return all.sort((a, b) => rank(a.department) - rank(b.department))
}

export const projectPage = defineRoute({
  id: 'page.project',
  method: 'get',
  path: '/projects/{projectId}',
  tag: 'console',
  summary: { zh: '项目', en: 'Project' },
  roles: taxStaff,
  contentType: 'text/html',
  params: z.object({ projectId: ProjectId }),
  query: PageQuery.pick({ cursor: true }),
  problems: ['http.not_found', 'http.bad_cursor'],
  handle: async ({ read, actor, params, query, deps }) => {
    const id = projectId.numberOf(params.projectId) ?? 0n
    const seen = await read(async (client) => {
      const project = await findProject(client, actor, id)
      if (!project) return { movedTo: await mergedProject(client, id) }
      const mayReview = (linkReaders as readonly string[]).includes(actor.role)
      const [timeline, invoices, acts] = await Promise.all([
        readTimeline(client, actor, id),
        listInvoices(client, actor, id, query.cursor, 30),
        mayReview ? listActs(client, actor, { state: 'all', project: params.projectId, limit: 20 }) : null,
      ])
      return { project, timeline, invoices, acts: acts?.items ?? [] }
    })
    if (!seen.project) {
      if (seen.movedTo === null) throw problemError('http.not_found')
      return redirect(`/projects/${projectId.of(seen.movedTo)}`)
    }
    const { project, timeline, invoices, acts } = seen
    const { position } = project
    const mayReview = (linkReaders as readonly string[]).includes(actor.role)
    const picture = weave({
      lanes: withEmptyLanes(timeline, [...new Set(deps.feeds.map((feed) => feed.department))]),
      milestones: position.milestones,
      today: today(),
    })
    const main = html`<h1>${position.name}</h1>
    <p class="lead">${project.id}　所知截至今日${project.changesOn ? `；即使没有新数据，${project.changesOn} 也会变化` : ''}</p>
    ${factsOf(project)}
    <h2>销售阶梯</h2>${salesLadder(position.ladder)}
    <h2 id="tax">计税阶梯</h2>${taxLadder(position.tax)}
    <h2>经纬：各单位所报</h2>${picture ?? html`<p class="empty">没有带日期的记录。</p>`}
    <p class="legend">横线是单位，圆点是记录（越大佐证越强），方块是发票，空心是作废，数字是并在一处的件数；菱形是节点，悬停看明细。${timeline.truncated ? `只画出最近 ${count(timeline.events)} 项。` : ''}</p>
    <h2>标段</h2>${position.sections.length > 0 ? sectionsTable(position.sections) : html`<p class="empty">没有标段记录。</p>`}
    ${position.land.length > 0 ? html`<h2>用地</h2>${landTable(position.land)}` : ''}
    <h2>当事方与税务登记</h2>${partiesTable(position.parties, mayReview)}
    <h2>节点与佐证</h2>${milestonesTable(project)}
    <h2 id="invoices">发票</h2>${invoices.items.length > 0 ? invoicesTable(invoices.items) : html`<p class="empty">没有归到本项目的发票。</p>`}
    ${invoices.nextCursor ? html`<p class="more"><a href="/projects/${project.id}?cursor=${invoices.nextCursor}#invoices">更早的发票 ›</a></p>` : ''}
    <h2>为何认作同一项目</h2>${project.links.length > 0 ? linksTable(project, mayReview) : html`<p class="empty">只有一条记录，无须关联。</p>`}
    ${mayReview ? html`<p class="more"><a href="/projects/${project.id}/regroup">整理：分出记录、并入别的项目 ›</a></p>` : ''}
    ${acts.length > 0 ? html`<h2>人工认定</h2>${actsTable(acts, (linkJudges as readonly string[]).includes(actor.role))}` : ''}
    <h2>记录</h2>${recordsTable(project)}
    <h2>归入本项目的其他记录</h2>${tiedTable(timeline, new Set(position.records.map((record) => record.record)))}`
    return page(
      layout(
        { title: position.name, settings: deps.settings, actor, trail: [{ href: '/projects', text: '项目' }] },
        main,
      ),
    )
  },
})
