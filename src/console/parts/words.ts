/** Chinese for every code a page shows: no code stands without its name (glossary). An unknown code shows as it is. */
import { divisionNames } from '#schemas/codes/divisions.ts'

export const table =
  (words: Readonly<Record<string, string>>) =>
  (code: string | null | undefined): string =>
    code == null ? '' : (words[code] ?? code)

export const departmentName = table({
  development: '发改',
  resources: '自然资源',
  housing: '住建',
  tendering: '公共资源交易',
  water: '水利',
  transport: '交通',
  power: '电力',
  commerce: '市场监管',
  security: '公安',
  finance: '财政',
  town: '乡镇街道',
  tax: '税务',
})

export const stageName = table({
  approved: '已立项',
  awarded: '已中标',
  contracted: '已签约',
  started: '已开工',
  inProgress: '在建',
  handedOver: '已交工',
  completed: '已竣工',
  withdrawn: '已撤销',
  unknown: '不明',
})

export const kindName = table({
  approval: '立项',
  contract: '合同段',
  award: '中标',
  measurement: '计量',
  taxRegistration: '税务登记',
  invoice: '发票',
})

export const milestoneName = table({
  approval: '立项',
  award: '中标',
  contract: '签约',
  plannedStart: '计划开工',
  start: '开工',
  firstMeasurement: '首次计量',
  lastMeasurement: '最近计量',
  firstInvoice: '首张发票',
  lastInvoice: '最近发票',
  handover: '交工验收',
  completion: '竣工验收',
})

export const roleName = table({
  owner: '建设单位',
  contractor: '施工单位',
  subcontractor: '分包单位',
  agency: '代理机构',
  seller: '销售方',
  buyer: '购买方',
})

export const decisionName = table({ link: '已关联', review: '待核实', none: '未关联' })

export const linkReason = table({
  'code.exact': '代码一致',
  'code.core': '主体代码一致',
  'code.repaired': '代码修正一字后一致，名称相符',
  'code.partial': '代码残缺，其余部分一致',
  'code.contradicts': '代码与名称矛盾',
  'code.nameElsewhere': '代码属于甲，名称属于乙',
  'name.exact': '名称一致',
  'name.form': '名称只差组织形式',
  'name.former': '曾用名一致',
  'name.parentOfSiteUnit': '项目部所属单位的名称一致',
  'name.branch': '分支机构与总机构',
  'name.close': '名称相近',
  'name.weak': '名称略似',
  'name.ambiguous': '同名者不止一个',
  'register.absent': '税务登记中没有',
  'query.empty': '记录中没有名称与代码',
  'judgement.positive': '人工认定是',
  'judgement.gone': '人工认定的登记已不在税务登记中',
  'judgement.negative': '人工认定不是最可能的那个登记',
})

