import { date, defineFeed, extractFiles, type Feed, oneOf, text, yuan } from '#connect'
import { TaxReturn } from '#schemas/feeds/tax.ts'

const flag = oneOf({ Y: true, N: false })

const returns: Feed<TaxReturn> = defineFeed({
  id: 'tax.returns',
  title: '申报',
  cron: '50 5 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'returns', feed: () => returns, sumField: 'YNSE', overlapDays: 7 }),
  record: TaxReturn,
  key: (r) => [String(r.PZXH)],
  map: (r) => ({
    kind: 'taxReturn',
    registrationId: text(r.DJXH) ?? '',
    taxItem: text(r.ZSXM_DM),
    periodFrom: date(r.SKSSQQ),
    periodTo: date(r.SKSSQZ),
    salesFen: yuan(r.YSXSE),
    exemptSalesFen: yuan(r.MSXSE),
    taxDueFen: yuan(r.YNSE),
    reliefFen: yuan(r.JMSE),
    prepaidFen: yuan(r.YJSE),
    payableFen: yuan(r.YBTSE),
    isCorrection: flag(r.GZBZ),
    isVoid: flag(r.ZFBZ),
    declaredOn: date(r.SBRQ),
    dueOn: date(r.SBQX),
  }),
  ignore: ['SBBZL_DM', 'SJGSDQ'],
  mapping: 1,
})
export default returns
