import {
  date,
  defineFeed,
  documentNumber,
  identityFields,
  oneOf,
  parties,
  place,
  projectCode,
  tenThousandYuan,
  text,
  xmlPages,
} from '#connect'
import { WaterProject } from '#schemas/feeds/water.ts'
import { exchangePages } from './envelope.ts'

/** 河道治理, 堤防加固, 水库除险加固, 供水, 水生态修复, 灌区改造 → GB/T 4754. */
const industry = oneOf({ '01': '4822', '02': '4822', '03': '4822', '04': '4821', '05': '4822', '06': '4821' })
const stage = oneOf({
  '0': 'notStarted',
  '1': 'started',
  '2': 'inProgress',
  '3': 'handedOver',
  '4': 'completed',
  '5': 'stopped',
})

/** Any level of government that pays; unknown where no share is stated. */
const isFunded = (...shares: readonly (bigint | null)[]): boolean | null =>
  shares.some((share) => share !== null && share > 0n) || (shares.some((share) => share !== null) ? false : null)

export default defineFeed({
  id: 'water.projects',
  title: '水利工程项目台账',
  cron: '30 2 * * *',
  due: { every: 'month', by: 10 },
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: xmlPages({ path: '/gxjk/xm', ...exchangePages, updatedAt: 'gxsj' }),
  record: WaterProject,
  key: (r) => [String(r.xmbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'projectEntry',
    name: text(r.xmmc) ?? '',
    sourceProject: { scheme: 'water', value: String(r.xmbh) },
    projectCode: projectCode(r.xmdm),
    documentNumber: documentNumber(r.pfwh),
    parties: parties(r.xmfr, r.xmfrdm, 'owner'),
    place: place(r.xzqh, r.jsdd),
    totalInvestmentFen: tenThousandYuan(r.gszs),
    governmentFunded: isFunded(tenThousandYuan(r.zytz), tenThousandYuan(r.sjtz), tenThousandYuan(r.sxtz)),
    industry: industry(r.gclb),
    listedYear: null,
    registeredOn: date(r.rkrq),
    startedOn: date(r.kgrq),
    completedOn: date(r.jgysrq),
    stage: stage(r.xmzt),
  }),
  ignore: [],
  volatile: ['gxsj'],
  sensitive: ['lxdh', 'lxr'],
  sealAlso: (r) => identityFields(r, ['xmfrdm']),
  mapping: 1,
  headers: { 项目代码: 'xmdm', 建设单位: 'xmfr', 概算总投资: 'gszs', 批复文号: 'pfwh' },
})
