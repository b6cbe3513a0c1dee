import {
  about,
  date,
  defineFeed,
  identityFields,
  month,
  numberedPages,
  oneOf,
  parties,
  percentBp,
  place,
  projectCode,
  tenThousandYuan,
  text,
} from '#connect'
import { ProgressReport } from '#schemas/feeds/development.ts'
import { platformPages } from './envelope.ts'

const report = oneOf({ '1': 'start', '2': 'progress', '3': 'completion' })

export default defineFeed({
  id: 'development.progress',
  title: '开工、进度、竣工信息报送',
  cron: '45 1 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: numberedPages({
    path: '/api/v2/progress',
    query: { page: 'page', size: 'size', since: 'updatedFrom' },
    ...platformPages,
  }),
  record: ProgressReport,
  key: (r) => [String(r.xmdm), String(r.bsyf)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'investment',
    about: about({ projectCode: projectCode(r.xmdm), name: text(r.xmmc) }),
    parties: parties(r.xmdw, r.xmdwdm, 'owner'),
    place: place(r.xzqh, r.jsdd),
    report: report(r.bslx),
    period: month(r.bsyf),
    cumulativeInvestmentFen: tenThousandYuan(r.ljwctz),
    // The only part of it that may be read as work done (domain: land, equipment and interest are in the whole).
    constructionInvestmentFen: tenThousandYuan(r.jatz),
    physicalProgressBp: percentBp(r.xxjd),
    startedOn: date(r.sjkg),
    completedOn: date(r.sjjg),
  }),
  // The year's part follows from the months before; the description is prose.
  ignore: ['bnwctz', 'jdms'],
  volatile: ['gxsj'],
  sensitive: ['lxdh', 'tbr'],
  sealAlso: (r) => identityFields(r, ['xmdwdm']),
  mapping: 1,
  headers: { 项目统一代码: 'xmdm', 数据月份: 'bsyf', 建设单位: 'xmdw', 累计完成投资: 'ljwctz', 形象进度: 'xxjd' },
})
