import {
  date,
  defineFeed,
  identityFields,
  oneOf,
  parties,
  place,
  projectCode,
  tenThousandYuan,
  text,
  xmlPages,
} from '#connect'
import { WaterContract } from '#schemas/feeds/water.ts'
import { exchangePages } from './envelope.ts'

const stage = oneOf({ '0': 'notStarted', '1': 'started', '2': 'inProgress', '3': 'handedOver' })

export default defineFeed({
  id: 'water.contracts',
  title: '水利工程施工合同',
  cron: '35 2 * * *',
  due: { every: 'month', by: 10 },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: xmlPages({ path: '/gxjk/ht', ...exchangePages, updatedAt: 'gxsj' }),
  record: WaterContract,
  // Not the contract's number, which is often filled in after signing.
  key: (r) => [String(r.xmbh), String(r.bdbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'contract',
    name: text(r.xmmc) ?? '',
    section: text(r.bdbh),
    sourceProject: { scheme: 'water', value: String(r.xmbh) },
    projectCode: projectCode(r.xmdm),
    documentNumber: null,
    contractNumber: text(r.htbh),
    parties: [...parties(r.xmfr, r.xmfrdm, 'owner'), ...parties(r.sgdw, r.sgdwdm, 'contractor')],
    place: place(r.xzqh, r.gcdd),
    contractFen: tenThousandYuan(r.hte),
    signedOn: date(r.qdrq),
    plannedStart: date(r.jhkg),
    startedOn: date(r.kgrq),
    handedOverOn: date(r.wgrq),
    stage: stage(r.htzt),
    governmentFunded: null,
  }),
  // The section's name repeats project and number; the period follows from the dates.
  ignore: ['bdmc', 'htgq'],
  volatile: ['gxsj'],
  sealAlso: (r) => identityFields(r, ['xmfrdm', 'sgdwdm']),
  mapping: 1,
  headers: {
    标段: 'bdbh',
    项目代码: 'xmdm',
    中标单位: 'sgdw',
    建设单位: 'xmfr',
    合同额: 'hte',
    合同完工验收日期: 'wgrq',
  },
})
