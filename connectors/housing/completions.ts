import {
  about,
  date,
  defineFeed,
  exchangeTables,
  identityFields,
  parties,
  place,
  quantity,
  recordRef,
  tenThousandYuan,
  text,
} from '#connect'
import { ProjectFinish } from '#schemas/feeds/housing.ts'
import { catalogue, catalogues } from './catalogue.ts'

export default defineFeed({
  id: 'housing.completions',
  title: '房屋市政工程竣工验收备案',
  cron: '10 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.01, changedShareMax: 0.5 },
  pages: exchangeTables({ catalogue: catalogue.completions, catalogues, table: 'tbprojectfinishmanage' }),
  record: ProjectFinish,
  key: (r) => [String(r.prjfinishnum)],
  sourceOrder: (r) => text(r.updatedate),
  map: (r) => ({
    kind: 'completion',
    about: about({
      record: recordRef('housing.permits', r.builderlicencenum),
      name: text(String(r.prjfinishname ?? '').split('/')[0]),
    }),
    parties: [
      ...parties(r.buildcorpname, r.buildcorpcode, 'owner'),
      ...parties(r.conscorpname, r.conscorpcode, 'contractor'),
    ],
    place: place(r.areacode, null),
    costFen: tenThousandYuan(r.factcost),
    areaM2: quantity(r.factarea),
    startedOn: date(r.bdate),
    completedOn: date(r.edate),
    filedOn: date(r.filedate),
  }),
  // The permit knows the platform's number of the project.
  ignore: ['prjnum'],
  volatile: ['updatedate'],
  sealAlso: (r) => identityFields(r, ['buildcorpcode', 'conscorpcode']),
  mapping: 1,
})
