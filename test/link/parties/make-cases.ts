/**
 * How `fixtures/cases.tsv` was made: invented companies, and writings of them by rule, with what must come of each. Run
 * `node test/link/parties/make-cases.ts` only to add kinds; the file is frozen, and answers are judged against it, not it against answers.
 */
import { writeFileSync } from 'node:fs'
import { uscc } from '../invented.ts'

let state = 20_261_126
const random = (): number => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!

const cities = '郑州市 洛阳市 开封市 南阳市 新乡市 许昌市 信阳市 商丘市 周口市 焦作市'.split(' ')
const counties = '云川县 石桥县 青溪县 金岭县 白河县 永泉县 龙湖县 丰陵县 平沟县 泽口县'.split(' ')
const trades =
  '翊瓴 骎垚 旻弢 翀歆 堃翙 曈煐 霱澍 珵珩 罍祎 鬯婳 戬昶 斝韫 鼎澜 沐宸 瀚垣 铭轩 锦澄 骏驰 昱晟 泓毅 璟尧 岚汐 溯源 聚沣 朗坤 峻屹 煜衡 瑾瑜 卓砺 栩诚'.split(
    ' ',
  )
const industries =
  '建筑工程 市政工程 商贸 路桥建设 建筑劳务 机械租赁 园林绿化 建材销售 信息科技 水利工程 装饰工程 房地产开发 物业管理 食品加工 电力安装 消防工程 环保设备 钢结构 岩土勘察 工程监理'.split(
    ' ',
  )
const forms = ['有限公司', '有限公司', '有限公司', '有限责任公司', '股份有限公司']
const towns = '刘庄 张店 李湾 王楼 赵集 孙桥 周坡 吴岗 陈营 杨寨'.split(' ')

interface Taxpayer {
  readonly number: number
  readonly name: string
  readonly former: string
  readonly place: string
  readonly trade: string
  readonly industry: string
  readonly kind: 'company' | 'cooperative' | 'shop' | 'branch' | 'body'
}

const taxpayers: Taxpayer[] = []
const taken = new Set<string>()
const plain = (name: string): string => name.replace('有限责任公司', '有限公司').replace('股份有限公司', '有限公司')
const plainTaken = new Set<string>()
const add = (one: Omit<Taxpayer, 'number'>): void => {
  if (plainTaken.has(plain(one.name))) return
  plainTaken.add(plain(one.name))
  taken.add(one.name)
  taxpayers.push({ ...one, number: taxpayers.length + 1 })
}
for (let i = 0; i < 620; i++) {
  const place = pick(random() < 0.5 ? cities : counties)
  const trade = pick(trades)
  const industry = pick(industries)
  const former = i % 8 === 0 ? `${place}${pick(trades)}${trade}${industry}有限公司` : ''
  add({ name: place + trade + industry + pick(forms), former, place, trade, industry, kind: 'company' })
}
for (const county of counties)
  for (const town of towns.slice(0, 6)) {
    const trade = pick(trades)
    add({
      name: `${county}${town}${trade}种植专业合作社`,
      former: '',
      place: county,
      trade,
      industry: '种植',
      kind: 'cooperative',
    })
    const shop = `第${pick([...'二三四五六七'])}门市部`
    add({
      name: `${county}${town}供销合作社${shop}`,
      former: '',
      place: county,
      trade: town,
      industry: '供销',
      kind: 'shop',
    })
  }
for (const company of taxpayers.filter(({ kind }) => kind === 'company').slice(0, 90)) {
  const where = pick(cities).slice(0, 2)
  add({ ...company, name: `${company.name}${where}分公司`, former: '', kind: 'branch' })
}
for (const county of counties)
  for (const body of ['住房和城乡建设局', '交通运输局', '水利局', '人民医院', '第一高级中学', '公路事业发展中心'])
    add({ name: county + body, former: '', place: county, trade: '', industry: body, kind: 'body' })

