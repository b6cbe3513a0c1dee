/** The true projects: what was approved, let, built and when. A project is a pure function of seed, number and the day it became known. */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { CaseParts, Story } from './cases.ts'
import { projectCode } from './codes.ts'
import { type Contract, contractsOf } from './contracts.ts'
import type { Parties } from './parties.ts'
import type { Party } from './party.ts'
import type { County, Town } from './places.ts'
import { counties } from './places.ts'
import { fullName, type NameParts, nameParts, type ProjectKind } from './project-names.ts'
import { Random } from './random.ts'

export interface Approval {
  /** 2 feasibility, 3 preliminary design, 4 budget adjustment, 5 filing, 6 ratification. */
  readonly stage: '2' | '3' | '4' | '5' | '6'
  readonly day: Day
  readonly code: string
  readonly documentNumber: string
  readonly investmentFen: number
}

export interface Project {
  readonly number: number
  readonly id: string
  readonly kind: ProjectKind
  readonly name: NameParts
  readonly fullName: string
  readonly county: County
  readonly town: Town
  readonly owner: Party
  /** A body without code and registration that acts for the owner: `…工程建设指挥部`. */
  readonly actingOwner: string | null
  /** 1 government, 2 state enterprise, 3 private. */
  readonly funding: '1' | '2' | '3'
  readonly industry: string
  readonly approvals: readonly Approval[]
  readonly contracts: readonly Contract[]
  /** No department told of it before this day. */
  readonly knownFrom: Day
  /** Share of what is payable that is really invoiced. */
  readonly invoicedShare: number
  /** Where it departs from the ordinary course; null for the many. */
  readonly story: Story | null
}

/** What a project becomes known with: history before `today`, everything late at once, or from its first approval on. */
export type Birth =
  | { readonly how: 'history'; readonly today: Day }
  | { readonly how: 'late' | 'fresh'; readonly day: Day }

const kindCycle: readonly ProjectKind[] = [
  'road', 'housing', 'housing', 'road', 'street', 'water', 'road', 'road', 'factory', 'village',
  'village', 'road', 'school', 'housing', 'street', 'road', 'factory', 'water', 'water', 'school',
] // biome-ignore format: one story per ten positions reads best in rows
/** Positions in the cycle whose project is a twin of the one before. */
const twinPositions = new Set([2, 7, 10, 18])

const storyOf: Record<
  ProjectKind,
  { industry: string; investment: readonly [number, number]; months: readonly [number, number] }
> = {
  road: { industry: '4812', investment: [2_000, 60_000], months: [8, 30] },
  housing: { industry: '4710', investment: [8_000, 150_000], months: [18, 36] },
  street: { industry: '4813', investment: [800, 20_000], months: [5, 18] },
  water: { industry: '4822', investment: [600, 25_000], months: [6, 20] },
  factory: { industry: '4840', investment: [1_500, 40_000], months: [8, 20] },
  school: { industry: '4790', investment: [500, 9_000], months: [6, 16] },
  village: { industry: '4819', investment: [40, 600], months: [2, 8] },
}

/** Builds project `number`. `previous` is the project before it, of which it may be a twin. */
export const makeProject = (
  seed: number,
  number: number,
  parties: Parties,
  birth: Birth,
  previous: Project | null,
): Project => {
  const random = new Random(seed, 'project', number)
  const position = number % kindCycle.length
  const kind = kindCycle[position] as ProjectKind
  const twin = twinPositions.has(position) && previous?.kind === kind && !previous.story ? previous : null
  const county = twin?.county ?? random.pick(kind === 'village' ? ruralCounties : counties)
  const name = nameParts(kind, number, { county, town: townFor(kind, county, random) }, random, twin?.name ?? null)
  const funding = fundingOf(kind, random)
  const owner = twin && random.chance(0.8) ? twin.owner : ownerOf(funding, kind, county, parties, random)
  const full = fullName(name, owner.name)
  const first = firstDay(birth, random)
  const story = storyOf[kind]
  const [low, high] = story.investment
  const investmentWan = Math.round(low * (high / low) ** random.next())
  const project = {
    number,
    id: `P${String(number).padStart(6, '0')}`,
    kind,
    name,
    fullName: full,
    county,
    town: name.town,
    owner,
    funding,
  }
  const approvals = approvalsOf(seed, { ...project, industry: story.industry, first, investmentWan }, random)
  const lastApproval = approvals[approvals.length - 1]?.day ?? first
  const share = random.between(0.5, 0.8)
  return {
    ...project,
    actingOwner: funding === '1' && random.chance(0.25) ? actingOwner(name, full, random) : null,
    industry: story.industry,
    approvals,
    contracts: contractsOf(
      kind,
      parties,
      { funding, lastApproval, budgetFen: Math.round(investmentWan * share) * 1_000_000, months: story.months },
      random,
    ),
    knownFrom: birth.how === 'history' ? Number.NEGATIVE_INFINITY : birth.day,
    invoicedShare: random.weighted([
      [1, 84],
      [random.between(0.2, 0.6), 11],
      [0, 3],
      [1.15, 2],
    ] as const),
    story: null,
  }
}

