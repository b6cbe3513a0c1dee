import { about, date, defineFeed, extractFiles, type Feed, oneOf, place, rateBp, text, yuan } from '#connect'
import { TaxPrepayment } from '#schemas/feeds/tax.ts'

const flag = oneOf({ Y: true, N: false })

const prepayments: Feed<TaxPrepayment> = defineFeed({
  id: 'tax.prepayments',
  title: '增值税预缴',
  cron: '0 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({
    department: 'tax',
    name: 'prepayments',
    feed: () => prepayments,
    sumField: 'YJSE',
    overlapDays: 7,
  }),
  record: TaxPrepayment,
  key: (r) => [String(r.YJXH)],
  map: (r) => ({
    kind: 'prepayment',
    registrationId: text(r.DJXH) ?? '',
    about: about({ reportNumber: text(r.KQYSSXBYGLBH), name: text(r.XMMC) }),
    place: place(null, r.JZFWFSD),
    taxItem: text(r.ZSXM_DM),
    periodFrom: date(r.SKSSQQ),
    periodTo: date(r.SKSSQZ),
    grossFen: yuan(r.QBJK),
    deductedFen: yuan(r.KCFBK),
    rateBp: rateBp(r.YZL),
    taxFen: yuan(r.YJSE),
    isAdvance: flag(r.YSKBZ),
    declaredOn: date(r.SBRQ),
    paidOn: date(r.RKRQ),
  }),
  ignore: [],
  mapping: 1,
})
export default prepayments
