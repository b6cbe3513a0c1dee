import { blindOf, code, date, defineFeed, extractFiles, type Feed, identityFields, oneOf, place, text } from '#connect'
import { Taxpayer } from '#schemas/feeds/tax.ts'

const status = oneOf({
  '03': 'normal',
  '04': 'suspended',
  '05': 'abnormal',
  '06': 'pendingCancel',
  '07': 'cancelled',
  '09': 'checkedIn',
})
const vatScheme = oneOf({ '1': 'general', '2': 'smallScale' })
const isNaturalPerson = oneOf({ '1110': false, '1120': false, '1160': false, '1190': true })

const taxpayers: Feed<Taxpayer> = defineFeed({
  id: 'tax.taxpayers',
  title: '税务登记',
  cron: '30 5 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'taxpayers', feed: () => taxpayers, overlapDays: 7 }),
  record: Taxpayer,
  key: (r) => [String(r.DJXH)],
  sourceOrder: (r) => text(r.XGRQ),
  map: (r) => ({
    kind: 'taxRegistration',
    registrationId: String(r.DJXH),
    code: code(r.SHXYDM) ?? code(r.NSRSBH),
    formerCode: code(r.YNSRSBH),
    codeBlind: blindOf(r.NSRSBH),
    name: text(r.NSRMC) ?? '',
    formerNames: (text(r.CYMC) ?? '')
      .split('、')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    status: status(r.NSRZT_DM),
    isNaturalPerson: isNaturalPerson(r.KZZTDJLX_DM) ?? false,
    vatScheme: vatScheme(r.NSRLX_DM),
    industry: text(r.HY_DM),
    address: text(r.SCJYDZ) ?? text(r.ZCDZ),
    place: place(r.JDXZ_DM, r.SCJYDZ),
    officeInCharge: { code: text(r.ZGSWSKFJ_DM), name: text(r.ZGSWSKFJ_MC) },
    taxOfficer: text(r.SSGLY_DM),
    registeredOn: date(r.DJRQ),
  }),
  ignore: [],
  volatile: ['XGRQ'],
  // The first sealed field identifies the person: the number, then what goes with it.
  sensitive: ['FDDBRSFZJHM', 'FDDBRXM', 'LXDH'],
  sealAlso: (r) =>
    r.KZZTDJLX_DM === '1190' ? ['NSRSBH', 'YNSRSBH'] : identityFields(r, ['SHXYDM', 'NSRSBH', 'YNSRSBH']),
  mapping: 1,
})
export default taxpayers
