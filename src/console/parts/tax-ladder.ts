/** The tax ladder 计税阶梯 of one project beside the sales ladder: by contractor and tax, with its article; what belongs to the taxpayer stands apart. */
import { html } from 'hono/html'
import type {
  TaxBand,
  TaxContract,
  TaxContractor,
  TaxLadder,
  TaxMonth,
  TaxStep,
} from '#schemas/canonical/tax-ladder.ts'
import { asFen, count, day, type Markup, percent, wan, wanText } from './format.ts'
import { divisionName, table } from './words.ts'

const taxName = table({
  businessTax: '营业税',
  vat: '增值税',
  vatPrepayment: '增值税预缴',
  cityTax: '城市维护建设税',
  educationSurcharge: '教育费附加',
  localEducationSurcharge: '地方教育附加',
  stampDuty: '印花税',
  incomeTax: '企业所得税（异地项目部）',
})
const attributionName = table({ project: '按项目', contract: '按合同', taxpayer: '按纳税人' })
const gapName = table({ notDeclared: '未申报', arrears: '欠税', notCheckedIn: '未报验' })
const evidenceName = table({ invoiced: '开票', received: '收款', advance: '预收款', measured: '计量（只抬高上限）' })
const schemeName = table({
  general: '一般计税',
  simplified: '简易计税',
  smallScale: '小规模纳税人',
  unknown: '计税方法不明',
})
const noteText = table({
  'register.absent': '本市税务登记中没有该单位',
  'scheme.inferred': '登记未载明纳税人类型，按发票税率推定',
  'scheme.mixed': '同一项目兼有一般税率与 3% 的发票，须人工核实',
  'scheme.grounds': '按 3% 开票，推定选择简易计税；依据（老项目、清包工、甲供）没有数据，须人工核实',
  'scheme.groundsOf2026': '2026 年起简易计税只限清包工、老项目，须人工核实依据（公告2026年第10号）',
  'scheme.unknown': '计税方法不明，测算区间由一般计税至简易计税',
  'home.unknown': '机构所在地不明，是否跨区域未定，只计入上限',
  'home.fromCode': '机构所在地取自统一社会信用代码的登记机关区划',
  'incomeTax.sameProvince': '省内跨市企业所得税预缴由河南规定，尚未取得，不测算',
  'rates.other': '有 6%、13% 等税率的发票，按设计、设备处理，不在预缴基数内，须与合同分项核对',
  'received.joint': '收款可能含联合体成员或代开票单位的份额，只计入上限',
})

const contractKind = table({ contract: '', award: '（以中标价代）', subcontract: '分包：' })

/** `下限—上限` where the readings differ, else the one figure. */
const bandText = (band: TaxBand): Markup => {
  const [low, point, high] = [band.lowFen, band.pointFen, band.highFen].map((fen) => asFen(fen) ?? 0n) as [
    bigint,
    bigint,
    bigint,
  ]
  return html`${wan(point)}${low === high ? '' : html`<br><small>${wanText(low)} 至 ${wanText(high)}</small>`}`
}

const gapText = (step: TaxStep): Markup | string => {
  const gap = asFen(step.gapFen)
  if (gap === null) return html`<span class="unknown">不比对</span>`
  if (gap === 0n || step.gapKind === null) return html`<span class="settled">无</span>`
  return html`<strong class="owed">${gapName(step.gapKind)} ${wanText(gap)}</strong>`
}

const articlesOf = (step: TaxStep, ladder: TaxLadder): Markup => {
  const rules = ladder.rules.filter((rule) => step.rules.includes(rule.id))
  return html`${rules.map((rule) => html`<small title="${rule.basis}">${percent(rule.rateBp)} ${rule.article}${rule.open ? html` <span class="doubt">${rule.open}</span>` : ''}</small><br>`)}`
}

const stepRow = (step: TaxStep, ladder: TaxLadder): Markup => html`<tr>
  <td class="nw">${taxName(step.tax)}<br><small>${attributionName(step.attribution)}</small></td><td class="n">${bandText(step.expected)}</td>
  <td class="n">${wan(step.notDueFen)}</td><td class="n">${wan(step.declaredFen)}</td><td class="n">${wan(reliefOf(step))}</td><td class="n">${wan(step.paidFen)}</td>
  <td class="n">${wan(step.arrearsFen)}</td><td class="n">${gapText(step)}</td><td>${articlesOf(step, ladder)}</td></tr>`

/** Relief, what was credited and what came back, as one step of the ladder. */
const reliefOf = (step: TaxStep): bigint | null => {
  const [relief, credit, refund] = [asFen(step.reliefFen), asFen(step.creditFen), asFen(step.refundFen)]
  return relief === null || credit === null || refund === null ? null : relief + credit - refund
}

const stepsTable = (
  steps: readonly TaxStep[],
  ladder: TaxLadder,
  caption: string,
): Markup => html`<div class="wide"><table>
  <caption>${caption}</caption>
  <thead><tr><th>税（费）种</th><th class="n">应缴测算</th><th class="n">征期未到</th><th class="n">申报</th><th class="n">减免抵减</th><th class="n">入库</th><th class="n">欠税</th><th class="n">差额</th><th>依据</th></tr></thead>
  <tbody>${steps.map((step) => stepRow(step, ladder))}</tbody></table></div>`

