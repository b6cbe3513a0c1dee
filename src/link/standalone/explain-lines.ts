/** An explanation as lines that a tax officer can read, in Chinese with an English line beneath the headings. */
import type { BlockingRule, DecisiveChange, ExplainedCandidate, LinkExplanation } from '../parties/explain.ts'
import type { LinkEvidence } from '../parties/types.ts'

type Words = readonly [zh: string, en: string]

const decisions: Readonly<Record<LinkExplanation['decision'], Words>> = {
  link: ['自动关联', 'linked'],
  review: ['待人工核实', 'for a person to judge'],
  none: ['不关联', 'not linked'],
}

const rules: Readonly<Record<BlockingRule, Words>> = {
  'code.whole': ['信用代码相同', 'equal code'],
  'code.core': ['组织机构代码（第9至17位）相同', 'equal organisation core'],
  'code.damaged': ['残缺或有误的代码指向它', 'a damaged code points to it'],
  'name.equal': ['名称相同（不计书写形式）', 'equal name but for its writing'],
  'name.former': ['曾用名相同', 'equal former name'],
  'name.short': ['通用简称', 'usual short name'],
  'name.parent': ['名称以其全称开头', 'begins with its name'],
  'name.pairs': ['名称中有相同的少见字对', 'shares rare pairs of characters'],
}

const comparisons: Readonly<Record<string, Words>> = {
  prior: ['参与方在登记册中的一般比例', 'share of parties that are registered at all'],
  nameRarity: ['名称的少见程度', 'rarity of the name'],
  name: ['名称差异', 'difference of the names'],
  code: ['代码', 'code'],
  address: ['地址', 'address'],
  division: ['行政区划', 'division'],
  others: ['其他候选与未登记的同类企业', 'other candidates and unregistered siblings'],
}

const levels: Readonly<Record<string, Words>> = {
  mark: ['标点', 'marks'],
  legalForm: ['组织形式写法', 'writing of the legal form'],
  legalFormDropped: ['未写组织形式', 'legal form left out'],
  legalFormOther: ['组织形式不同', 'another legal form'],
  placeSuffix: ['未写省市县字样', 'suffix of the place left out'],
  placeDropped: ['未写地名', 'place left out'],
  placeAdded: ['多写地名', 'place added'],
  placeAbove: ['上级地名', 'place above'],
  placeOther: ['地名不同', 'another place'],
  doubled: ['重字', 'doubled character'],
  swapped: ['字序颠倒', 'swapped characters'],
  homophone: ['同音字', 'homophone'],
  lookAlike: ['形近字', 'look-alike'],
  dropped: ['漏字', 'dropped character'],
  added: ['多字', 'added character'],
  replaced: ['错字', 'wrong character'],
  slips: ['相邻多处笔误', 'slips side by side'],
  wordDropped: ['漏词', 'word left out'],
  wordAdded: ['多词', 'word added'],
  wordReplaced: ['词语不同', 'another word'],
  group: ['集团字样', 'group or not'],
  numeral: ['序号不同', 'another number'],
  direction: ['方位或大小不同', 'another direction or size'],
  branch: ['分支机构不同', 'another branch'],
  truncated: ['末尾被截断', 'cut short'],
  exact: ['相同', 'equal'],
  core: ['主体标识码相同', 'equal core'],
  repaired: ['一处之差', 'one slip away'],
  partial: ['部分相同', 'in part'],
  contradicts: ['有效且属于他人', 'valid and of another'],
  close: ['相近', 'close'],
  different: ['不同', 'different'],
  equalElsewhere: ['与另一企业名称相同', 'equal to another company'],
  headOffice: ['总机构', 'head office'],
  sharedByRegistrations: ['同一代码有多个登记', 'one code, several registrations'],
  presentShare: ['先验', 'prior'],
  register: ['按登记册字频', 'by the register'],
  rivalsAndSiblings: ['竞争', 'competition'],
}

const changes: Readonly<Record<DecisiveChange['change'], Words>> = {
  'address.given': ['若记录载明地址', 'if the record gave the address'],
  'address.gone': ['若没有地址', 'without the address'],
  'code.start': ['若记录载明代码前15位', 'if the record gave the first 15 characters of the code'],
  'code.given': ['若记录载明代码', 'if the record gave the code'],
  'code.gone': ['若没有代码', 'without the code'],
  'code.other': ['若记录载明他人的有效代码', 'if the record gave a valid code of another'],
  'name.whole': ['若名称写全', 'if the name were whole'],
}

const wordsOf = (table: Readonly<Record<string, Words>>, key: string): string => {
  const [zh, en] = table[key] ?? [key, key]
  return zh === en ? key : `${zh} ${en}`
}
const bits = (weight: number): string => `${weight >= 0 ? '+' : ''}${weight.toFixed(1)}`.padStart(7)
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`

const evidenceLine = ({ comparison, left, right, level, weight }: LinkEvidence): string => {
  const values = left === '' && right === '' ? '' : `「${left}」|「${right}」`
  return `    ${bits(weight)}  ${wordsOf(comparisons, comparison)} · ${wordsOf(levels, level)} ${values}`.trimEnd()
}

const candidateLines = ({ name, uscc, score, rule, waterfall }: ExplainedCandidate, place: number): string[] => [
  `  ${place + 1}. ${name} ${uscc ?? ''} ${percent(score)} — ${wordsOf(rules, rule)}`,
  ...(place < 2 ? waterfall.map(evidenceLine) : []),
]

/** @param said the party's name and code as the file has them */
export const explanationLines = (said: { name: string; uscc: string }, e: LinkExplanation): string[] => [
  `「${said.name}」 ${said.uscc}`.trimEnd(),
  `${wordsOf(decisions, e.decision)}: ${e.reason}, ${percent(e.score)} (≥ ${e.linkFrom} 关联 link, ≥ ${e.reviewFrom} 核实 review; 参数版本 settings ${e.settingsVersion})`,
  ...(e.candidates.length === 0 ? ['  登记册中没有可比的纳税人 nothing in the register compares'] : []),
  ...e.candidates.flatMap(candidateLines),
  e.smallestChange === null
    ? '  所试各项证据均不改变结论 none of the tried evidence changes this'
    : `  ${wordsOf(changes, e.smallestChange.change)} 「${e.smallestChange.value}」 → ${wordsOf(decisions, e.smallestChange.decision)} ${percent(e.smallestChange.score)}`,
]
