/**
 * Names of organisations: one writing, the site unit cut off, the members of a 联合体 apart (domain.md 2).
 * Bracket content is kept: `甲（郑州）有限公司` and `甲有限公司` are two companies.
 */
import type { Identifier, PartyMention } from '#schemas/canonical/reading.ts'
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { type ConsortiumPart, splitConsortium } from './consortium.ts'

export * from './consortium.ts'
export * from './fold-name.ts'

export interface SiteUnitSplit {
  /** The organisation that answers: a branch keeps its own name, since it is a registrant of its own. */
  readonly name: string
  /** 项目部、指挥部 and the like: no legal persons; null where there is none. */
  readonly siteUnit: string | null
  /** The branch part of `name` (`郑州分公司`), null where it is none. */
  readonly branch: string | null
  /** The organisation that a branch belongs to, null where `name` is no branch. */
  readonly parent: string | null
}

const siteTail =
  /(?:项目(?:经理|管理|总承包|工程|施工|建设)?(?:部|组|处|公司部)|项目(?:管理)?中心|(?:总承包|工程|施工|工区|标段?|合同段)?(?:项目)?经理部|指挥部|(?:第?[一二三四五六七八九十\d]+)(?:工程处|工程队|施工队|项目处|工区)|办事处|代表处|施工(?:处|队|工区)|工地|筹建处|工程项目|驻地办)(?:（[^（）]{1,20}）)?$/u
const companyEnd = /^(.*(?:公司|集团|（集团）))(?!(?:（[^（）]*）)?$)(.+)$/u
const otherEnd = /^(.{2,}?(?:局|院|厂|中心|设计所|合作社|事务所))(.+)$/u
const branchUnit =
  '((?:（[^（）]+）)?[^（）]{0,24}(?:分公司|分院|分局|分所|分厂|分店|分行|支行|分社|分部|分中心|支公司))$'
const branchTails = [
  new RegExp(`^(.+(?:公司|集团))${branchUnit}`, 'u'),
  new RegExp(`^(.+?(?:银行|局|院|厂|社|中心|所))${branchUnit}`, 'u'),
]

const branchOf = (name: string): { branch: string | null; parent: string | null } => {
  if (!name.includes('分') && !name.includes('支')) return { branch: null, parent: null }
  const [, parent = null, branch = null] = branchTails[0]?.exec(name) ?? branchTails[1]?.exec(name) ?? []
  return { branch, parent }
}

const organisation = '.{3,}(?:公司|集团|局|院|中心|站|处|社|所|厂|学校|委员会|政府|办公室)'
const closedWorks = new RegExp(
  `^(${organisation})（([^（）]*(?:项目|工程|标段|工地|改造|基建|施工|用电)[^（）]*)）$`,
  'u',
)
/** Cut off inside the bracket: no legal name ends so. */
const openWorks = new RegExp(`^(${organisation})（([^（）]{4,})$`, 'u')

/** 户名 that says what for: `某某有限公司（某某花园二期建设项目）`. The works are no part of the name. */
const worksInBrackets = (name: string): { parent: string; works: string } | null => {
  const [, parent, works] = closedWorks.exec(name) ?? openWorks.exec(name) ?? []
  return parent && works ? { parent, works } : null
}

/**
 * Cuts the site unit from a folded name: `某某第七工程局有限公司郑州地铁项目经理部` → name, `郑州地铁项目经理部`.
 * A 指挥部 that no company stands before is an organisation by itself and stays whole.
 */
export const splitSiteUnit = (name: string): SiteUnitSplit => {
  const last = name.at(-1)
  const bracket = name.includes('（') ? worksInBrackets(name) : null
  if (bracket) return { name: bracket.parent, siteUnit: bracket.works, ...branchOf(bracket.parent) }
  if (last === '司' || !siteTail.test(name)) {
    const bracketed = last === '）' ? /^(.*(?:公司|集团|局|院))（([^（）]+)）$/u.exec(name) : null
    if (bracketed?.[1] && bracketed[2] && siteTail.test(bracketed[2])) {
      return { name: bracketed[1], siteUnit: bracketed[2], ...branchOf(bracketed[1]) }
    }
    return { name, siteUnit: null, ...branchOf(name) }
  }
  const match = companyEnd.exec(name) ?? otherEnd.exec(name)
  const [, parent, unit] = match ?? []
  if (!parent || !unit || !siteTail.test(unit)) return { name, siteUnit: null, ...branchOf(name) }
  return { name: parent, siteUnit: unit, ...branchOf(parent) }
}

const codesOf = (code: Identifier | string | null | undefined, count: number): (Identifier | null)[] => {
  if (code === null || code === undefined) return []
  if (typeof code !== 'string') return [code]
  const several = code
    .split(/[、/;；,，\n]+/u)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return several.length > 1 && several.length === count ? several.map((part) => readCode(part)) : [readCode(code)]
}

const mention = (part: ConsortiumPart, code: Identifier | null, role: PartyMention['role']): PartyMention => {
  const { name, siteUnit } = splitSiteUnit(part.name)
  return { role, raw: part.raw, name, siteUnit, code, consortium: part.consortium }
}

/**
 * The parties that one cell names, in its order. A single code belongs to the leader of a 联合体 (else the first);
 * as many codes as members belong to them in turn.
 * @param raw the cell; null tokens name nobody
 */
export const readParties = (
  raw: string | null | undefined,
  code: Identifier | string | null | undefined,
  role: PartyMention['role'],
): PartyMention[] => {
  if (raw === null || raw === undefined || isNullToken(raw)) return []
  const parts = splitConsortium(raw)
  const codes = codesOf(code, parts.length)
  const leader = Math.max(
    0,
    parts.findIndex((part) => part.consortium === 'leader'),
  )
  return parts.map((part, i) =>
    mention(part, (codes.length > 1 ? codes[i] : i === leader ? codes[0] : null) ?? null, role),
  )
}
