import { date, defineFeed, extractFiles, type Feed, integer, oneOf, text } from '#connect'
import { InvoiceSupplyRow } from '#schemas/feeds/tax.ts'

const event = oneOf({ '1': 'supply', '2': 'verification', '3': 'surrender', '4': 'loss' })

const supplies: Feed<InvoiceSupplyRow> = defineFeed({
  id: 'tax.invoice-supplies',
  title: '发票领用、验旧、缴销、挂失',
  cron: '5 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'invoice-supplies', feed: () => supplies, overlapDays: 7 }),
  record: InvoiceSupplyRow,
  key: (r) => [String(r.LYXH)],
  map: (r) => ({
    kind: 'invoiceSupply',
    registrationId: text(r.DJXH) ?? '',
    event: event(r.YWLX_DM),
    invoiceCode: text(r.FPDM),
    numberFrom: text(r.FPQSHM),
    numberTo: text(r.FPZZHM),
    copies: integer(r.FS),
    invoiceType: text(r.FPLX_DM),
    happenedOn: date(r.FSRQ),
  }),
  ignore: [],
  mapping: 1,
})
export default supplies
