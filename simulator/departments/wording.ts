/** How clerks write: the dirt of names, codes, sums and dates. Each slip has the share it has in real life; most records are clean. */
import { type Day, isoDay } from '../world/calendar.ts'
import type { Party } from '../world/party.ts'
import { nameOn } from '../world/party.ts'
import type { Random } from '../world/random.ts'
import { tradeName, tradeNames } from '../world/words.ts'

/** One organisation as one record names it; `party` null: a body that is in no register. */
export interface Member {
  readonly raw: string
  readonly party: Party | null
}

/** One field that names organisations, and who they really are. */
export interface Mention {
  readonly role:
    | 'owner'
    | 'contractor'
    | 'subcontractor'
    | 'agency'
    | 'seller'
    | 'buyer'
    | 'taxpayer'
    | 'holder'
    | 'payer'
    | 'payee'
  readonly raw: string
  readonly members: readonly Member[]
}

export type Row = Record<string, unknown>

/** A record in its department's words, and whom it names. */
export interface Said {
  readonly row: Row
  readonly mentions: readonly Mention[]
}

const widened = (text: string): string =>
  text.replace(/[0-9A-Za-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))

const swapForm = (name: string): string =>
  name.endsWith('有限责任公司') ? name.replace(/有限责任公司$/, '有限公司') : name.replace(/有限公司$/, '有限责任公司')

/** One wrong character in the middle of the name. */
const mistyped = (name: string, random: Random): string => {
  const at = Math.min(name.length - 5, random.int(2, 4))
  if (at < 1) return name
  return name.slice(0, at) + tradeName(random.int(0, tradeNames - 1)).slice(1) + name.slice(at + 1)
}

const spaced = (name: string, random: Random): string => {
  const at = random.int(1, name.length - 1)
  return name.slice(0, at) + random.pick([' ', '  ', '\u3000']) + name.slice(at)
}

/** A company's name as a clerk writes it for a document of `day`. `slips` scales the shares: 1 is ordinary, 0 a clean copy from a register. */
export const writeName = (party: Party, day: Day, random: Random, slips = 1): string => {
  let name = nameOn(party, day)
  // Drawn whether or not there is a former name: a later renaming must not change what was written before it.
  if (random.chance(0.06 * slips)) name = party.formerNames[0]?.name ?? name
  if (random.chance(0.08 * slips)) name = name.replace('（', '(').replace('）', ')')
  if (random.chance(0.012 * slips)) name = swapForm(name)
  if (random.chance(0.008 * slips)) name = mistyped(name, random)
  if (random.chance(0.01 * slips)) name = spaced(name, random)
  if (random.chance(0.006 * slips)) name = name.slice(0, Math.max(6, name.length - random.int(2, 4)))
  if (random.chance(0.006 * slips)) name = random.pick([`${name} `, `${name}。`, `　${name}`])
  return name
}

/** A contractor with the site unit that the transport bureau likes to write behind it. */
export const withSiteUnit = (name: string, place: string, section: string, random: Random): string =>
  name +
  random.pick([
    '项目部',
    '项目经理部',
    `${place}项目经理部`,
    `${section}标项目部`,
    `${place}${section}合同段项目经理部`,
  ])

/** A 联合体 in one field; the first member leads. */
export const writeConsortium = (names: readonly string[], random: Random): string => {
  const [leader, ...others] = names
  switch (random.int(0, 4)) {
    case 0:
      return `${leader}（牵头人）${others.map((name) => `、${name}（联合体成员）`).join('')}`
    case 1:
      return `${names.join('、')}联合体`
    case 2:
      return `牵头人:${leader} 成员:${others.join('、')}`
    case 3:
      return `${names.join('/')}（联合体）`
    default:
      return `${leader}（联合体牵头人）${others.map((name) => `；${name}（成员）`).join('')}`
  }
}

const emptyCodes = ['', '', '', '/', '/', '无', '组织结构代码'] as const

/** A code as it stands in an office's form. `missing` is the share without any. */
export const writeCode = (party: Party | null, day: Day, random: Random, missing: number): string => {
  if (!party || random.chance(missing)) return random.pick(emptyCodes)
  const code = party.code
  const core = code.slice(8, 17)
  return random.weighted<() => string>([
    [() => code, 905],
    [() => code.slice(0, 15), 8],
    [() => (isoDay(day) < '2018-01-01' ? code.slice(2, 8) + core : `${core.slice(0, 8)}-${core.slice(8)}`), 28],
    [() => widened(code), 8],
    [() => `${code.slice(0, 8)} ${code.slice(8)}`, 8],
    [() => code.toLowerCase(), 6],
    [() => wrongCharacter(code, random), 12],
    [() => `'${code}`, 5],
    [() => `${code}(1-1)`, 5],
  ])()
}

/** One digit of the code replaced, so that its check character fails. */
const wrongCharacter = (code: string, random: Random): string => {
  const at = random.int(10, 16)
  const other = code[at] === '7' ? '3' : '7'
  return code.slice(0, at) + other + code.slice(at + 1)
}

/** 批复文号 as it is copied from paper to paper. */
export const writeDocumentNumber = (number: string, random: Random): string =>
  random.weighted<() => string>([
    [() => number, 70],
    [() => number.replace('〔', '[').replace('〕', ']'), 12],
    [() => number.replace('〔', '(').replace('〕', ')'), 6],
    [() => number.replace('〕', '〕第'), 5],
    [() => number.replace('〔', '【').replace('〕', '】'), 3],
    [() => widened(number), 4],
  ])()

/** 万元 with thousands separators, plain text or a number. */
export const writeWan = (fen: number, random: Random): string | number => {
  const wan = fen / 1_000_000
  const fixed = wan.toFixed(random.chance(0.5) ? 2 : wan % 1 === 0 ? 0 : 2)
  if (random.chance(0.3)) return Number(fixed)
  return random.chance(0.6) ? fixed.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',') : fixed
}

/** Fen as yuan text with two decimals; exact for whole fen. */
export const yuanText = (fen: number): string => {
  const absolute = Math.abs(fen)
  return `${fen < 0 ? '-' : ''}${Math.floor(absolute / 100)}.${String(absolute % 100).padStart(2, '0')}`
}

/** A date as the office bothered to write it; now and then without a day, rarely one that is none. */
export const writeDate = (day: Day, random: Random): string => {
  const iso = isoDay(day)
  return random.weighted([
    [iso, 90],
    [iso.replaceAll('-', '/'), 4],
    [iso.replaceAll('-', '.'), 3],
    [iso.replaceAll('-', ''), 3],
    [`${iso.slice(0, 4)}年${Number(iso.slice(5, 7))}月`, 1],
    [`${iso.slice(0, 4)}.02.30`, 0.4],
  ] as const)
}