type Tier = 'STRONG' | 'MEDIUM' | 'WEAK'
const cases: string[] = []
const note = (tier: Tier, expected: 'same' | 'other', kind: string, one: Taxpayer, name: string, code = ''): void => {
  if (name === '' || (expected === 'other' && taken.has(name))) return
  cases.push([tier, expected, kind, String(one.number), name, code].join('\t'))
}

const traditional: Readonly<Record<string, string>> = Object.fromEntries(
  [
    '郑鄭',
    '开開',
    '阳陽',
    '县縣',
    '龙龍',
    '业業',
    '务務',
    '产產',
    '设設',
    '装裝',
    '饰飾',
    '园園',
    '电電',
    '环環',
    '备備',
    '钢鋼',
    '构構',
    '劳勞',
    '筑築',
    '农農',
    '专專',
    '术術',
  ].map((pair) => [pair[0]!, pair[1]!]),
)
const homophones: Readonly<Record<string, string>> = {
  设: '社',
  程: '成',
  贸: '茂',
  筑: '柱',
  桥: '乔',
  园: '圆',
  科: '棵',
  消: '销',
  管: '馆',
  食: '时',
  水: '睡',
  机: '基',
  监: '坚',
  绿: '律',
  械: '谢',
  建: '健',
  市: '是',
  种: '仲',
  植: '殖',
  电: '店',
  环: '还',
}
const lookAlikes: Readonly<Record<string, string>> = {
  工: '土',
  市: '巿',
  建: '健',
  设: '没',
  木: '本',
  土: '士',
  林: '材',
  利: '和',
  房: '肪',
  科: '料',
  机: '杌',
  贸: '贺',
  桥: '挢',
  化: '代',
  开: '井',
  销: '硝',
  地: '他',
}
const swapOne = (name: string, table: Readonly<Record<string, string>>, from: number): string => {
  for (let i = from; i < name.length; i++)
    if (table[name[i]!]) return name.slice(0, i) + table[name[i]!] + name.slice(i + 1)
  return ''
}
const otherPlace = (place: string): string => pick([...cities, ...counties].filter((one) => one !== place))