/** Builds project `number` as a case says, known from the first day on. */
export const makeCase = (seed: number, number: number, parts: CaseParts): Project => {
  const random = new Random(seed, 'case', parts.story.id)
  const { story, kind, county, town, owner, funding, industry, contracts, invoicedShare, actingOwner } = parts
  const given = { full: parts.name, variants: parts.variants }
  const awarded = Math.min(...contracts.map((contract) => contract.awarded))
  const priceFen = contracts.reduce((sum, contract) => sum + contract.priceFen, 0)
  const investmentWan = Math.round(priceFen / 1_000_000 / 0.7)
  const first = awarded - random.int(420, 640)
  const approvals = approvalsOf(seed, { number, county, funding, industry, first, investmentWan }, random)
  return {
    number,
    id: `P${String(number).padStart(6, '0')}`,
    kind,
    name: { kind, county, town, route: parts.route, object: '', phase: '', work: '', from: '', to: '', given },
    fullName: parts.name,
    county,
    town,
    owner,
    actingOwner,
    funding,
    industry,
    // Approved twice or three times within the years before the award.
    approvals: approvals.filter(({ day }) => day < awarded),
    contracts,
    knownFrom: Number.NEGATIVE_INFINITY,
    invoicedShare,
    story,
  }
}

/** Roads, rivers and villages lie in towns and townships (codes from 100 on), if the county has any. */
const townFor = (kind: ProjectKind, county: County, random: Random): Town => {
  const rural = county.towns.filter((town) => Number(town.code.slice(6)) >= 100 && !town.name.endsWith('街道'))
  const countryside = kind === 'road' || kind === 'water' || kind === 'village'
  return random.pick(countryside && rural.length > 0 ? rural : county.towns)
}

const ruralCounties = counties.filter((county) => county.towns.some((town) => /[镇乡]$/.test(town.name)))

const fundingOf = (kind: ProjectKind, random: Random): '1' | '2' | '3' => {
  if (kind === 'housing' || kind === 'factory') return random.chance(0.15) ? '2' : '3'
  return random.chance(0.75) ? '1' : '2'
}

const ownersLike: Partial<Record<ProjectKind, RegExp>> = {
  housing: /置业|房地产|城镇开发/,
  factory: /材料|食品|科技|制造|产业园|零部件/,
}

const ownerOf = (
  funding: '1' | '2' | '3',
  kind: ProjectKind,
  county: County,
  parties: Parties,
  random: Random,
): Party =>
  funding === '1'
    ? parties.bodyOf(county, kind === 'housing' || kind === 'factory' ? 'village' : kind)
    : parties.some('owner', random, ownersLike[kind] ?? /投资|城镇开发/)

const actingOwner = (name: NameParts, full: string, random: Random): string =>
  name.route
    ? random.pick([`${full}建设管理局`, `${name.county.name}${name.route}${name.work}工程建设指挥部`])
    : `${full}建设管理局`

/** First approval: mostly from 2018 on, a few from 2015. */
const firstDay = (birth: Birth, random: Random): Day => {
  if (birth.how === 'fresh') return birth.day
  const last = (birth.how === 'history' ? birth.today : birth.day) - 20
  if (birth.how === 'late') return random.upTo(Math.max(dayOf('2018-01-01'), last - 1_500), last - 300)
  const floor = random.chance(0.12) ? dayOf('2015-03-01') : dayOf('2018-01-01')
  return random.upTo(floor, last)
}

interface ApprovalInput {
  readonly number: number
  readonly county: County
  readonly funding: '1' | '2' | '3'
  readonly industry: string
  readonly first: Day
  readonly investmentWan: number
}

const approvalsOf = (seed: number, input: ApprovalInput, random: Random): Approval[] => {
  const government = input.funding === '1'
  const kind = government ? '01' : random.chance(0.1) ? '02' : '03'
  const code = (serial: number, day: Day): string =>
    projectCode(seed, input.number * 2 + serial, day, input.county.code, input.industry, kind)
  const stages: Approval['stage'][] = !government
    ? [kind === '02' ? '6' : '5']
    : random.chance(0.55)
      ? ['2', '3']
      : ['3']
  if (government && random.chance(0.1)) stages.push('4')
  const reissuedAt = random.chance(0.15) ? 1 : Number.POSITIVE_INFINITY
  let day = input.first
  let investmentWan = input.investmentWan
  return stages.map((stage, i) => {
    if (i > 0) {
      day += random.int(60, 220)
      investmentWan = Math.round(investmentWan * random.between(0.94, 1.08))
    }
    const word = random.chance(0.4) ? '郑发改' : `${input.county.documentWord}发改`
    const year = new Date(day * 86_400_000).getUTCFullYear()
    return {
      stage,
      day,
      code: code(i >= reissuedAt ? 1 : 0, i >= reissuedAt ? day : input.first),
      documentNumber: `${word}${random.pick(['审批', '设计', '投资', ''])}〔${year}〕${random.int(1, 480)}号`,
      investmentFen: investmentWan * 1_000_000 + (random.chance(0.4) ? random.int(0, 99) * 10_000 : 0),
    }
  })
}
