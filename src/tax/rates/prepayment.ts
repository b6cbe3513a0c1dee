/** 增值税预缴 of 建筑服务: 预征率 on the price less subcontracts, without the tax inside it (domain.md 3.1, 0.5). */
import type { RateRow } from './row.ts'

const from2026 = '国家税务总局公告2026年第14号《增值税预缴税款管理办法》'
const until2025 = '国家税务总局公告2016年第17号第四条、第五条；2017年第11号第三条'

const row = (
  of: Pick<RateRow, 'id' | 'subject' | 'from' | 'to' | 'inPriceBp' | 'article'> & {
    readonly rateBp: number
    readonly open?: string
  },
): RateRow => ({
  tax: 'vatPrepayment',
  basis: `（全部价款 − 分包款）÷ (1 + ${of.inPriceBp / 100}%) × ${of.rateBp / 100}%`,
  ...of,
})

/** General taxpayers: 2 % of the price, with the rate of the day inside it. */
const general = (id: string, from: string, to: string | null, inPriceBp: number, article: string): RateRow =>
  row({ id: `vatPrepayment.general.${id}`, subject: 'general', from, to, rateBp: 200, inPriceBp, article })

const small = (
  id: string,
  span: Pick<RateRow, 'from' | 'to' | 'article'>,
  rateBp: number,
  open?: string,
): RateRow[] => {
  // Announcements lower the rate and do not say what of the price is tax then: both readings are rows, and the band holds them.
  const both = { ...span, rateBp, ...(open === undefined ? {} : { open }) }
  return [
    row({ ...both, id: `vatPrepayment.small.${id}`, subject: 'smallScale', inPriceBp: rateBp === 0 ? 300 : rateBp }),
    row({ ...both, id: `vatPrepayment.small.${id}.of103`, subject: 'smallScaleOf103', inPriceBp: 300 }),
  ]
}

const divisorOpen = '减按 1% 预缴时价款按 1.01 还是 1.03 换算，由当地申报口径定；测算区间的下限按 1.03'

export const prepaymentRates: readonly RateRow[] = [
  general('11', '2016-05-01', '2018-04-30', 1_100, until2025),
  general('10', '2018-05-01', '2019-03-31', 1_000, until2025),
  general('9', '2019-04-01', '2025-12-31', 900, until2025),
  general('9.2026', '2026-01-01', null, 900, from2026),
  row({
    id: 'vatPrepayment.simplified.3',
    subject: 'simplified',
    from: '2016-05-01',
    to: '2025-12-31',
    rateBp: 300,
    inPriceBp: 300,
    article: until2025,
  }),
  row({
    id: 'vatPrepayment.simplified.3.2026',
    subject: 'simplified',
    from: '2026-01-01',
    to: '2027-12-31',
    rateBp: 300,
    inPriceBp: 300,
    article: `${from2026}；财政部 税务总局公告2026年第10号`,
    open: '只限清包工、老项目；仍在履行的甲供合同由人判断',
  }),
  ...small('3.2016', { from: '2016-05-01', to: '2020-02-29', article: until2025 }, 300),
  ...small(
    '1.2020',
    { from: '2020-03-01', to: '2022-03-31', article: '财政部 税务总局公告2020年第13号、第24号，2021年第7号' },
    100,
    divisorOpen,
  ),
  ...small(
    '0.2022',
    { from: '2022-04-01', to: '2022-12-31', article: '财政部 税务总局公告2022年第15号（暂停预缴）' },
    0,
  ),
  ...small(
    '1.2023',
    { from: '2023-01-01', to: '2027-12-31', article: '财政部 税务总局公告2023年第1号、第19号' },
    100,
    divisorOpen,
  ),
  ...small('3.2028', { from: '2028-01-01', to: null, article: from2026 }, 300),
]

export interface Reach {
  readonly from: string
  readonly to: string | null
  /** Regions between which work is 跨区域: counties at first, prefectures since 2017-05-01. */
  readonly level: 'county' | 'prefecture'
  readonly article: string
}

export const prepaymentReaches: readonly Reach[] = [
  { from: '2016-05-01', to: '2017-04-30', level: 'county', article: '国家税务总局公告2016年第17号第二条' },
  { from: '2017-05-01', to: '2025-12-31', level: 'prefecture', article: '国家税务总局公告2017年第11号第三条' },
  { from: '2026-01-01', to: null, level: 'prefecture', article: from2026 },
]

/** From this day an advance is prepaid on, wherever the work lies; before, its receipt was the liability itself. */
export const advanceFrom = { day: '2017-07-01', article: '财税〔2017〕58号第二条、第三条' } as const
