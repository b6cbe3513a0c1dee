/** Chinese for what people do to links and projects, and for why. */
import { table } from './words.ts'

export const actVerb = table({
  confirm: '认定是',
  reject: '认定不是',
  doubt: '存疑',
  merge: '合并项目',
  split: '拆分项目',
  undo: '撤销',
})
export const actState = table({
  standing: '有效',
  undone: '已撤销',
  open: '待第二人确认',
  confirmed: '已确认，有效',
  declined: '被否决',
  withdrawn: '已收回',
})
export const secondPersonReason = table({
  amount: '变动金额达到两人复核的数额',
  scope: '涉及提出人辖区以外的项目',
  wide: '涉及的项目过多',
})
export const aliasKind = table({ shortName: '简称', siteName: '项目部、工地名称', rename: '更名' })
export const aliasEnd = table({ expired: '已过期', withdrawn: '已收回' })

/** By what a candidate was found among all registrations. */
export const partyBlock = table({
  code: '统一社会信用代码相同',
  codeCore: '代码中的主体部分（第 9–17 位）相同',
  codePiece: '代码的一段相同',
  nameForm: '名称（去掉组织形式与标点后）相同',
  headOffice: '名称中总机构部分相同',
  namePairs: '名称中有少见的字对相同',
})
export const linkChangeBy = table({
  'code.same': '记录中写明与该登记一致的有效代码',
  'code.other': '记录中出现另一家的有效代码',
  'name.former': '登记（或市场监管）中载有这一写法作曾用名',
  'rival.gone': '同名的其他登记注销或另有代码区分',
  judgement: '人工认定',
  'judgement.undo': '撤销现有的人工认定',
  'registration.new': '税务登记中新增名称或代码相符的登记',
})

export const pairBecause = table({
  judgement: '人工认定',
  edge: '两条记录直接相符',
  chain: '两条记录经其他记录相连',
  codes: '两条记录的项目统一代码不同，建设单位也不同',
  veto: '两条记录的编号或名称互斥',
  weight: '相符之处不足以认作一个项目',
  notCompared: '没有任何共同的代码、文号或名称片段，没有比较',
  cluster: '两条记录相近，但各自所在的记录群互斥',
})
export const pairBlock = table({
  code: '项目统一代码',
  document: '批复文号',
  source: '部门项目编号',
  name: '名称片段',
  ownerAndName: '建设单位与名称片段',
  route: '路线与县区',
  contractorAndSum: '施工单位与金额',
})
export const pairChangeBy = table({
  'code.same': '两条记录写明同一项目统一代码',
  'document.same': '两条记录写明同一批复文号',
  'numbers.corrected': '更正其中写错的编号或名称',
  judgement: '人工认定',
  'judgement.undo': '撤销现有的人工认定',
})
