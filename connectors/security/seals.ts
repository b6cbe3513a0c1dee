import { date, defineFeed, identityFields, oneOf, parties, text } from '#connect'
import { SealRow } from '#schemas/feeds/security.ts'
import { gatewayPages } from './pages.ts'

const sealType = oneOf({
  '01': 'official',
  '02': 'finance',
  '03': 'invoice',
  '04': 'contract',
  '05': 'other',
  '99': 'other',
})
const status = oneOf({ '1': 'valid', '2': 'lost', '3': 'destroyed' })

export default defineFeed({
  id: 'security.seals',
  title: '印章备案',
  cron: '20 3 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: gatewayPages('/gateway/v1/seals'),
  record: SealRow,
  key: (r) => [String(r.yzbm)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'companySeal',
    sealNumber: String(r.yzbm),
    parties: parties(r.dwmc, r.tyshxydm, 'holder'),
    sealType: sealType(r.yzlx),
    status: status(r.zt),
    carvedOn: date(r.barq),
  }),
  ignore: [],
  volatile: ['gxsj'],
  sealAlso: (r) => identityFields(r, ['tyshxydm']),
  mapping: 1,
})
