/** Sales up to which small-scale taxpayers owe no VAT and prepay none at the site; by month, three times as much by quarter (domain.md 3.1). */
export interface ThresholdRow {
  readonly from: string
  readonly to: string | null
  /** 分 a month, without tax, as decimal text: rules are kept as JSON. */
  readonly monthFen: string
  readonly article: string
}

export const smallScaleThresholds: readonly ThresholdRow[] = [
  {
    from: '2016-05-01',
    to: '2018-12-31',
    monthFen: '3000000',
    article: '财税〔2016〕36号附件1第五十条；国家税务总局公告2016年第23号',
  },
  { from: '2019-01-01', to: '2021-03-31', monthFen: '10000000', article: '财税〔2019〕13号第一条' },
  { from: '2021-04-01', to: '2022-12-31', monthFen: '15000000', article: '财政部 税务总局公告2021年第11号' },
  { from: '2023-01-01', to: '2027-12-31', monthFen: '10000000', article: '财政部 税务总局公告2023年第1号、第19号' },
]
