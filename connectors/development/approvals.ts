import {
  date,
  defineFeed,
  documentNumber,
  identityFields,
  numberedPages,
  oneOf,
  parties,
  place,
  projectCode,
  tenThousandYuan,
  text,
} from '#connect'
import { DevelopmentApproval } from '#schemas/feeds/development.ts'
import { platformPages } from './envelope.ts'

const approvalType = oneOf({ '01': 'approval', '02': 'ratification', '03': 'filing' })
const approvalStage = oneOf({
  '1': 'proposal',
  '2': 'feasibility',
  '3': 'preliminaryDesign',
  '4': 'budgetAdjustment',
  '5': 'filing',
  '6': 'ratification',
})
const status = oneOf({ '0': 'coded', '1': 'approved', '2': 'withdrawn', '3': 'expired' })
/** State enterprises raise their own money: only 1 is paid by a government. */
const governmentFunded = oneOf({ '1': true, '2': false, '3': false })

export default defineFeed({
  id: 'development.approvals',
  title: '立项审批、核准、备案',
  cron: '30 1 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: numberedPages({
    path: '/api/v2/approvals',
    query: { page: 'page', size: 'size', since: 'updatedFrom' },
    ...platformPages,
  }),
  record: DevelopmentApproval,
  key: (r) => [String(r.slbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'approval',
    name: text(r.xmmc) ?? '',
    projectCode: projectCode(r.xmdm),
    documentNumber: documentNumber(r.pfwh),
    approvalType: approvalType(r.xmlx),
    approvalStage: approvalStage(r.spjd),
    status: status(r.xmzt),
    parties: parties(r.xmdw, r.xmdwdm, 'owner'),
    place: place(r.xzqh, r.jsdd),
    totalInvestmentFen: tenThousandYuan(r.ztz),
    governmentFunded: governmentFunded(r.zjly),
    industry: text(r.hydm),
    approvedOn: date(r.pfrq),
    plannedStart: date(r.nkgsj),
    plannedCompletion: date(r.njcsj),
  }),
  ignore: ['jsgm', 'bz'],
  volatile: ['gxsj'],
  sensitive: ['lxdh', 'lxr'],
  sealAlso: (r) => identityFields(r, ['xmdwdm']),
  mapping: 1,
  headers: {
    项目代码: 'xmdm',
    建设单位: 'xmdw',
    建设单位代码: 'xmdwdm',
    总投资额: 'ztz',
    文号: 'pfwh',
    拟开工: 'nkgsj',
    拟建成: 'njcsj',
  },
})
