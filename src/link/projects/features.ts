/** What of a project record is compared: its name in pieces, without the place and owner that many projects of a county share. */
import { type DivisionMatch, findDivisions } from '../../normalise/values/divisions.ts'
import { projectNameParts } from '../../normalise/values/project-names.ts'
import { nameForm } from '../parties/name-form.ts'
import type { ProjectNode } from './types.ts'

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
}

const features = new WeakMap<ProjectNode, NameFeatures>()

/** Features of a node, read once: grouping compares a node with many. */
export const nameFeatures = (node: ProjectNode): NameFeatures => {
  const known = features.get(node)
  if (known !== undefined) return known
  const made = readFeatures(node)
  features.set(node, made)
  return made
}

const yearWords = /(?:19|20)(\d\d)(?:[-—至到](?:(?:19|20)?\d\d))?年?(?:度)?(?=[\u4e00-\u9fff（])/gu
const boundary = /项目|工程|（|-|—|EPC/u
const headMin = 4

/** The part of a node that its name is read with. */
export type NamedWork = Pick<ProjectNode, 'name' | 'ownerName' | 'divisionCode'>

/** Features of a name; owner and division tell what of it every project there shares. */
export const readFeatures = (node: NamedWork): NameFeatures => {
  const parts = projectNameParts(node.name)
  const years = [...node.name.matchAll(/(20\d\d)年/gu)].map((found) => found[1]!)
  const counties = findDivisions(node.name)
    .map((match) => match.code)
    .filter((code) => !code.endsWith('00'))
  const object = bare(parts.core, node)
  const cut = headOf(node)
  const isCut = cut.head.length >= headMin && object.startsWith(cut.head.slice(0, 2))
  const head = isCut ? cut.head : plainHead(object)
  return {
    object,
    head,
    form: nameForm(object),
    headForm: nameForm(head),
    isNamedProject: isCut && cut.isNamedProject,
    phases: parts.phase === null ? [] : parts.phase.split(','),
    years,
    routes: parts.routes,
    lots: parts.lots,
    counties: [...new Set(counties)],
  }
}

/** The raw name up to the first word that closes a project's own name, if enough is left before it. */
const headOf = (node: NamedWork): { head: string; isNamedProject: boolean } => {
  const folded = node.name
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

const bare = (core: string, node: NamedWork): string => {
  let rest = core.replace(yearWords, '')
  if (node.ownerName !== null) rest = withoutOwner(rest, node.ownerName)
  for (let round = 0; round < 4; round++) {
    const match = findDivisions(rest, node.divisionCode).find((found) => found.index === 0)
    if (match === undefined || rest.length - match.text.length < headMin || !isHome(match, node)) break
    rest = rest.slice(match.text.length).replace(/^(?:[省市县区]|自治县|境内?)(?=.{4})/u, '')
  }
  return rest.replace(/[·•・“”"'‘’\s]/gu, '')
}

/** A whole name (点军区) is a division wherever it is; a bare stem (东山) only near home. */
const isHome = (match: DivisionMatch, node: NamedWork): boolean =>
  /[省市县区州盟旗]$/u.test(match.text) ||
  node.divisionCode === null ||
  match.code.endsWith('0000') ||
  match.code.slice(0, 4) === node.divisionCode.slice(0, 4)

const withoutOwner = (name: string, ownerName: string): string => {
  if (ownerName.length < 4 || !name.startsWith(ownerName.slice(0, 4))) return name
  const rest = name.startsWith(ownerName) ? name.slice(ownerName.length) : name
  return rest.length >= headMin ? rest : name
}
