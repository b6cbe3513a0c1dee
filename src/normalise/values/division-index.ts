/** Finds division names in free text. Built once from the code table; names shared by several counties need a parent to be sure. */
import { divisionNames } from '#schemas/codes/divisions.ts'
import { zhengzhouZones, zoneCode } from '#schemas/codes/zhengzhou-zones.ts'

interface Entry {
  readonly name: string
  readonly codes: string[]
  /** `whole`: 金水区; `stem`: 郑州, 秭归, which may also be part of a street's name. */
  readonly kind: 'whole' | 'stem'
}

export interface DivisionMatch {
  readonly code: string
  readonly text: string
  readonly index: number
}

const peoples =
  '蒙古|维吾尔|布依|朝鲜|土家|哈尼|哈萨克|傈僳|拉祜|东乡|纳西|景颇|柯尔克孜|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|回|藏|苗|彝|壮|满|侗|瑶|白|黎|傣|佤|畲|水|土|羌|怒|京|各'
const autonomous = new RegExp(`^(.{2,}?)(?:(?:${peoples})族?)+(?:自治)?([县州旗区])$`, 'u')
const noPlace = /^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/u
const streetAfter =
  /^(?:[东南西北中]?[一二三四五六七八九十]?(?:路|街|大道|大街|巷|弄|胡同|桥|镇|乡|村|社区|花园|广场|大厦|银行|小区))/u
const startBefore = /[\s、,，;；。:：()（）和与及至]/u

/** Whether `child` lies in `parent`; both are six characters. */
export const isWithin = (child: string, parent: string): boolean =>
  parent.endsWith('0000')
    ? child.slice(0, 2) === parent.slice(0, 2)
    : parent.endsWith('00')
      ? child.slice(0, 4) === parent.slice(0, 4)
      : child === parent

export const isCounty = (code: string): boolean => !code.endsWith('00')

const shortNames = (name: string, code: string): { wholes: string[]; stem: string | null } => {
  const [, people, suffix] = autonomous.exec(name) ?? []
  const wholes = people && suffix ? [`${people}${suffix}`] : []
  const stem = (people ?? name).replace(/(?:特别行政区|自治[区州县旗]|地区|省|市|县|区|旗|盟|林区|矿区)$/u, '')
  // Districts are never called by their stem alone: 金水 and 新华 are rivers and bookshops.
  const isDistrict = isCounty(code) && /区$/u.test(name) && !people
  return { wholes, stem: stem.length >= 2 && !isDistrict && stem !== name ? stem : null }
}

const build = (): ReadonlyMap<string, readonly Entry[]> => {
  const entries = new Map<string, Entry>()
  const add = (name: string, code: string, kind: Entry['kind']): void => {
    const key = `${kind} ${name}`
    const entry = entries.get(key)
    if (entry === undefined) entries.set(key, { name, codes: [code], kind })
    else if (!entry.codes.includes(code)) entry.codes.push(code)
  }
  for (const [code, name] of divisionNames) {
    if (noPlace.test(name)) continue
    add(name, code, 'whole')
    const { wholes, stem } = shortNames(name, code)
    for (const whole of wholes) add(whole, code, 'whole')
    if (stem) add(stem, code, 'stem')
  }
  for (const zone of zhengzhouZones) for (const name of [zone.name, ...zone.aliases]) add(name, zoneCode(zone), 'whole')
  const byHead = new Map<string, Entry[]>()
  for (const entry of entries.values()) {
    const head = entry.name.slice(0, 2)
    byHead.set(head, [...(byHead.get(head) ?? []), entry])
  }
  for (const list of byHead.values()) list.sort((a, b) => b.name.length - a.name.length)
  return byHead
}

let index: ReadonlyMap<string, readonly Entry[]> | null = null

/** The one code that is meant: by the place just named before it, by those named earlier, by being the only one. */
const choose = (entry: Entry, parent: string | null, contexts: readonly string[]): string | null => {
  if (parent !== null) {
    const inside = entry.codes.filter((code) => code !== parent && isWithin(code, parent))
    if (inside.length === 1) return inside[0] ?? null
  }
  if (entry.codes.length === 1) return entry.codes[0] ?? null
  for (const context of contexts) {
    const inside = entry.codes.filter((code) => isWithin(code, context))
    if (inside.length === 1) return inside[0] ?? null
  }
  // 吉林: the province before its city, only where the name stands alone.
  return entry.kind === 'stem' ? (entry.codes.find((code) => code.endsWith('0000')) ?? null) : null
}

interface Spot {
  readonly text: string
  readonly at: number
  /** The place that ends where this name begins. */
  readonly parent: string | null
  /** Places named before, the nearest first, then the home. */
  readonly contexts: readonly string[]
}

const isAdmissible = (entry: Entry, code: string, { text, at, parent, contexts }: Spot): boolean => {
  if (parent !== null && code !== parent && isWithin(code, parent)) return true
  const isStart = at === 0 || startBefore.test(text[at - 1] ?? '')
  const isNear = contexts.some((context) => context.slice(0, 2) === code.slice(0, 2))
  if (entry.kind === 'whole') {
    // 淮阳县西城区: the district of a county that the table no longer has, not the one in Beijing.
    const isInsideUnknown = entry.name.endsWith('区') && /[省市县区镇乡园]/u.test(text[at - 1] ?? '')
    return entry.name.length > 2 && (isStart || isNear || (contexts.length === 0 && !isInsideUnknown))
  }
  const after = text.slice(at + entry.name.length)
  if (!isStart || streetAfter.test(after)) return false
  if (!isCounty(code)) return true
  // 三台寺村 is not 三台县: a county's stem counts at the very start, or near a place that is known.
  return !/^.?[村组寺]/u.test(after) && (isNear || (at === 0 && entry.codes.length === 1))
}

/**
 * All divisions that a text names, in its order; `郑州市金水区` is one match, 410105.
 * @param home six digits that decide between counties of one name (`鼓楼区`), e.g. the code beside the text
 */
export const findDivisions = (text: string, home: string | null = null): DivisionMatch[] => {
  index ??= build()
  const found: { code: string; text: string; index: number; end: number }[] = []
  const homes = home === null ? [] : [home, `${home.slice(0, 4)}00`, `${home.slice(0, 2)}0000`]
  for (let at = 0; at < text.length - 1; at++) {
    const candidates = index.get(text.slice(at, at + 2))
    if (candidates === undefined) continue
    const last = found.at(-1)
    const parent = last !== undefined && last.end === at ? last.code : null
    const contexts = [...found.map((match) => match.code).reverse(), ...homes]
    for (const entry of candidates) {
      if (!text.startsWith(entry.name, at)) continue
      const code = choose(entry, parent, [...contexts, ...contexts.map((c) => `${c.slice(0, 4)}00`)])
      if (code === null || !isAdmissible(entry, code, { text, at, parent, contexts })) continue
      const end = at + entry.name.length
      if (parent !== null && last !== undefined && isWithin(code, parent))
        Object.assign(last, { code, text: text.slice(last.index, end), end })
      else found.push({ code, text: entry.name, index: at, end })
      at = end - 1
      break
    }
  }
  return found.map(({ code, text: name, index: start }) => ({ code, text: name, index: start }))
}
