import { code, date, defineFeed, identityFields, licenceNumber, oneOf, sequenceStream, text } from '#connect'
import { RegistrationChange } from '#schemas/feeds/commerce.ts'

const item = oneOf({
  '01': 'name',
  '02': 'address',
  '03': 'capital',
  '04': 'scope',
  '05': 'representative',
  '06': 'status',
  '07': 'branch',
  '99': 'other',
})

/** Before and after a change of representative stand the names of persons. */
const namesPersons = (r: RegistrationChange): boolean => String(r.bgsx) === '05'

export default defineFeed({
  id: 'commerce.changes',
  title: '市场主体变更登记',
  cron: '50 1 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.01, changedShareMax: 0.5 },
  pages: sequenceStream({
    path: '/stream/changes',
    query: { after: 'after', limit: 'limit' },
    sequence: 'seq',
    updatedAt: 'gxsj',
  }),
  record: RegistrationChange,
  // This stream is never compacted: its numbers are the register's own.
  key: (r) => [String(r.seq)],
  map: (r) => ({
    kind: 'enterpriseChange',
    code: code(r.tyshxydm),
    registrationNumber: licenceNumber(r.zch),
    name: text(r.qymc),
    item: item(r.bgsx),
    before: namesPersons(r) ? null : text(r.bgq),
    after: namesPersons(r) ? null : text(r.bgh),
    changedOn: date(r.bgrq),
  }),
  ignore: ['djjg'],
  volatile: ['gxsj'],
  sealAlso: (r) => [...identityFields(r, ['tyshxydm', 'zch']), ...(namesPersons(r) ? ['bgh', 'bgq'] : [])],
  mapping: 1,
})
