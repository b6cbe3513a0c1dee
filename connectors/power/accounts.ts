import {
  about,
  date,
  defineFeed,
  type Feed,
  longNumber,
  meterAccount,
  monthlyFiles,
  oneOf,
  quantity,
  recordRef,
} from '#connect'
import { PowerAccountRow } from '#schemas/feeds/power.ts'
import { holders, isPersons, placeOf, use } from './words.ts'

const status = oneOf({
  正常用电客户: 'active',
  当前变更客户: 'active',
  暂停用电客户: 'suspended',
  已销户客户: 'closed',
})

const holding = (r: PowerAccountRow) => ({ name: r.cons_name, elecType: r.elec_type })

const accounts: Feed<PowerAccountRow> = defineFeed({
  id: 'power.accounts',
  title: '用电户',
  cron: '30 13 8-20 * *',
  due: { every: 'month', by: 8, time: '18:00' },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: monthlyFiles({ department: 'power', name: 'accounts', feed: () => accounts, overlapMonths: 12 }),
  record: PowerAccountRow,
  // As it was sent, a lost zero included: a cleaned key would mint a second account once the company mends it.
  key: (r) => [String(r.cons_no)],
  map: (r) => ({
    kind: 'powerAccount',
    accountNumber: meterAccount(r.cons_no) ?? String(r.cons_no),
    about: about({ record: recordRef('power.installations', longNumber(r.app_no)) }),
    parties: holders(holding(r)),
    place: placeOf(holding(r), r.elec_addr),
    use: use(r.elec_type),
    capacityKva: quantity(r.contract_cap),
    connectedOn: date(r.ps_date),
    closedOn: date(r.cancel_date),
    status: status(r.status),
  }),
  // The meter and its voltage say nothing of work or business that the account does not say.
  ignore: ['mp_no', 'volt'],
  // Many bear one name; the address comes first, since the first field names the person whose key it is.
  sealAlso: (r) => (isPersons(holding(r)) ? ['elec_addr', 'cons_name'] : []),
  mapping: 1,
  headers: { 客户编号: 'cons_no', 客户名称: 'cons_name', 运行容量: 'contract_cap' },
})
export default accounts
