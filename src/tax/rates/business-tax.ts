/** 营业税, until construction came under VAT on 2016-05-01: at the place of work, on the price less subcontracts (domain.md 3.1). */
import type { RateRow } from './row.ts'

export const businessTaxRates: readonly RateRow[] = [
  {
    id: 'businessTax.construction',
    tax: 'businessTax',
    subject: 'construction',
    from: '1994-01-01',
    to: '2016-04-30',
    rateBp: 300,
    inPriceBp: 0,
    basis: '（全部价款 − 分包款）× 3%，劳务发生地',
    article: '营业税暂行条例第五条、税目税率表（建筑业）；财税〔2016〕36号废止',
  },
]
