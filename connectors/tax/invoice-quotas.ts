import { date, defineFeed, extractFiles, type Feed, month, oneOf, text, yuan } from '#connect'
import { InvoiceQuotaRow } from '#schemas/feeds/tax.ts'

const event = oneOf({ '1': 'monthly', '2': 'temporary', '3': 'manual' })

const quotas: Feed<InvoiceQuotaRow> = defineFeed({
  id: 'tax.invoice-quotas',
  title: '发票总额度',
  cron: '5 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({
    department: 'tax',
    name: 'invoice-quotas',
    feed: () => quotas,
    sumField: 'ZED',
    overlapDays: 7,
  }),
  record: InvoiceQuotaRow,
  key: (r) => [String(r.EDXH)],
  map: (r) => ({
    kind: 'invoiceQuota',
    registrationId: text(r.DJXH) ?? '',
    event: event(r.EDLX_DM),
    period: month(r.SSYF),
    quotaFen: yuan(r.ZED),
    effectiveOn: date(r.SXRQ),
  }),
  ignore: [],
  mapping: 1,
})
export default quotas
