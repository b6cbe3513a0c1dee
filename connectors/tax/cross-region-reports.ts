import {
  about,
  date,
  defineFeed,
  extractFiles,
  type Feed,
  identityFields,
  oneOf,
  parties,
  place,
  text,
  yuan,
} from '#connect'
import { CrossRegionReportRow } from '#schemas/feeds/tax.ts'

const status = oneOf({ '-2': 'reported', '0': 'checkedIn', '1': 'fedBack', '2': 'void' })
const manner = oneOf({
  '1': 'installation',
  '2': 'decoration',
  '3': 'repair',
  '4': 'processing',
  '5': 'wholesale',
  '6': 'retail',
  '9': 'other',
})

const reports: Feed<CrossRegionReportRow> = defineFeed({
  id: 'tax.cross-region-reports',
  title: '跨区域涉税事项报告',
  cron: '10 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({
    department: 'tax',
    name: 'cross-region-reports',
    feed: () => reports,
    sumField: 'HTJE',
    overlapDays: 7,
  }),
  record: CrossRegionReportRow,
  key: (r) => [String(r.BGXH)],
  map: (r) => ({
    kind: 'crossRegionReport',
    // The number of the site once there is one: invoices and advance payments name it.
    reportNumber: text(r.KQYSSXBYGLBH) ?? text(r.BGBH) ?? String(r.BGXH),
    registrationId: text(r.DJXH),
    about: about({ reportNumber: text(r.KQYSSXBYGLBH), name: text(r.XMMC) ?? text(r.HTMC) }),
    parties: [...parties(r.NSRMC, r.NSRSBH, 'contractor'), ...parties(r.HTDF_MC, null, 'owner')],
    place: place(r.JYD_DM, r.JYDZ),
    homeDivision: text(r.JGD_DM),
    contractNumber: text(r.HTBH),
    contractFen: yuan(r.HTJE),
    manner: manner(r.JYFS_DM),
    validFrom: date(r.YXQQ),
    validTo: date(r.YXQZ),
    reportedOn: date(r.BGRQ),
    checkedInOn: date(r.BYRQ),
    feedbackOn: date(r.FKRQ),
    status: status(r.ZT_DM),
  }),
  ignore: [],
  sealAlso: (r) => identityFields(r, ['NSRSBH']),
  mapping: 1,
})
export default reports
