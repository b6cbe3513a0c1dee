/** What law leaves to a local rule, a form or a person: settings that say so. The band holds both readings until somebody decides. */
export interface AreaRule {
  /** Which last digits of a county's code: 市辖区 01–20, 县 21–79, 县级市 81–99, 功能区 71–79 of the statistical table. */
  readonly kind: 'district' | 'zone' | 'countyCity' | 'county'
  readonly low: Area
  readonly point: Area
  readonly high: Area
}
export type Area = 'urban' | 'town' | 'other'

export interface LocalSettings {
  /** 税负率 of a general taxpayer on construction, 1/10000 of the price without tax: only for the VAT that the whole taxpayer declares. */
  readonly vatBurdenBp: number
  /** Area for 城建税 where the site is known no closer than its county. */
  readonly areas: readonly AreaRule[]
  /** Contracts that do not say whether VAT is listed are taken to list it; the other reading is the upper bound. */
  readonly stampDutyVatListed: boolean
  /** Last days of filing that a yearly notice sets, by month `YYYY-MM` in which they lie; else 实施细则 109. */
  readonly filingNotices: Readonly<Record<string, string>>
  /** Days off and worked beside the tables, `YYYY-MM-DD`. */
  readonly holidays: readonly string[]
  readonly workdays: readonly string[]
  /** Each setting above that is a reading of ours: what it is and who has to say. */
  readonly open: readonly { readonly setting: string; readonly says: string; readonly askedOf: string }[]
}

export const localSettings: LocalSettings = {
  vatBurdenBp: 200,
  areas: [
    { kind: 'district', low: 'urban', point: 'urban', high: 'urban' },
    { kind: 'zone', low: 'urban', point: 'urban', high: 'urban' },
    { kind: 'countyCity', low: 'other', point: 'town', high: 'urban' },
    { kind: 'county', low: 'other', point: 'town', high: 'town' },
  ],
  stampDutyVatListed: true,
  filingNotices: {},
  holidays: [],
  workdays: [],
  open: [
    { setting: 'vatBurdenBp', says: '建筑业一般纳税人税负率取 2%（常见 1% 至 3%）', askedOf: '市局收入规划核算' },
    { setting: 'areas', says: '只知道县（市、区）时，县级市按镇 5% 测算，区间 1% 至 7%', askedOf: '项目所在地税务所' },
    { setting: 'stampDutyVatListed', says: '合同是否单独列明增值税没有数据，按列明测算', askedOf: '信息采集' },
    { setting: 'filingNotices', says: '征期按实施细则第一百零九条推算，以每年通知为准', askedOf: '市局征管' },
    {
      setting: 'smallLowProfit',
      says: '一般纳税人是否小型微利、附加是否减半没有数据，按不减半测算',
      askedOf: '汇算清缴数据',
    },
    { setting: 'rounding', says: '逐行四舍五入到分，按申报表填写口径；没有条文', askedOf: '市局货物和劳务税' },
    { setting: 'advanceOffset', says: '预收款先抵后续价款，合同另有约定的以合同为准', askedOf: '信息采集' },
  ],
}
