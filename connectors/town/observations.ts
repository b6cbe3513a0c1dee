import { about, date, defineFeed, extractFiles, type Feed, oneOf, parties, place, text } from '#connect'
import { TownObservation } from '#schemas/feeds/town.ts'

const subject = oneOf({ '1': 'construction', '2': 'business', '3': 'letting', '4': 'training' })
const state = oneOf({ '1': 'operating', '2': 'stopped', '3': 'gone' })

/** A delegate may have noted a mobile number or an identity number among the words. */
const namesPerson = ({ ms }: TownObservation): boolean =>
  /(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?![\dXx])/.test(String(ms ?? ''))
const isSealed = ({ ms }: TownObservation): boolean => String(ms ?? '').startsWith('sealed:')

const observations: Feed<TownObservation> = defineFeed({
  id: 'town.observations',
  title: '乡镇街道现场观察',
  cron: '40 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: extractFiles({ department: 'town', name: 'observations', feed: () => observations, overlapDays: 14 }),
  record: TownObservation,
  key: (r) => [String(r.gcbh)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'observation',
    about: about({ name: text(r.xmmc) }),
    parties: parties(r.xcdw, null, 'holder'),
    place: place(r.xzqhdm, r.dd),
    subject: subject(r.wtlx),
    state: state(r.xczt),
    text: isSealed(r) || namesPerson(r) ? null : text(r.ms),
    seenOn: date(r.fxrq),
  }),
  // The code of the place says which town it is.
  ignore: ['xzjd'],
  volatile: ['gxsj'],
  sensitive: ['sbrdh', 'sbr'],
  sealAlso: (r) => (namesPerson(r) ? ['ms'] : []),
  mapping: 1,
  headers: { 单位名称: 'xcdw', 发现时间: 'fxrq', 地址: 'dd' },
})
export default observations