for (const one of taxpayers) {
  const { name, place, trade, industry, kind, former } = one
  const code = uscc(one.number)
  const head = place.length + trade.length
  note('STRONG', 'same', 'clean', one, name)
  if (random() < 0.35)
    note(
      'STRONG',
      'same',
      'label',
      one,
      pick([`施工单位：${name}`, `${name}（盖章）`, `承包人:${name}（公章）`, `建设单位名称：${name}`]),
    )
  if (random() < 0.3) note('STRONG', 'same', 'spaces', one, `${name.slice(0, 4)}　${name.slice(4)} .`)
  if (random() < 0.3) note('STRONG', 'same', 'code', one, `${trade}${industry}`, code)
  if (random() < 0.3)
    note('STRONG', 'same', 'codeSpaced', one, name, `${code.slice(0, 8)} ${code.slice(8).toLowerCase()}`)
  if (random() < 0.3) note('STRONG', 'same', 'codeLegacy', one, name, code.slice(2, 17))
  if (random() < 0.3) note('STRONG', 'same', 'codeRubbish', one, name, pick(['/', '无', '组织机构代码', '000000', '-']))
  if (random() < 0.3) note('STRONG', 'same', 'codeTruncated', one, name, code.slice(0, 15))
  if (random() < 0.3) note('STRONG', 'other', 'codeOfAnother', one, name, uscc(700_000 + one.number))
  const old = [...name].map((c) => traditional[c] ?? c).join('')
  if (old !== name && random() < 0.4) note('STRONG', 'same', 'traditional', one, old)
  if (former !== '') note('STRONG', 'same', 'formerName', one, former)
  if (kind === 'company') {
    if (random() < 0.4)
      note(
        'STRONG',
        'same',
        'siteUnit',
        one,
        name + pick(['项目部', `${pick(towns)}公路项目经理部`, '第三工程处', '二标段项目部']),
      )
    if (name.endsWith('有限责任公司'))
      note('STRONG', 'same', 'legalForm', one, name.replace('有限责任公司', '有限公司'))
    else if (!name.endsWith('股份有限公司') && random() < 0.4)
      note('STRONG', 'same', 'legalForm', one, name.replace('有限公司', '有限责任公司'))
    if (random() < 0.4)
      note(
        'STRONG',
        'same',
        'brackets',
        one,
        `${place.slice(0, 2)}（${trade}）${name.slice(head)}`.replace('（', '').replace('）', ''),
      )
    if (random() < 0.4)
      note('STRONG', 'other', 'unregisteredBranch', one, `${name}${pick(['驻马店', '三门峡', '鹤壁'])}分公司`)
    if (random() < 0.4)
      note('STRONG', 'other', 'group', one, name.replace(/(有限责任公司|有限公司|股份有限公司)$/, '集团有限公司'))
    if (random() < 0.4)
      note(
        'STRONG',
        'other',
        'otherBusiness',
        one,
        `${place}${trade}${pick(['文化传媒', '餐饮服务', '教育咨询', '汽车维修'])}有限公司`,
      )
    if (random() < 0.4)
      note('STRONG', 'other', 'otherTrade', one, `${place}${pick(['蓬菡', '奕枫', '笙霖', '彧鸣'])}${name.slice(head)}`)
    if (random() < 0.4) note('STRONG', 'other', 'otherPlace', one, otherPlace(place) + name.slice(place.length))
    if (random() < 0.3)
      note('MEDIUM', 'same', 'legalFormDropped', one, name.replace(/(有限责任公司|股份有限公司|有限公司)$/, ''))
    if (random() < 0.3) note('WEAK', 'same', 'shortName', one, trade + industry)
    if (random() < 0.3) note('WEAK', 'same', 'placeDropped', one, name.slice(place.length))
  }
  if (kind === 'branch')
    note('STRONG', 'other', 'otherBranch', one, name.replace(/..分公司$/, `${pick(['鹤壁', '濮阳', '漯河'])}分公司`))
  if (kind === 'shop') note('STRONG', 'other', 'otherNumber', one, name.replace(/第.门市部/, '第九门市部'))
  if (kind === 'cooperative' || kind === 'shop')
    note(
      'STRONG',
      'other',
      'otherVillage',
      one,
      name.replace(towns.find((town) => name.includes(town))!, pick(['郭楼', '何庄', '冯店'])),
    )
  if (kind === 'body')
    note('STRONG', 'other', 'otherCounty', one, name.replace(place, pick(['鹿台县', '雁岭县', '栗坪县'])))
  if (name.length >= 10) {
    const at = head + Math.floor(random() * Math.max(1, Math.min(industry.length, 3)))
    if (random() < 0.25) note('MEDIUM', 'same', 'doubled', one, name.slice(0, at) + name[at]! + name.slice(at))
    if (random() < 0.25 && name[at] !== name[at + 1])
      note('MEDIUM', 'same', 'swapped', one, name.slice(0, at) + name[at + 1]! + name[at]! + name.slice(at + 2))
    if (random() < 0.25) note('MEDIUM', 'same', 'homophone', one, swapOne(name, homophones, head))
    if (random() < 0.25) note('MEDIUM', 'same', 'lookAlike', one, swapOne(name, lookAlikes, head))
    if (random() < 0.25) note('MEDIUM', 'same', 'dropped', one, name.slice(0, at) + name.slice(at + 1))
    if (random() < 0.2)
      note('WEAK', 'same', 'twoSlips', one, swapOne(swapOne(name, homophones, head), lookAlikes, head))
    if (random() < 0.2) note('WEAK', 'same', 'cutShort', one, name.slice(0, -3))
  }
}

const folder = new URL('./fixtures/', import.meta.url)
const table = (rows: readonly string[]): string => `${rows.join('\n')}\n`
writeFileSync(
  new URL('case-taxpayers.tsv', folder),
  table(taxpayers.map((one) => [one.number, one.name, one.former].join('\t'))),
)
writeFileSync(new URL('cases.tsv', folder), table(cases))
