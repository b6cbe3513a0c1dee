import { cursorPages, date, defineFeed, integer, month, percentBp, text, yuan } from '#connect'
import { RoadMeasurement } from '#schemas/feeds/transport.ts'

export default defineFeed({
  id: 'transport.measurements',
  title: '公路工程期计量',
  cron: '20 2 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: cursorPages({
    path: '/open/v1/measurements',
    query: { cursor: 'cursor', limit: 'limit', since: 'since' },
    rows: ['rows'],
    total: ['total'],
    next: ['nextCursor'],
    updatedAt: 'gxsj',
    overlapMinutes: 10,
  }),
  record: RoadMeasurement,
  key: (r) => [String(r.xmbh), String(r.htdbh), String(r.qs)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'measurement',
    of: { feed: 'transport.sections', key: [String(r.xmbh), String(r.htdbh)] },
    sequence: integer(r.qs),
    period: month(r.jlny),
    periodFen: yuan(r.bqjl),
    cumulativeFen: yuan(r.ljjl),
    physicalProgressBp: percentBp(r.xxjd),
    measuredOn: date(r.shrq),
  }),
  // The contractor's name is the section's affair; here it is only a copy that goes stale.
  ignore: ['sgdw', 'tbr', 'bz'],
  volatile: ['gxsj'],
  mapping: 1,
  headers: { 标段: 'htdbh', 合同段: 'htdbh', 计量期数: 'qs', 计量月份: 'jlny' },
})
