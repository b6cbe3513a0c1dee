import { date, defineFeed, extractFiles, type Feed, oneOf, parties, place, text, yuan } from '#connect'
import type { PartyMention } from '#schemas/canonical/index.ts'
import { TenderAward } from '#schemas/feeds/tendering.ts'

const isConsortium = oneOf({ true: true, false: false, 是: true, 否: false, '1': true, '0': false })

/** The winners as a list; a cell of a table holds them as JSON text or between separators, which `winner_raw` reads as well. */
const listOf = (winners: TenderAward['winners']): readonly string[] => {
  if (Array.isArray(winners)) return winners
  if (typeof winners !== 'string' || !winners.trim().startsWith('[')) return []
  try {
    const list: unknown = JSON.parse(winners)
    return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : []
  } catch {
    return []
  }
}

/** More than one entry in the list is the centre's own reading of the names and wins over ours. */
const contractors = (r: TenderAward): PartyMention[] => {
  const joined = isConsortium(typeof r.is_consortium === 'boolean' ? String(r.is_consortium) : r.is_consortium)
  const raw = r.winner_raw
  const list = listOf(r.winners)
  if (list.length < 2) return parties(raw ?? list[0], null, 'contractor')
  const mentions = list.flatMap((name) => parties(name, null, 'contractor'))
  if (joined !== true) return mentions
  const hasLeader = mentions.some((mention) => mention.consortium === 'leader')
  return mentions.map((mention, i) => ({
    ...mention,
    consortium: mention.consortium ?? (i === 0 && !hasLeader ? 'leader' : 'member'),
  }))
}

const awards: Feed<TenderAward> = defineFeed({
  id: 'tendering.awards',
  title: '中标公告',
  cron: '10 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: extractFiles({ department: 'tendering', name: 'awards', feed: () => awards, overlapDays: 14 }),
  record: TenderAward,
  key: (r) => [String(r.award_id)],
  map: (r) => ({
    kind: 'award',
    name: text(r.lot_name) ?? '',
    lotNumber: text(r.lot_no),
    // The centre has no field for the project's code.
    projectCode: null,
    parties: [...parties(r.tenderee, null, 'owner'), ...parties(r.agency, null, 'agency'), ...contractors(r)],
    place: place(r.area_code, text(r.site) === null ? r.area_name : r.site),
    awardFen: yuan(r.amount_cny),
    noticedOn: date(r.notice_date),
    scope: text(r.scope),
  }),
  ignore: ['price_text', 'period_text', 'quality', 'qualification_cert', 'safety_licence'],
  mapping: 1,
  headers: {
    中标公告编号: 'award_id',
    公告时间: 'notice_date',
    项目名称: 'lot_name',
    招标单位: 'tenderee',
    建设单位: 'tenderee',
    代理机构: 'agency',
    项目地点: 'site',
    中标单位: 'winner_raw',
    中标人名称: 'winner_raw',
    中标价: 'amount_cny',
    中标内容: 'scope',
  },
})
export default awards
