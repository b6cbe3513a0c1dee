import { about, date, defineFeed, type Feed, meterAccount, monthlyFiles, oneOf, quantity, text } from '#connect'
import { PowerInstallationRow } from '#schemas/feeds/power.ts'
import { holders, isPersons, placeOf, use } from './words.ts'

const status = oneOf({ 已受理: 'applied', 施工中: 'building', 已送电: 'connected', 已撤销: 'withdrawn' })

const holding = (r: PowerInstallationRow) => ({ name: r.app_name, elecType: r.elec_type })

const installations: Feed<PowerInstallationRow> = defineFeed({
  id: 'power.installations',
  title: '用电报装',
  cron: '25 13 8-20 * *',
  due: { every: 'month', by: 8, time: '18:00' },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: monthlyFiles({ department: 'power', name: 'installations', feed: () => installations, overlapMonths: 12 }),
  record: PowerInstallationRow,
  key: (r) => [String(r.app_no)],
  map: (r) => ({
    kind: 'powerInstallation',
    applicationNumber: String(r.app_no),
    accountNumber: meterAccount(r.cons_no),
    about: about({ name: text(r.prj_name) }),
    parties: holders(holding(r)),
    place: placeOf(holding(r), r.elec_addr),
    use: use(r.elec_type),
    capacityKva: quantity(r.app_cap),
    appliedOn: date(r.app_date),
    connectedOn: date(r.ps_date),
    status: status(r.status),
  }),
  ignore: [],
  // Many bear one name; the address comes first, since the first field names the person whose key it is.
  sealAlso: (r) => (isPersons(holding(r)) ? ['elec_addr', 'app_name'] : []),
  mapping: 1,
  headers: { 申请编号: 'app_no', 客户名称: 'app_name', 工程名称: 'prj_name' },
})
export default installations
