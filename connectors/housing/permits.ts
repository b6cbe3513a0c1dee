import {
  date,
  defineFeed,
  documentNumber,
  exchangeTables,
  identityFields,
  oneOf,
  parties,
  permitNumber,
  place,
  platformProject,
  projectCode,
  quantity,
  tenThousandYuan,
  text,
} from '#connect'
import { BuilderLicence } from '#schemas/feeds/housing.ts'
import { catalogue, catalogues } from './catalogue.ts'

const status = oneOf({ '1': 'valid', '2': 'suspended', '3': 'revoked', '4': 'expired' })

/** Some towns write the approval's project code where the platform's own number belongs. */
const isProjectCode = (number: BuilderLicence['prjnum']): boolean => /^\s*\d{4}-\d{6}-/.test(String(number ?? ''))

export default defineFeed({
  id: 'housing.permits',
  title: '建筑工程施工许可',
  cron: '0 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.01, changedShareMax: 0.5 },
  pages: exchangeTables({ catalogue: catalogue.permits, catalogues, table: 'tbbuilderlicencemanage' }),
  record: BuilderLicence,
  key: (r) => [String(r.builderlicencenum)],
  sourceOrder: (r) => text(r.updatedate),
  map: (r) => ({
    kind: 'permit',
    // Names of all single works stand one behind the other; the first is the project's.
    name: text(String(r.prjname ?? '').split('/')[0]) ?? '',
    permitNumber: permitNumber(r.builderlicencenum),
    projectCode: projectCode(r.projectcode) ?? (isProjectCode(r.prjnum) ? projectCode(r.prjnum) : null),
    documentNumber: documentNumber(r.prjapprovalnum),
    sourceProject: platformProject(r.prjnum, 'housing'),
    parties: [
      ...parties(r.buildcorpname, r.buildcorpcode, 'owner'),
      ...parties(r.conscorpname, r.conscorpcode, 'contractor'),
    ],
    place: place(r.areacode, r.prjaddress),
    contractFen: tenThousandYuan(r.contractmoney),
    totalInvestmentFen: tenThousandYuan(r.allinvest),
    areaM2: quantity(r.area),
    issuedOn: date(r.issuecertdate),
    plannedStart: date(r.bdate),
    plannedCompletion: date(r.edate),
    status: status(r.certstate),
  }),
  ignore: ['designcorpname', 'designcorpcode', 'prjsize'],
  volatile: ['updatedate'],
  sensitive: ['constructoridcard', 'constructorname'],
  sealAlso: (r) => identityFields(r, ['buildcorpcode', 'conscorpcode', 'designcorpcode']),
  mapping: 1,
})
