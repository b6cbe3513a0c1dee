import { date, defineFeed, integer, month, percentBp, tenThousandYuan, text, xmlPages } from '#connect'
import { WaterProgress } from '#schemas/feeds/water.ts'
import { exchangePages } from './envelope.ts'

export default defineFeed({
  id: 'water.progress',
  title: '水利工程月度进度',
  cron: '45 2 * * *',
  due: { every: 'month', by: 10 },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: xmlPages({ path: '/gxjk/jd', ...exchangePages, updatedAt: 'gxsj' }),
  record: WaterProgress,
  // A month that is restated (60 % → 45 %) is a later version of the same record, and the earlier one stays.
  key: (r) => [String(r.xmbh), String(r.bdbh), String(r.sjyf)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'measurement',
    of: { feed: 'water.contracts', key: [String(r.xmbh), String(r.bdbh)] },
    sequence: integer(r.qs),
    period: month(r.sjyf),
    periodFen: tenThousandYuan(r.bywc),
    cumulativeFen: tenThousandYuan(r.ljwc),
    physicalProgressBp: percentBp(r.xxjd),
    measuredOn: date(r.tbrq),
  }),
  // The year's part follows from the months; the description is prose; the contractor is the contract's affair.
  ignore: ['bnwc', 'jdms', 'sgdw'],
  volatile: ['gxsj'],
  sensitive: ['tbr'],
  mapping: 1,
  headers: { 标段: 'bdbh', 月份: 'sjyf', 累计完成投资: 'ljwc', 形象进度: 'xxjd' },
})
