import { date, defineFeed, oneOf, quantity, text, xmlPages } from '#connect'
import { WaterUsage } from '#schemas/feeds/water.ts'
import { exchangePages } from './envelope.ts'

const quarter = oneOf({ '1': 1, '2': 2, '3': 3, '4': 4 })

export default defineFeed({
  id: 'water.usages',
  title: '取水许可季度取水量',
  cron: '55 2 * * *',
  due: { every: 'quarter', by: 10 },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: xmlPages({ path: '/gxjk/qsl', ...exchangePages, updatedAt: '更新时间' }),
  record: WaterUsage,
  key: (r) => [String(r.取水许可证号), String(r.年度), String(r.季度)],
  sourceOrder: (r) => text(r.更新时间),
  map: (r) => ({
    kind: 'waterUse',
    of: { feed: 'water.permits', key: [String(r.取水许可证号)] },
    period: date(r.年度),
    quarter: quarter(r.季度),
    volumeM3: quantity(r.实取水量, 10_000n),
  }),
  ignore: ['上报日期', '备注'],
  volatile: ['更新时间'],
  // Whose water it is, the permit says; here it may be a person's name, and no code beside it tells.
  sensitive: ['取水权人'],
  mapping: 1,
  headers: { 许可证号: '取水许可证号', 取水量: '实取水量' },
})
