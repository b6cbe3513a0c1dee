import {
  date,
  defineFeed,
  identityFields,
  integer,
  numberedPages,
  oneOf,
  parties,
  place,
  projectCode,
  tenThousandYuan,
  text,
} from '#connect'
import { KeyProject } from '#schemas/feeds/development.ts'
import { platformPages } from './envelope.ts'

/** 计划新开工, 续建, 计划竣工, 前期: how far the project was when the list was made. */
const stage = oneOf({ '1': 'notStarted', '2': 'inProgress', '3': 'inProgress', '4': 'notStarted' })
const governmentFunded = oneOf({ '1': true, '2': false, '3': false })

export default defineFeed({
  id: 'development.key-projects',
  title: '年度重点项目名单',
  cron: '15 1 * * *',
  mode: 'full',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  // The whole of all lists each time, so what is missing has been struck off.
  pages: numberedPages({ path: '/api/v2/key-projects', query: { page: 'page', size: 'size' }, ...platformPages }),
  record: KeyProject,
  // Not year and number: the list is numbered anew whenever it is adjusted.
  key: (r) => [String(r.mdbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'projectEntry',
    name: text(r.xmmc) ?? '',
    sourceProject: null,
    projectCode: projectCode(r.xmdm),
    documentNumber: null,
    parties: parties(r.xmdw, r.xmdwdm, 'owner'),
    place: place(r.xzqh, r.jsdd),
    totalInvestmentFen: tenThousandYuan(r.ztz),
    governmentFunded: governmentFunded(r.zjly),
    industry: text(r.hydm),
    listedYear: integer(r.nd),
    registeredOn: date(r.gbrq),
    startedOn: null,
    completedOn: null,
    stage: stage(r.xmlb),
  }),
  // What is planned to be spent in one year says nothing of what was.
  ignore: ['ndjhtz'],
  volatile: ['gxsj', 'xh'],
  sealAlso: (r) => identityFields(r, ['xmdwdm']),
  mapping: 1,
  headers: { 项目统一代码: 'xmdm', 建设单位: 'xmdw', 总投资额: 'ztz', 年度计划投资: 'ndjhtz' },
})
