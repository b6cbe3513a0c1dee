/** 印花税 by contract, of both sides, subcontracts apart (domain.md 3.3). */
import type { RateRow } from './row.ts'

const law = '印花税法第五条、第十条及税目税率表'
const regulation = '印花税暂行条例及税目税率表'

export const stampDutyRates: readonly RateRow[] = [
  {
    id: 'stampDuty.construction.1988',
    tax: 'stampDuty',
    subject: 'construction',
    from: '1988-10-01',
    to: '2022-06-30',
    rateBp: 3,
    inPriceBp: 0,
    basis: '承包金额 × 0.03%',
    article: regulation,
  },
  {
    id: 'stampDuty.construction',
    tax: 'stampDuty',
    subject: 'construction',
    from: '2022-07-01',
    to: null,
    rateBp: 3,
    inPriceBp: 0,
    basis: '价款 × 0.03%；合同列明增值税的，不含增值税',
    article: law,
  },
  {
    id: 'stampDuty.design.1988',
    tax: 'stampDuty',
    subject: 'design',
    from: '1988-10-01',
    to: '2022-06-30',
    rateBp: 5,
    inPriceBp: 0,
    basis: '收取费用 × 0.05%',
    article: regulation,
  },
  {
    id: 'stampDuty.design',
    tax: 'stampDuty',
    subject: 'design',
    from: '2022-07-01',
    to: null,
    rateBp: 3,
    inPriceBp: 0,
    basis: '价款 × 0.03%（勘察设计属建设工程合同）',
    article: law,
  },
]
