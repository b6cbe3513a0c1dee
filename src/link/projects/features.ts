/** What of a project record is compared: its name in pieces, without the place and owner that many projects of a county share. */
import { type DivisionMatch, findDivisions } from '../../normalise/values/divisions.ts'
import { projectNameParts } from '../../normalise/values/project-names.ts'
import { nameForm } from '../parties/name-form.ts'
import { homeWords } from './home-words.ts'
import type { ProjectNode } from './types.ts'
import { ownCharacters, worksAtEnd } from './works-words.ts'

export interface NameFeatures {
  /** The name without lots, rounds, kinds of work, years, and the divisions and owner it begins with. */
  readonly object: string
  /** What stands before the first 项目, 工程, bracket or dash: the project where the rest is a part of it. */
  readonly head: string
  /** Comparison forms of `object` and `head`. */
  readonly form: string
  readonly headForm: string
  /** The head is closed by 项目: the name itself says that this much is a project. */
  readonly isNamedProject: boolean
  /** Phases as written, e.g. `1`, `2`; empty where none is named. */
  readonly phases: readonly string[]
  readonly years: readonly string[]
  readonly routes: readonly string[]
  readonly lots: readonly string[]
  /** County codes that the name itself names. */
  readonly counties: readonly string[]
  /** Things that the name lists, or gives another name to in brackets: 甲、乙泵站（丙泵站） has three. */
  readonly parts: readonly string[]
  /** The name says that this lies around something else, e.g. 某项目周边停车场. */
  readonly isBeside: boolean
  /** The name says that it continues works begun before (续建, 续作). */
  readonly isFollowOn: boolean
  /** Characters of object and head that are no word of the trade: how much agreeing in them says. */
  readonly ownOfObject: number
  readonly ownOfHead: number
  /** Characters of `form` in order, for a quick look at how many two names share. */
  readonly sorted: Uint16Array
}

const features = new WeakMap<ProjectNode, NameFeatures>()

/** Features by what they are read from: stages load one record many times, each time as another object. */
const recent = new Map<string, NameFeatures>()
const recentMax = 20_000

/** Features of a node, read once: grouping compares a node with many. */
export const nameFeatures = (node: ProjectNode): NameFeatures => {
  const known = features.get(node)
  if (known !== undefined) return known
  const id = `${node.name}\u0000${node.ownerName ?? ''}\u0000${node.divisionCode ?? ''}`
  let made = recent.get(id)
  if (made === undefined) {
    made = readFeatures(node)
    if (recent.size >= recentMax) recent.clear()
    recent.set(id, made)
  }
  features.set(node, made)
  return made
}

const yearWords = /(?:19|20)(\d\d)(?:[-—至到](?:(?:19|20)?\d\d))?年?(?:度)?(?=[\u4e00-\u9fff（])/gu
/** 县乡道X004线, 省道S312: the letter says which road it is, the word before it only repeats or blurs it. */
const plainRoads = (name: string): string => name.replace(/[国省县乡村]{1,3}道(?=[GSXYCZgsxycz]\d)/gu, '')

const boundary = /项目|工程|（|-|—|EPC/u
const headMin = 4

/** The county of a record, or the one county that its name names; null where it is known to the city only. */
export const countyOf = (node: ProjectNode): string | null => {
  const code = node.divisionCode?.slice(0, 6) ?? ''
  if (code.length === 6 && !code.endsWith('00')) return code
  const { counties } = nameFeatures(node)
  return counties.length === 1 ? counties[0]!.slice(0, 6) : null
}

/** The part of a node that its name is read with. */
export type NamedWork = Pick<ProjectNode, 'name' | 'ownerName' | 'divisionCode'>

/** A permit names its single works one behind the other: `某某花园二期/某某花园二期1#楼/某某花园二期地下车库`. The first says it all. */
const firstOfWorks = (name: string): string => {
  const [first = '', ...others] = name.split('/')
  return first.length >= headMin && others.every((other) => other.startsWith(first.slice(0, headMin))) ? first : name
}

