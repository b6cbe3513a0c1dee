/** 增值税 on 建筑服务: output tax of general taxpayers, 征收率 of simplified and small-scale ones (domain.md 3.1, 0.6). */
import type { RateRow } from './row.ts'

const general = (id: string, from: string, to: string | null, rateBp: number, article: string): RateRow => ({
  id: `vat.general.${id}`,
  tax: 'vat',
  subject: 'general',
  from,
  to,
  rateBp,
  inPriceBp: rateBp,
  basis: `含税价 ÷ (1 + ${rateBp / 100}%) × ${rateBp / 100}%，为销项税额，不是应纳税额`,
  article,
})

const levied = (
  row: Pick<RateRow, 'id' | 'subject' | 'from' | 'to' | 'rateBp' | 'article'> & { readonly open?: string },
): RateRow => ({
  tax: 'vat',
  inPriceBp: row.rateBp ?? 0,
  basis: `（全部价款 − 分包款）÷ (1 + ${(row.rateBp ?? 0) / 100}%) × ${(row.rateBp ?? 0) / 100}%`,
  ...row,
})

export const vatRates: readonly RateRow[] = [
  general('11', '2016-05-01', '2018-04-30', 1_100, '财税〔2016〕36号附件1第十五条'),
  general('10', '2018-05-01', '2019-03-31', 1_000, '财税〔2018〕32号'),
  general('9', '2019-04-01', '2025-12-31', 900, '财政部 税务总局 海关总署公告2019年第39号'),
  general('9.law', '2026-01-01', null, 900, '增值税法第十条'),
  levied({
    id: 'vat.simplified.3',
    subject: 'simplified',
    from: '2016-05-01',
    to: '2025-12-31',
    rateBp: 300,
    article: '财税〔2016〕36号附件2第一条第（七）项；财税〔2017〕58号',
  }),
  levied({
    id: 'vat.simplified.3.2026',
    subject: 'simplified',
    from: '2026-01-01',
    to: '2027-12-31',
    rateBp: 300,
    article: '财政部 税务总局公告2026年第10号',
    open: '只限清包工、老项目；甲供工程不再列入，2025 年底前签订、仍在履行的甲供合同由人判断',
  }),
  levied({
    id: 'vat.small.3.2016',
    subject: 'smallScale',
    from: '2016-05-01',
    to: '2020-02-29',
    rateBp: 300,
    article: '财税〔2016〕36号附件1第十六条',
  }),
  levied({
    id: 'vat.small.1.2020',
    subject: 'smallScale',
    from: '2020-03-01',
    to: '2022-03-31',
    rateBp: 100,
    article: '财政部 税务总局公告2020年第13号、第24号，2021年第7号',
    open: '2022 年 1 至 3 月沿用 1%，以当地执行口径为准',
  }),
  levied({
    id: 'vat.small.0.2022',
    subject: 'smallScale',
    from: '2022-04-01',
    to: '2022-12-31',
    rateBp: 0,
    article: '财政部 税务总局公告2022年第15号',
    open: '放弃免税、开具专用发票的部分仍按 3%',
  }),
  levied({
    id: 'vat.small.1.2023',
    subject: 'smallScale',
    from: '2023-01-01',
    to: '2027-12-31',
    rateBp: 100,
    article: '财政部 税务总局公告2023年第1号、第19号',
  }),
  levied({
    id: 'vat.small.3.2028',
    subject: 'smallScale',
    from: '2028-01-01',
    to: null,
    rateBp: 300,
    article: '增值税法第十一条',
  }),
]