export const runStateName = table({
  queued: '等待中',
  running: '进行中',
  green: '对账相符',
  held: '暂扣待定',
  failed: '失败',
  unreconciled: '对账不符',
})
export const runKindName = table({
  import: '导入',
  backfill: '补采',
  load: '文件',
  push: '推送',
  replay: '重放',
  quarantineReplay: '问题数据重放',
  rehearsal: '试运行',
})
export const arrivalStateName = table({
  due: '待到',
  arrived: '已到',
  zero: '零报送',
  late: '逾期未报',
  excused: '免报',
})
export const everyName = table({ workday: '每个工作日', day: '每日', week: '每周', month: '每月', quarter: '每季' })
export const messageKindName = table({ late: '逾期', recovered: '已恢复' })
export const catchUpName = table({ latest: '补跑最近一次', all: '逐次补跑', none: '只记录' })
export const batchStateName = table({
  landing: '接收中',
  landed: '已接收',
  held: '暂扣',
  queued: '排队',
  admitted: '已采纳',
  refused: '已拒收',
})
export const registrationStatus = table({
  normal: '正常',
  suspended: '停业',
  abnormal: '非正常',
  cancelled: '注销',
  pendingCancel: '清算待注销',
  checkedIn: '报验',
})
export const vatSchemeName = table({ general: '一般纳税人', smallScale: '小规模纳税人' })
export const invoiceClass = table({ taxable: '应税', nonTaxable: '不征税', void: '作废' })
export const verdictName = table({ positive: '认定是', negative: '认定否', unsure: '存疑', undo: '撤销' })
export const divisionReason = table({ site: '所在地', inCharge: '主管税务机关', supervising: '监管' })
export const comparisonName = table({
  code: '代码',
  name: '名称',
  place: '地点',
  division: '地区',
  address: '地址',
  siteUnit: '项目部',
  nameRarity: '名称的稀有程度',
})
export const tieReason = table({
  'parties.named': '双方与项目名称都相符',
  'parties.only': '双方相符，两家之间只有这一个项目',
  'buyer.named': '购买方与项目名称相符',
  'seller.named': '销售方与项目名称相符',
  'subcontract.named': '总分包之间，项目名称相符',
})
export const levelName = table({
  exact: '一致',
  core: '主体代码一致',
  repaired: '修正一字后一致',
  partial: '部分一致',
  contradicts: '矛盾',
  sharedByRegistrations: '几个登记同此代码',
  equalElsewhere: '与另一登记同名',
  close: '相近',
  different: '不同',
  near: '相邻',
  other: '不同地区',
  register: '在登记中的分布',
  headOffice: '总机构',
  mark: '只差标点空格',
  legalForm: '组织形式的写法',
  legalFormDropped: '缺组织形式',
  legalFormOther: '组织形式不同',
  placeSuffix: '地名的省市县字样',
  placeDropped: '缺地名',
  placeAdded: '多地名',
  placeAbove: '上级地名',
  placeOther: '地名不同',
  doubled: '重字',
  swapped: '字序颠倒',
  homophone: '同音字',
  lookAlike: '形近字',
  dropped: '漏字',
  added: '多字',
  replaced: '错字',
  wordDropped: '漏词',
  wordAdded: '多词',
  wordReplaced: '词不同',
  group: '集团之别',
  numeral: '序号不同',
  direction: '方位不同',
  branch: '分支机构之别',
  truncated: '截断',
  agrees: '相符',
  differs: '不符',
})

/** Why two records are one project, or must not be. */
export const edgeRule = table({
  'code.same': '项目统一代码一致',
  'code.reissued': '重新赋码的同一项目',
  'code.other': '项目统一代码不同',
  'document.same': '批复文号一致',
  'source.same': '部门项目编号一致',
  'source.other': '部门项目编号不同',
  'name.sameObject': '工程名称一致',
  'name.sameHead': '工程主体一致',
  'name.partOf': '一名包含另一名',
  'name.closeName': '工程名称相近',
  'name.sharedStart': '名称开头相同',
  'name.other': '名称所指不同',
  'name.none': '名称不相干',
})

/** A division by its name where the national table knows it. */
export const divisionName = (code: string): string => divisionNames.get(code.slice(0, 6)) ?? code

export const projectComparison = table({
  code: '项目统一代码',
  documentNumber: '批复文号',
  sourceProject: '部门项目编号',
  otherSourceProject: '部门项目编号',
  sameObject: '工程名称',
  sameHead: '工程主体',
  partOf: '名称包含',
  closeName: '名称相近',
  sharedStart: '名称开头',
  shortName: '名称过短',
  sameOwner: '建设单位',
  otherOwner: '建设单位',
  sameCounty: '县（市、区）',
  otherCounty: '县（市、区）',
  sameRoute: '路线',
  otherRoute: '路线',
  samePhase: '期次',
  otherPhase: '期次',
  otherYear: '年份',
  otherNumber: '编号',
  sameContractor: '施工单位',
  sameSum: '金额',
  otherSum: '金额',
})
