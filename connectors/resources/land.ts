import {
  about,
  date,
  defineFeed,
  extractFiles,
  type Feed,
  identityFields,
  mu,
  oneOf,
  parties,
  place,
  projectCode,
  quantity,
  tenThousandYuan,
  text,
} from '#connect'
import { LandGrant } from '#schemas/feeds/resources.ts'

const supply = oneOf({
  挂牌出让: 'grant',
  拍卖出让: 'grant',
  招标出让: 'grant',
  协议出让: 'grant',
  划拨: 'allocation',
  租赁: 'lease',
})

const land: Feed<LandGrant> = defineFeed({
  id: 'resources.land',
  title: '土地供应',
  cron: '30 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: extractFiles({ department: 'resources', name: 'land', feed: () => land, overlapDays: 14 }),
  record: LandGrant,
  key: (r) => [String(r.电子监管号)],
  sourceOrder: (r) => text(r.更新时间),
  map: (r) => ({
    kind: 'landSupply',
    about: about({ projectCode: projectCode(r.项目代码), name: text(r.项目名称) }),
    parties: parties(r.受让人, r.受让人代码, 'holder'),
    place: place(r.行政区划代码, r.项目位置),
    contractNumber: text(r.合同编号),
    supply: supply(r.供应方式),
    use: text(r.土地用途),
    // The unit is the column's, never the magnitude's.
    areaM2: quantity(r['土地面积(㎡)']) ?? quantity(r['土地面积(公顷)'], 10_000n) ?? mu(r['土地面积(亩)']),
    priceFen: tenThousandYuan(r['成交价款(万元)']),
    signedOn: date(r.签订日期),
  }),
  ignore: ['约定开工时间', '约定竣工时间'],
  volatile: ['更新时间'],
  sealAlso: (r) => identityFields(r, ['受让人代码']),
  mapping: 1,
  headers: {
    宗地编号: '电子监管号',
    土地使用权人: '受让人',
    '面积(公顷)': '土地面积(公顷)',
    '面积(㎡)': '土地面积(㎡)',
    '面积(亩)': '土地面积(亩)',
    '出让价款(万元)': '成交价款(万元)',
  },
})
export default land