const monthRow = (m: TaxMonth): Markup => html`<tr><td>${m.period}</td>
  <td>${m.record === null ? '' : html`<a href="#${m.record}">${evidenceName(m.evidence)}</a>`} <small>${count(m.records)} 条记录</small></td>
  <td class="n">${wan(m.baseFen)}${m.highBaseFen === m.baseFen ? '' : html`<br><small>上限 ${wan(m.highBaseFen)}</small>`}</td><td class="n">${wan(m.deductedFen)}</td>
  <td>${m.lines.map((line) => html`<small class="nw">${taxName(line.rule.split('.')[0])} ${wanText(asFen(line.pointFen) ?? 0n)}</small> `)}</td><td>${day(m.dueOn)}</td></tr>`

const monthsTable = (
  months: readonly TaxMonth[],
): Markup => html`<details><summary>逐月测算（${count(months.length)} 个月）</summary><div class="wide"><table>
  <caption>金额单位：万元；应税价款含税，取开票与收款较早者，计量只抬高上限</caption>
  <thead><tr><th>所属月</th><th>依据</th><th class="n">应税价款</th><th class="n">扣除分包</th><th>各税测算</th><th>征期止</th></tr></thead>
  <tbody>${months.map(monthRow)}</tbody></table></div></details>`

const placeText = (c: TaxContractor): string => {
  const home = c.homeDivision === null ? '机构所在地不明' : `机构所在地 ${divisionName(c.homeDivision.slice(0, 6))}`
  const across =
    c.isCrossRegion === null ? '是否跨区域未定' : c.isCrossRegion ? '跨地级行政区' : '同一地级行政区，进度款不预缴'
  return `${schemeName(c.scheme)}，${home}，${across}`
}

const reportText = (c: TaxContractor): Markup | string => {
  if (c.isCrossRegion !== true) return ''
  if (c.report === null) return html`<span class="doubt">没有跨区域涉税事项报告</span>`
  const { reportNumber, checkedInOn, feedbackOn } = c.report
  return html`跨区域报告 <span class="code">${reportNumber}</span>，${checkedInOn === null ? html`<span class="doubt">未报验</span>` : `报验 ${checkedInOn}`}${feedbackOn === null ? '' : `，反馈 ${feedbackOn}`}`
}

const contractorBlock = (
  c: TaxContractor,
  ladder: TaxLadder,
): Markup => html`<h3>${c.taxpayerId ? html`<a href="/taxpayers/${c.taxpayerId}">${c.name}</a>` : c.name}
    ${c.gapKinds.map((kind) => html`<span class="chip owed">${gapName(kind)}</span> `)}</h3>
  <p class="lead">${placeText(c)}　${reportText(c)}</p>
  ${c.steps.length > 0 ? stepsTable(c.steps, ladder, '金额单位：万元；按项目。征期已过的月份') : html`<p class="empty">没有按项目申报的税费。</p>`}
  ${c.beside.length > 0 ? stepsTable(c.beside, ladder, '按纳税人申报，不分项目：只列测算，不与本项目比对，不计入合计') : ''}
  ${c.notes.length > 0 ? html`<p class="legend">${c.notes.map((note) => html`<span class="doubt">${noteText(note)}</span>　`)}</p>` : ''}
  ${c.months.length > 0 ? monthsTable(c.months) : ''}`

const contractsTable = (
  contracts: readonly TaxContract[],
  ladder: TaxLadder,
): Markup => html`<h3>合同印花税</h3><div class="wide"><table>
  <caption>金额单位：万元；按合同，双方各自缴纳，下为一方应缴；申报不分合同，不与入库比对</caption>
  <thead><tr><th>合同</th><th>当事方</th><th>签订日期</th><th class="n">价款</th><th class="n">应缴测算</th><th>依据</th></tr></thead>
  <tbody>${contracts.map((c) => {
    const rule = ladder.rules.find((r) => r.id === c.rule)
    return html`<tr><td><a href="#${c.record}">${contractKind(c.kind)}${c.name}</a></td><td>${c.parties.join('、')}</td><td>${day(c.signedOn)}</td>
    <td class="n">${wan(c.priceFen)}</td><td class="n">${bandText(c.expected)}</td><td><small>${percent(rule?.rateBp ?? null)} ${rule?.article ?? ''}</small></td></tr>`
  })}</tbody></table></div>`

const totals = (ladder: TaxLadder): Markup => {
  const gap = asFen(ladder.gapFen) ?? 0n
  return html`<p class="gapline">按项目合计：应缴测算 ${wan(ladder.expected.pointFen)} 万元（${wan(ladder.expected.lowFen)} 至 ${wan(ladder.expected.highFen)}），申报 ${wan(ladder.declaredFen)}，入库 ${wan(ladder.paidFen)}，欠税 ${wan(ladder.arrearsFen)}；
    ${gap > 0n ? html`<strong class="owed">差额 ${wanText(gap)} 万元</strong>` : html`<span class="settled">没有差额</span>`}。这是疑点，不是核定，也不是结论。</p>`
}

/** The whole part of the page; null where the position was stored before there was a tax ladder. */
export const taxLadder = (ladder: TaxLadder | null): Markup =>
  ladder === null
    ? html`<p class="empty">该时点的状态尚无计税阶梯。</p>`
    : html`${totals(ladder)}
  ${ladder.contractors.length === 0 ? html`<p class="empty">没有开票、收款或计量，无从测算。</p>` : ladder.contractors.map((c) => contractorBlock(c, ladder))}
  ${ladder.contracts.length > 0 ? contractsTable(ladder.contracts, ladder) : ''}`
