/** One organisation or person, and the ranges of numbers in which the kinds stand. */
import type { Day } from './calendar.ts'
import type { County, Town } from './places.ts'

export type PartyKind =
  | 'body'
  | 'owner'
  | 'contractor'
  | 'subcontractor'
  | 'company'
  | 'household'
  | 'person'
  | 'outside'

export interface FormerName {
  readonly name: string
  /** Last day on which the name was right. */
  readonly until: Day
}

export interface Party {
  readonly index: number
  readonly kind: PartyKind
  readonly name: string
  readonly formerNames: readonly FormerName[]
  /** 统一社会信用代码, or the identity number of a natural person. */
  readonly code: string
  /** 登记序号; null for one that is not in the city's tax register. */
  readonly registration: string | null
  readonly county: County
  readonly town: Town
  readonly general: boolean
  /** GB/T 4754 code. */
  readonly industry: string
  /** First two digits of invoice numbers. */
  readonly province: string
  /** The company of which this is a branch. */
  readonly branchOf: number | null
  /** An earlier registration under the same code, cancelled since. */
  readonly closed: boolean
}

export const bodiesFrom = 1
export const localsFrom = 10_000
export const outsidersFrom = 10_000_000
export const closedFrom = 20_000_000
/** One taxpayer in so many once gave up its registration and came back under the same code. */
export const closedEvery = 150

/** One block of fifty taxpayers: contractors, subcontractors, owners, a person, households, other companies. */
export const block = 'CUOCHXCXHUCXXHOXCXHXUXHCXXHOXHXXHPXXUHXXHXOXHXXHXX'
export const kindOfLetter = {
  C: 'contractor',
  U: 'subcontractor',
  O: 'owner',
  P: 'person',
  H: 'household',
  X: 'company',
} as const
const positions = (letter: string): readonly number[] => [...block].flatMap((c, i) => (c === letter ? [i] : []))
export const positionsOf = { contractor: positions('C'), subcontractor: positions('U'), owner: positions('O') } as const

export const industryCodes = {
  body: ['9221', '7810'],
  owner: ['7010', '4813', '3029', '7212'],
  contractor: ['4812', '4813', '4700', '4819', '4822'],
  subcontractor: ['5090', '5030', '5022', '3021'],
  company: ['5199', '6513', '7259', '5299', '6210'],
  household: ['5283', '6210', '5226', '8040'],
  person: ['7040'],
  outside: ['4812', '4813', '4700', '4822'],
} as const

/** Public bodies of a county, by the works they have built. A small world has only the last one in each county. */
export const bodyKinds = {
  road: '乡村公路建设服务站',
  street: '市政设施建设中心',
  water: '水系治理事务中心',
  school: '校舍建设保障站',
  village: '公益项目建设中心',
} as const
export type BodyKind = keyof typeof bodyKinds
export const bodyKindNames = Object.keys(bodyKinds) as BodyKind[]

/** The name under which the party went on `day`. */
export const nameOn = (party: Party, day: Day): string =>
  party.formerNames.find((former) => day <= former.until)?.name ?? party.name
