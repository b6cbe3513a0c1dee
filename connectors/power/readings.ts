import {
  date,
  defineFeed,
  type Feed,
  integer,
  meterAccount,
  month,
  monthlyFiles,
  oneOf,
  quantity,
  yuan,
} from '#connect'
import { PowerReadingRow } from '#schemas/feeds/power.ts'

const isCorrection = oneOf({ '0': false, 正常: false, '1': true, 退补: true })

const readings: Feed<PowerReadingRow> = defineFeed({
  id: 'power.readings',
  title: '月度电量电费',
  cron: '35 13 8-20 * *',
  due: { every: 'month', by: 8, time: '18:00' },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: monthlyFiles({
    department: 'power',
    name: 'readings',
    feed: () => readings,
    sumField: 'amount',
    overlapMonths: 12,
  }),
  record: PowerReadingRow,
  // A correction is a record of its own under the next number; the account stays as it was sent.
  key: (r) => [String(r.cons_no), String(r.ym), String(r.seq)],
  map: (r) => ({
    kind: 'powerReading',
    of: { feed: 'power.accounts', key: [meterAccount(r.cons_no) ?? String(r.cons_no)] },
    period: month(r.ym),
    sequence: integer(r.seq),
    energyKwh: quantity(r.kwh),
    amountFen: yuan(r.amount),
    isCorrection: isCorrection(r.adj) ?? false,
    readOn: date(r.read_date),
  }),
  ignore: [],
  mapping: 1,
  headers: { 客户编号: 'cons_no', 电费年月: 'ym', 结算电量: 'kwh', 应收电费: 'amount' },
})
export default readings
