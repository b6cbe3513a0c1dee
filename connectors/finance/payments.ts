import {
  about,
  date,
  defineFeed,
  extractFiles,
  type Feed,
  identityFields,
  month,
  oneOf,
  party,
  projectCode,
  text,
  yuan,
} from '#connect'
import { TreasuryPayment } from '#schemas/feeds/finance.ts'

const payment = oneOf({ '1': 'appropriation', '2': 'settlementReview' })

const payments: Feed<TreasuryPayment> = defineFeed({
  id: 'finance.payments',
  title: '财政拨付与结算评审',
  cron: '20 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.01, changedShareMax: 0.5 },
  pages: extractFiles({ department: 'finance', name: 'payments', feed: () => payments, overlapDays: 14 }),
  record: TreasuryPayment,
  key: (r) => [String(r.业务编号)],
  map: (r) => ({
    kind: 'fundPayment',
    about: about({ projectCode: projectCode(r.项目代码), name: text(r.项目名称) }),
    // Who pays is the unit whose budget it is; 国库集中支付 is only the way the money takes.
    parties: [party(r.预算单位, r.预算单位代码, 'payer'), party(r.收款单位, r.收款单位代码, 'payee')].filter(
      ({ name }) => name !== '',
    ),
    payment: payment(r.业务类型),
    amountFen: yuan(r['拨付金额(元)']),
    submittedFen: yuan(r['送审金额(元)']),
    approvedFen: yuan(r['审定金额(元)']),
    paidOn: date(r.业务日期) ?? month(r.拨付月份),
  }),
  // The sum so far and what was taken off follow from the rest; the contract's number is the treasury's own.
  ignore: ['合同编号', '付款方式', '累计拨付(元)', '审减金额(元)', '备注'],
  sealAlso: (r) => identityFields(r, ['预算单位代码', '收款单位代码']),
  mapping: 1,
  headers: { 付款单位: '预算单位', 收款人: '收款单位', 支付金额: '拨付金额(元)', 支付日期: '业务日期' },
})
export default payments
