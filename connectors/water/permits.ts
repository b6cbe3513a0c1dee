import {
  about,
  blindOf,
  date,
  defineFeed,
  identityFields,
  oneOf,
  parties,
  place,
  projectCode,
  quantity,
  text,
  xmlPages,
} from '#connect'
import { WaterPermitRecord } from '#schemas/feeds/water.ts'
import { exchangePages } from './envelope.ts'

const source = oneOf({
  地下水: 'ground',
  浅层地下水: 'ground',
  深层地下水: 'ground',
  地表水: 'surface',
  河道水: 'surface',
  水库水: 'surface',
})
const status = oneOf({ 有效: 'valid', 过期: 'expired', 吊销: 'revoked', 注销: 'cancelled' })

export default defineFeed({
  id: 'water.permits',
  title: '取水许可',
  cron: '50 2 * * *',
  due: { every: 'month', by: 10 },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: xmlPages({ path: '/gxjk/qsxk', ...exchangePages, updatedAt: '更新时间' }),
  record: WaterPermitRecord,
  // As the bureau writes it: old and electronic numbers have no form in common.
  key: (r) => [String(r.取水许可证号)],
  sourceOrder: (r) => text(r.更新时间),
  map: (r) => ({
    kind: 'waterPermit',
    permitNumber: text(r.取水许可证号),
    about: about({ projectCode: projectCode(r.项目代码), name: text(r.项目名称) }),
    parties: blindOf(r.取水权人) === null ? parties(r.取水权人, r.统一社会信用代码, 'holder') : [],
    place: place(r.行政区划, r.取水地点),
    source: source(r.水源类型),
    purpose: text(r.取水用途),
    permittedM3: quantity(r.年许可水量, 10_000n),
    validFrom: date(r.有效期起),
    validTo: date(r.有效期止),
    status: status(r.许可状态),
  }),
  ignore: [],
  volatile: ['更新时间'],
  sensitive: ['联系电话', '联系人'],
  // A farmer or shopkeeper with a well of his own is named by his own number, and then by his own name.
  sealAlso: (r) => {
    const numbers = identityFields(r, ['统一社会信用代码'])
    return numbers.length === 0 ? [] : [...numbers, '取水权人']
  },
  mapping: 1,
  headers: { 许可证号: '取水许可证号', 许可水量: '年许可水量', 取水权人名称: '取水权人', 有效期至: '有效期止' },
})
