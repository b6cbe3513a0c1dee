import {
  code,
  date,
  defineFeed,
  identityFields,
  licenceNumber,
  oneOf,
  party,
  place,
  sequenceStream,
  tenThousandYuan,
  text,
} from '#connect'
import { EnterpriseRegistration } from '#schemas/feeds/commerce.ts'

const status = oneOf({
  '1': 'active',
  '2': 'revoked',
  '3': 'revokedCancelled',
  '4': 'cancelled',
  '5': 'annulled',
  '6': 'movedOut',
  '9': 'other',
})
const currency = oneOf({ '156': 'CNY', 人民币: 'CNY', '840': 'USD', 美元: 'USD', '344': 'HKD', 港币: 'HKD' })

const isBlank = (cell: string | number | null | undefined): boolean =>
  cell === null || cell === undefined || String(cell).trim() === ''

export default defineFeed({
  id: 'commerce.registrations',
  title: '市场主体登记',
  cron: '40 1 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.01, changedShareMax: 0.5 },
  pages: sequenceStream({
    path: '/stream/registrations',
    query: { after: 'after', limit: 'limit' },
    sequence: 'seq',
    updatedAt: 'gxsj',
  }),
  record: EnterpriseRegistration,
  // One that ended before the unified code came has its 注册号 alone; the two schemes never meet.
  key: (r) => (isBlank(r.tyshxydm) ? ['zch', String(r.zch ?? '')] : ['uscc', String(r.tyshxydm)]),
  sourceOrder: (r) => text(r.seq)?.padStart(16, '0') ?? null,
  map: (r) => {
    const holder = party(r.qymc, r.tyshxydm, 'holder')
    return {
      kind: 'enterprise',
      code: holder.code,
      registrationNumber: licenceNumber(r.zch),
      name: text(r.qymc) ?? '',
      formerNames: (r.cym ?? []).flatMap(({ mc, jzrq }) => {
        const name = text(mc)
        return name === null ? [] : [{ name, until: date(jzrq) }]
      }),
      parties: [holder],
      parentCode: code(r.lsqydm),
      enterpriseType: text(r.qylx),
      status: status(r.djzt),
      industry: text(r.hydm),
      capitalFen: tenThousandYuan(r.zczb),
      capitalCurrency: currency(r.bz),
      establishedOn: date(r.clrq),
      approvedOn: date(r.hzrq),
      cancelledOn: date(r.zxrq),
      revokedOn: date(r.dxrq),
      address: text(r.zs),
      place: place(r.xzqh, r.zs),
    }
  },
  // The scope of business is long and no stage asks it; the company of a branch is known by its code, its office by the place.
  ignore: ['jyfw', 'lsqymc', 'djjg'],
  // The number moves when the stream is compacted and says nothing of the enterprise.
  volatile: ['seq', 'gxsj'],
  sensitive: ['fddbrzjhm', 'fddbr', 'lxdh'],
  // A household may be registered under the number of the person who runs it.
  sealAlso: (r) => identityFields(r, ['tyshxydm', 'zch', 'lsqydm']),
  mapping: 1,
})
