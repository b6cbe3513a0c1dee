import { date, defineFeed, extractFiles, type Feed, oneOf, text, yuan } from '#connect'
import { TaxPayment } from '#schemas/feeds/tax.ts'

const payment = oneOf({ '1': 'paid', '2': 'relief', '3': 'credit', '4': 'refund', '5': 'arrears' })

const payments: Feed<TaxPayment> = defineFeed({
  id: 'tax.payments',
  title: '入库、减免、抵减、退税、欠税',
  cron: '55 5 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'payments', feed: () => payments, sumField: 'SE', overlapDays: 7 }),
  record: TaxPayment,
  key: (r) => [String(r.SKJNXH)],
  map: (r) => ({
    kind: 'taxPayment',
    registrationId: text(r.DJXH) ?? '',
    payment: payment(r.JNLX_DM),
    taxItem: text(r.ZSXM_DM),
    periodFrom: date(r.SKSSQQ),
    periodTo: date(r.SKSSQZ),
    amountFen: yuan(r.SE),
    lateFeeFen: yuan(r.ZNJ),
    paidOn: date(r.RKRQ),
    treasury: text(r.SKGK),
    reportNumber: text(r.KQYSSXBYGLBH),
  }),
  ignore: ['SJGSDQ'],
  mapping: 1,
})
export default payments
