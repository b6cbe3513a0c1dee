/** 城建税 by area of the site, 教育费附加, 地方教育附加: on the VAT, prepaid or the business tax that was (domain.md 3.2). */
import type { RateRow } from './row.ts'

const cityTax = (subject: 'urban' | 'town' | 'other', rateBp: number): RateRow[] => {
  const common = { tax: 'cityTax', subject, rateBp, inPriceBp: 0 } as const
  const basis = `实际缴纳的增值税（预缴在内，按项目所在地税率）× ${rateBp / 100}%`
  return [
    {
      ...common,
      id: `cityTax.${subject}.1985`,
      from: '1985-01-01',
      to: '2021-08-31',
      basis,
      article: '城市维护建设税暂行条例第四条',
    },
    { ...common, id: `cityTax.${subject}`, from: '2021-09-01', to: null, basis, article: '城市维护建设税法第四条' },
  ]
}

export const surchargeRates: readonly RateRow[] = [
  ...cityTax('urban', 700),
  ...cityTax('town', 500),
  ...cityTax('other', 100),
  {
    id: 'educationSurcharge',
    tax: 'educationSurcharge',
    subject: 'all',
    from: '2005-10-01',
    to: null,
    rateBp: 300,
    inPriceBp: 0,
    basis: '实际缴纳的增值税 × 3%',
    article: '征收教育费附加的暂行规定第三条（国务院令448号）',
  },
  {
    id: 'localEducationSurcharge',
    tax: 'localEducationSurcharge',
    subject: 'all',
    from: '2011-01-01',
    to: null,
    rateBp: 200,
    inPriceBp: 0,
    basis: '实际缴纳的增值税 × 2%',
    article: '财综〔2010〕98号；征收起始日以河南规定为准',
  },
]

export interface HalvingRow {
  readonly from: string
  readonly to: string | null
  readonly article: string
}

/** 六税两费 at half for small-scale taxpayers. Small low-profit general taxpayers have it too; nobody tells us which they are (rates/local.ts). */
export const smallScaleHalvings: readonly HalvingRow[] = [
  { from: '2019-01-01', to: '2021-12-31', article: '财税〔2019〕13号第三条' },
  { from: '2022-01-01', to: '2027-12-31', article: '财政部 税务总局公告2022年第10号；2023年第12号' },
]

/** Monthly sales up to which both 附加 are waived, of whoever it is: 分 without tax, as decimal text. */
export const surchargeWaiver = { from: '2016-02-01', monthFen: '10000000', article: '财税〔2016〕12号' } as const
