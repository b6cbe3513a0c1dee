/** Who may take water: building sites that keep their pits dry, plants, and wells of long standing; and how much they took. */
import type { Day } from './calendar.ts'
import { dayOf, monthStart, yearOf } from './calendar.ts'
import type { DatasetEntry } from './entries.ts'
import type { Party } from './party.ts'
import type { County, Town } from './places.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

export interface WaterPermit {
  readonly number: string
  readonly holder: Party
  readonly project: Project | null
  readonly county: County
  readonly town: Town
  readonly source: 'G' | 'S'
  /** 施工降水 keeps a pit dry. */
  readonly purpose: '施工降水' | '工业用水' | '特种行业' | '生活用水'
  /** Cubic metres a year. */
  readonly permittedM3: number
  readonly from: Day
  readonly to: Day
  /** Given back before its time; null where it simply runs out. */
  readonly cancelled: Day | null
}

export interface WaterUse {
  readonly permit: WaterPermit
  readonly year: number
  readonly quarter: 1 | 2 | 3 | 4
  readonly volumeM3: number
  /** The quarter's end. */
  readonly ended: Day
}

/** Electronic certificates, with a number of the new form, from this day on. */
const electronicFrom = dayOf('2020-07-01')
const fiveYears = 1_826

/** `id` is unique among permits of its level; B are the wells of no project. */
const numberOf = (
  level: 'B' | 'C' | 'D',
  id: number,
  permit: Pick<WaterPermit, 'county' | 'source' | 'from'>,
): string => {
  const year = yearOf(permit.from)
  if (permit.from < electronicFrom)
    return `取水（豫郑${level === 'B' ? '特' : ''}）字〔${year}〕第${String(id).padStart(5, '0')}号`
  return `${level}${permit.county.code}${permit.source}${year}-${String(id).padStart(4, '0')}`
}

const levelOf = (number: number): 'C' | 'D' => (number < 10_000 ? 'C' : 'D')

/** The permit of a project, null for most. */
export const permitOf = (seed: number, project: Project): WaterPermit | null => {
  const random = new Random(seed, 'water-permit', project.number)
  const [contract] = project.contracts
  if (!contract) return null
  const isPlant = project.kind === 'factory' && random.chance(0.6)
  const isSite = (project.kind === 'housing' || project.kind === 'school') && random.chance(0.35)
  if (!isPlant && !isSite) return null
  const from = isPlant
    ? (contract.handover ?? contract.start) + random.int(20, 120)
    : contract.start - random.int(3, 15)
  const rest = {
    project,
    county: project.county,
    town: project.town,
    source: (isSite || random.chance(0.7) ? 'G' : 'S') as 'G' | 'S',
    from,
  }
  const number = numberOf(levelOf(project.number), project.number, rest)
  const holder = isPlant || random.chance(0.3) ? project.owner : (contract.members[0] ?? project.owner)
  const works = contract.handover ?? contract.start + contract.months * 30
  return {
    ...rest,
    number,
    holder,
    purpose: isPlant ? '工业用水' : '施工降水',
    permittedM3: isPlant ? random.int(20, 900) * 1_000 : random.int(5, 300) * 1_000,
    to: isPlant ? from + fiveYears : from + Math.min(730, contract.months * 20),
    cancelled: isSite && random.chance(0.5) ? Math.min(works, from + Math.min(730, contract.months * 20)) : null,
  }
}

/** Permits of no project: works canteens, car washes, bath houses, a farmer's own well. */
const wellsOf = (world: World): WaterPermit[] => {
  const count = Math.max(3, Math.round(world.parties.taxpayers / 150))
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(world.seed, 'water-well', i)
    const holder = world.parties.local(random.int(0, world.parties.taxpayers - 1))
    const from = world.begins - random.int(200, 1_700)
    const rest = { county: holder.county, town: holder.town, source: random.chance(0.85) ? 'G' : 'S', from } as const
    return {
      ...rest,
      number: numberOf('B', i + 1, rest),
      holder,
      project: null,
      purpose: random.pick(['工业用水', '特种行业', '生活用水'] as const),
      permittedM3: random.int(2, 120) * 500,
      to: from + fiveYears,
      cancelled: null,
    }
  })
}

/** Quarters until the permit ends or is given back. Now and then more is taken than may be. */
export const usesOf = (seed: number, permit: WaterPermit): WaterUse[] => {
  const random = new Random(seed, 'water-use', permit.number)
  const last = permit.cancelled ?? permit.to
  const uses: WaterUse[] = []
  let start = monthStart(permit.from, 0)
  start = monthStart(start, -(monthOf(start) % 3))
  for (; start < last; start = monthStart(start, 3)) {
    const share = random.weighted([
      [random.between(0.4, 0.98), 88],
      [random.between(1.05, 1.6), 8],
      [0, 4],
    ] as const)
    uses.push({
      permit,
      year: yearOf(start),
      quarter: (Math.floor(monthOf(start) / 3) + 1) as 1 | 2 | 3 | 4,
      volumeM3: Math.round((permit.permittedM3 / 4) * share),
      ended: monthStart(start, 3) - 1,
    })
  }
  return uses
}

/** Month of a day, from 0. */
const monthOf = (day: Day): number => new Date(day * 86_400_000).getUTCMonth()

const permitEntry = (seed: number, permit: WaterPermit): DatasetEntry => {
  const visibleFrom = Math.max(
    permit.from + new Random(seed, 'water-seen', permit.number).int(1, 12),
    permit.project?.knownFrom ?? 0,
  )
  return {
    feed: 'water.permits',
    key: [permit.number],
    project: permit.project,
    visibleFrom,
    changes: [(permit.cancelled ?? permit.to) + 1].filter((day) => day > visibleFrom),
    detail: permit,
  }
}

const useEntries = (seed: number, permit: WaterPermit): DatasetEntry[] => {
  const { visibleFrom } = permitEntry(seed, permit)
  return usesOf(seed, permit).map((use) => ({
    feed: 'water.usages',
    key: [permit.number, String(use.year), String(use.quarter)],
    project: permit.project,
    visibleFrom: Math.max(
      use.ended + new Random(seed, 'water-told', permit.number, use.year, use.quarter).int(5, 20),
      visibleFrom,
    ),
    changes: [],
    detail: use,
  }))
}

const ofPermit = (permit: WaterPermit | null, entries: (permit: WaterPermit) => readonly DatasetEntry[]) =>
  permit === null ? [] : entries(permit)

export const waterPermits = (seed: number, project: Project): readonly DatasetEntry[] =>
  ofPermit(permitOf(seed, project), (permit) => [permitEntry(seed, permit)])

export const waterUses = (seed: number, project: Project): readonly DatasetEntry[] =>
  ofPermit(permitOf(seed, project), (permit) => useEntries(seed, permit))

export const wellPermits = (world: World): readonly DatasetEntry[] =>
  wellsOf(world).map((permit) => permitEntry(world.seed, permit))

export const wellUses = (world: World): readonly DatasetEntry[] =>
  wellsOf(world).flatMap((permit) => useEntries(world.seed, permit))
