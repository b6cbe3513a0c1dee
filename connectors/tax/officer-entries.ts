import {
  about,
  date,
  defineFeed,
  extractFiles,
  type Feed,
  identityFields,
  oneOf,
  parties,
  projectCode,
  rateBp,
  text,
  yuan,
} from '#connect'
import { OfficerEntryRow } from '#schemas/feeds/tax.ts'

const entry = oneOf({
  '1': 'contract',
  '2': 'subcontract',
  '3': 'terms',
  '4': 'receipt',
  '5': 'settlement',
  '6': 'stoppage',
})

const entries: Feed<OfficerEntryRow> = defineFeed({
  id: 'tax.officer-entries',
  title: '信息采集',
  cron: '25 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'officer-entries', feed: () => entries, overlapDays: 7 }),
  record: OfficerEntryRow,
  key: (r) => [String(r.CJXH)],
  map: (r) => ({
    kind: 'officerEntry',
    entry: entry(r.CJLX_DM),
    about: about({ projectCode: projectCode(r.XMDM), name: text(r.XMMC) }),
    // The other side of a subcontract is the subcontractor, of everything else the owner.
    parties: [
      ...parties(r.NSRMC, r.NSRSBH, 'contractor'),
      ...parties(r.HTDF_MC, null, r.CJLX_DM === '2' ? 'subcontractor' : 'owner'),
    ],
    amountFen: yuan(r.JE),
    paymentRatioBp: rateBp(r.ZFBL),
    retentionBp: rateBp(r.ZBJBL),
    happenedOn: date(r.FSRQ),
    remark: text(r.BZ),
    officer: text(r.SSGLY_DM),
  }),
  ignore: [],
  sealAlso: (r) => identityFields(r, ['NSRSBH']),
  mapping: 2,
})
export default entries
