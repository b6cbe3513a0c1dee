import { date, defineFeed, extractFiles, type Feed, oneOf, text, yuan } from '#connect'
import { RiskTaskRow } from '#schemas/feeds/tax.ts'

const level = oneOf({ '1': 'low', '2': 'medium', '3': 'high' })
const status = oneOf({ '0': 'open', '1': 'closed' })
/** 提示提醒、纳税辅导、税务约谈、调查核实、纳税评估、移送稽查 (domain.md 0.12). */
const response = oneOf({
  '1': 'reminder',
  '2': 'guidance',
  '3': 'interview',
  '4': 'inspection',
  '5': 'assessment',
  '6': 'audit',
})

const tasks: Feed<RiskTaskRow> = defineFeed({
  id: 'tax.risk-tasks',
  title: '风险应对任务（省局下达）',
  cron: '20 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'risk-tasks', feed: () => tasks, overlapDays: 7 }),
  record: RiskTaskRow,
  key: (r) => [String(r.RWBH)],
  map: (r) => ({
    kind: 'riskTask',
    registrationId: text(r.DJXH) ?? '',
    taskNumber: String(r.RWBH),
    risk: text(r.FXD),
    level: level(r.FXDJ_DM),
    response: response(r.YDFS_DM),
    status: status(r.ZT_DM),
    recoveredFen: yuan(r.CBSK),
    issuedOn: date(r.XDRQ),
    closedOn: date(r.BJRQ),
  }),
  ignore: [],
  mapping: 1,
})
export default tasks
