/** The sales ladder 销售阶梯 of one project: contract → work done → receivable → net invoiced; the missing step is vermilion. */
import { html } from 'hono/html'
import type { SalesLadder } from '#schemas/canonical/position.ts'
import { asFen, type Markup, percent, wanText, yuanText } from './format.ts'
import { table } from './words.ts'

const gapReasonText = table({ 'receivable.aheadOfInvoices': '已到应结算的价款多于已开的发票' })

interface Step {
  readonly title: string
  readonly fen: bigint | null
  readonly note: string
}

const basisNotes = { contract: '', award: '无合同价，以中标价代', permit: '无合同价，以施工许可所载合同价代' } as const

const stepsOf = (ladder: SalesLadder): Step[] => [
  {
    title: '合同额',
    fen: asFen(ladder.contractFen),
    note: basisNotes[ladder.contractBasis ?? 'contract'],
  },
  {
    title: '已完工程价款',
    fen: asFen(ladder.workDoneFen),
    note: asFen(ladder.workDoneFen) === null ? '没有计量记录' : '各标段最近一期累计计量',
  },
  {
    title: '应结算',
    fen: asFen(ladder.receivableFen),
    note:
      ladder.paymentRatioBp === null
        ? ''
        : `支付比例 ${percent(ladder.paymentRatioBp)}${ladder.paymentRatioAssumed ? '（推定，合同未载明）' : '（采集的合同约定）'}${ladder.retentionBp == null ? '' : `，质保金 ${percent(ladder.retentionBp)}`}`,
  },
  {
    title: '已收款',
    fen: asFen(ladder.receivedFen ?? null),
    note: asFen(ladder.receivedFen ?? null) === null ? '' : '财政拨付与采集的收款，取其大者',
  },
  {
    title: '净开票额',
    fen: asFen(ladder.netInvoicedFen),
    note: `${ladder.invoices} 张发票，红字已冲减，不含预收款与分包`,
  },
]

const bar = (fen: bigint, most: bigint): Markup => {
  const width = most > 0n && fen > 0n ? Number((fen * 1_000n) / most) : 0
  return html`<svg viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true"><rect class="bar" x="0" y="3" width="${width}" height="12"/></svg>`
}

const amount = (fen: bigint | null): Markup =>
  fen === null
    ? html`<span class="unknown">未知</span>`
    : html`<span title="${yuanText(fen)} 元">${wanText(fen)}</span> 万元`

export const salesLadder = (ladder: SalesLadder): Markup => {
  const steps = stepsOf(ladder)
  const most = steps.reduce((max, { fen }) => (fen !== null && fen > max ? fen : max), 0n)
  const gap = asFen(ladder.gapFen)
  const beside = [
    { title: '预收款开票', fen: asFen(ladder.advanceInvoicedFen) },
    { title: '分包开票', fen: asFen(ladder.subcontractInvoicedFen) },
  ].filter(({ fen }) => fen !== null && fen !== 0n)
  return html`<div class="ladder">
    ${steps.map(({ title, fen, note }) => html`<span>${title}</span>${fen === null ? html`<span></span>` : bar(fen, most)}<span class="amount">${amount(fen)}</span>${note ? html`<p class="note">${note}</p>` : ''}`)}
    <p class="gapline">${
      gap !== null && gap > 0n
        ? html`<strong class="owed">未开票 ${wanText(gap)} 万元</strong>（${yuanText(gap)} 元）：${gapReasonText(ladder.gapReason)}。这是疑点，不是结论。`
        : asFen(ladder.receivableFen) === null
          ? html`<span class="unknown">差额未知：没有已完工程价款，无从比较。</span>`
          : html`<span class="settled">没有未开票差额。</span>`
    }${beside.map(({ title, fen }) => html`　${title} ${wanText(fen ?? 0n)} 万元（不计入净开票额）`)}</p>
    <p class="note">申报与入库按纳税人申报，不分项目。</p>
  </div>`
}