/** Features of a name; owner and division tell what of it every project there shares. */
export const readFeatures = (named: NamedWork): NameFeatures => {
  const node = named.name.includes('/') ? { ...named, name: firstOfWorks(named.name) } : named
  const parts = projectNameParts(plainRoads(node.name))
  const years = [...node.name.matchAll(/(20\d\d)年/gu)].map((found) => found[1]!)
  const counties = findDivisions(node.name)
    .map((match) => match.code)
    .filter((code) => !code.endsWith('00'))
  const object = bare(parts.core, node)
  const cut = headOf(node)
  const isCut = cut.head.length >= headMin && object.startsWith(cut.head.slice(0, 2))
  const head = isCut ? cut.head : plainHead(object)
  const form = comparable(object)
  return {
    object,
    head,
    form,
    headForm: comparable(head),
    isNamedProject: isCut && cut.isNamedProject,
    phases: parts.phase === null ? [] : parts.phase.split(','),
    years,
    routes: parts.routes,
    lots: parts.lots,
    counties: [...new Set(counties)],
    parts: partsOf(object),
    isBeside: beside.test(node.name),
    isFollowOn: followOn.test(node.name),
    ownOfObject: ownCharacters(object),
    ownOfHead: ownCharacters(head),
    sorted: Uint16Array.from(form, (character) => character.charCodeAt(0)).sort(),
  }
}

const partMin = 4

/** A thing of a list has the list's last word where it has none of its own: 甲、乙泵站 are 甲泵站 and 乙泵站. */
const partsOf = (object: string): string[] => {
  if (!/[、（]/u.test(object)) return []
  const parts: string[] = []
  for (const list of object.split(/[（）-]/u)) {
    const things = list.split('、')
    const last = worksAtEnd(things.at(-1)!)
    for (const thing of things) parts.push(worksAtEnd(thing) === '' ? thing + last : thing)
  }
  const forms = parts.map(comparable).filter((part) => part.length >= partMin && ownCharacters(part) >= 2)
  return forms.length < 2 ? [] : forms
}

const beside = /(?<=.{4})(?:周边|周围|外围|附近)/u
const followOn = /续建|续作/u

/** The raw name up to the first word that closes a project's own name, if enough is left before it. */
const headOf = (node: NamedWork): { head: string; isNamedProject: boolean } => {
  const folded = plainRoads(node.name)
    .normalize('NFKC')
    .replace(/[([【]/gu, '（')
    .replace(/\s/gu, '')
  for (let from = 0; ; ) {
    const at = folded.slice(from).search(boundary)
    if (at < 0) return { head: '', isNamedProject: false }
    const before = projectNameParts(folded.slice(0, from + at))
    const head = bare(before.core, node)
    if (head.length >= headMin)
      return { head, isNamedProject: before.workType === null && folded.startsWith('项目', from + at) }
    from += at + 1
  }
}

const plainHead = (object: string): string => {
  const at = object.search(/[（-]/u)
  return at >= headMin ? object.slice(0, at) : object
}

/** Roads stand apart as `routes`; what is left of 县乡道X004线… is the stretch. */
const routeWord = /^(?:[国省县乡村]{1,2}道)?[GSXYCZ]\d{1,4}线?/u

const bare = (core: string, node: NamedWork): string => {
  let rest = core.replace(yearWords, '')
  rest = withoutOwner(rest, node.ownerName ?? '\u0000')
  const home = homeWords(node.divisionCode)
  for (let round = 0; round < 6; round++) {
    const before = rest
    const word = home.find((one) => rest.startsWith(one)) ?? divisionAtStart(rest, node)
    if (word !== null && rest.length - word.length >= headMin) rest = rest.slice(word.length).replace(leftOver, '')
    const road = routeWord.exec(rest)?.[0]
    if (road !== undefined && rest.length - road.length >= headMin) rest = rest.slice(road.length)
    if (rest === before) break
  }
  return rest.replace(/[·•・“”"'‘’\s]/gu, '')
}

const leftOver = /^(?:[省市县区]|自治县|境内?)(?=.{4})/u

const divisionAtStart = (text: string, node: NamedWork): string | null => {
  const match = findDivisions(text, node.divisionCode).find((found) => found.index === 0)
  return match === undefined || !isHome(match, node) ? null : match.text
}

/** Towns are named with 镇, 乡, 街道 or without, stretches as 段 or 境. */
const comparable = (text: string): string =>
  nameForm(text)
    .replace(/街道办事处|街道|(?<!城)[镇乡]/gu, '')
    .replace(/境/gu, '段')

/** A whole name (点军区) is a division wherever it is; a bare stem (东山) only near home. */
const isHome = (match: DivisionMatch, node: NamedWork): boolean =>
  /[省市县区州盟旗]$/u.test(match.text) ||
  node.divisionCode === null ||
  match.code.endsWith('0000') ||
  match.code.slice(0, 4) === node.divisionCode.slice(0, 4)

/** A name that begins with its owner's says no more by it; so does any company's name before a project of its own. */
const withoutOwner = (name: string, ownerName: string): string => {
  const rest = name.startsWith(ownerName)
    ? name.slice(ownerName.length)
    : name.replace(/^[\u4e00-\u9fff（）]{4,24}?公司(?=.{5})/u, '')
  return rest.length >= headMin ? rest : name
}
