import {
  cursorPages,
  date,
  defineFeed,
  documentNumber,
  identityFields,
  oneOf,
  parties,
  place,
  projectCode,
  text,
  yuan,
} from '#connect'
import { RoadProject } from '#schemas/feeds/transport.ts'

/** 交工 opens the road to traffic; 竣工验收 follows about two years later. */
const stage = oneOf({
  '0': 'notStarted',
  '1': 'started',
  '2': 'inProgress',
  '3': 'handedOver',
  '4': 'completed',
  '5': 'stopped',
})
const governmentFunded = oneOf({ '1': true, '2': false, '3': false })

export default defineFeed({
  id: 'transport.projects',
  title: '公路工程项目台账',
  cron: '50 1 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: cursorPages({
    path: '/open/v1/projects',
    query: { cursor: 'cursor', limit: 'limit', since: 'since' },
    rows: ['rows'],
    total: ['total'],
    next: ['nextCursor'],
    updatedAt: 'gxsj',
    overlapMinutes: 10,
  }),
  record: RoadProject,
  key: (r) => [String(r.xmbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'projectEntry',
    name: text(r.xmmc) ?? '',
    sourceProject: { scheme: 'transport', value: String(r.xmbh) },
    projectCode: projectCode(r.xmdm),
    documentNumber: documentNumber(r.pfwh),
    parties: parties(r.jsdw, r.jsdwdm, 'owner'),
    place: place(r.xzqh, null),
    totalInvestmentFen: yuan(r.ztz),
    governmentFunded: governmentFunded(r.zjly),
    industry: null,
    listedYear: null,
    registeredOn: date(r.rkrq),
    startedOn: date(r.kgrq),
    completedOn: date(r.jgysrq),
    stage: stage(r.zt),
  }),
  // Handover is told by the sections, each with a day of its own; route and stakes stand in the name too.
  ignore: ['lxbh', 'qdzh', 'zdzh', 'jgrq'],
  volatile: ['gxsj'],
  sealAlso: (r) => identityFields(r, ['jsdwdm']),
  mapping: 1,
  headers: { 项目代码: 'xmdm', 总投资额: 'ztz', 文号: 'pfwh', 业主单位: 'jsdw' },
})
