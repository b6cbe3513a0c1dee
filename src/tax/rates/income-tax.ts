/** 企业所得税 of project departments away from home: 0.2 % of what the project brings in, at the site (domain.md 3.4). */
import type { RateRow } from './row.ts'

export const incomeTaxRates: readonly RateRow[] = [
  {
    id: 'incomeTax.otherProvince',
    tax: 'incomeTax',
    subject: 'otherProvince',
    from: '2010-01-01',
    to: null,
    rateBp: 20,
    inPriceBp: 0,
    basis: '项目实际经营收入（不含增值税，不扣分包）× 0.2%，总机构直接管理的项目部',
    article: '国税函〔2010〕156号第三条',
  },
  {
    id: 'incomeTax.sameProvince',
    tax: 'incomeTax',
    subject: 'sameProvince',
    from: '2010-01-01',
    to: null,
    rateBp: null,
    inPriceBp: 0,
    basis: '省内跨市项目部是否就地预缴',
    article: '国税函〔2010〕156号第六条',
    open: '由河南省税务局规定，尚未取得，不测算',
  },
]
