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
import { RoadSection } from '#schemas/feeds/transport.ts'

const stage = oneOf({ '0': 'notStarted', '1': 'started', '2': 'inProgress', '3': 'handedOver' })
const governmentFunded = oneOf({ '1': true, '2': false, '3': false })

export default defineFeed({
  id: 'transport.sections',
  title: '公路工程合同段',
  cron: '0 2 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: cursorPages({
    path: '/open/v1/sections',
    query: { cursor: 'cursor', limit: 'limit', since: 'since' },
    rows: ['rows'],
    total: ['total'],
    next: ['nextCursor'],
    updatedAt: 'gxsj',
    overlapMinutes: 10,
  }),
  record: RoadSection,
  key: (r) => [String(r.xmbh), String(r.htdbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'contract',
    name: text(r.xmmc) ?? '',
    section: text(r.htdbh),
    sourceProject: { scheme: 'transport', value: String(r.xmbh) },
    projectCode: projectCode(r.xmdm),
    documentNumber: documentNumber(r.pfwh),
    contractNumber: text(r.htbh),
    parties: [...parties(r.jsdw, r.jsdwdm, 'owner'), ...parties(r.sgdw, r.sgdwdm, 'contractor')],
    place: place(r.xzqh, null),
    contractFen: yuan(r.htj),
    signedOn: date(r.qdrq),
    plannedStart: date(r.jhkg),
    startedOn: date(r.sjkg),
    handedOverOn: date(r.jgrq),
    stage: stage(r.zt),
    governmentFunded: governmentFunded(r.zjly),
  }),
  ignore: ['lxbh', 'qdzh', 'zdzh'],
  volatile: ['gxsj'],
  // A builder without a company is named by its own number.
  sealAlso: (r) => identityFields(r, ['jsdwdm', 'sgdwdm']),
  mapping: 1,
  headers: { 标段: 'htdbh', 合同段: 'htdbh', 中标单位: 'sgdw', 合同金额: 'htj', 开工日期: 'sjkg' },
})
