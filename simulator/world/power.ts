/** Who is connected to the grid: sites with temporary power, businesses, dwellings. Each connection is a pure function of seed and number. */
import { type Day, dayOf, monthStart } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Parties } from './parties.ts'
import type { Party } from './party.ts'
import { type County, counties, type Town } from './places.ts'
import type { ProjectKind } from './project-names.ts'
import type { Project } from './projects.ts'
import { Random, scatter } from './random.ts'

export type PowerUse = 'works' | 'industry' | 'commerce' | 'dwelling'

export interface Connection {
  /** Distinct for every connection of the world; numbers of accounts and applications follow from it. */
  readonly ordinal: number
  readonly project: Project | null
  readonly contract: Contract | null
  /** Null for dwellings, whose holders are in no register. */
  readonly holder: Party | null
  readonly use: PowerUse
  readonly capacityKva: number
  /** Null: connected before applications were kept in the present system. */
  readonly applied: Day | null
  /** Null: the application was withdrawn. */
  readonly connected: Day | null
  readonly withdrawn: Day | null
  readonly closed: Day | null
  /** Day from which work draws power; null for connections that carry no load. Always null but for works. */
  readonly loadedFrom: Day | null
  /** Day of the month on which the meter is read: no meter is read on the last of a month. */
  readonly cycleDay: number
  readonly county: County
  readonly town: Town
}

/** First day of the last month that stands delivered at the end of `clock`: files of a month are there by the 8th of the next. */
export const deliveredMonth = (clock: Day): Day =>
  clock - monthStart(clock, 0) >= 6 ? monthStart(clock, -1) : monthStart(clock, -2)

/** The evening on which what happened on `day` is put into a delivery: the 7th of the month after. */
export const toldOn = (day: Day): Day => (Number.isFinite(day) ? monthStart(day, 1) + 6 : day)

/** The evening of the last delivery before the end of `clock`: what an office corrects later comes with the next. */
export const lastDelivery = (clock: Day): Day => monthStart(deliveredMonth(clock), 1) + 6

/** Last day of which deliveries have told at the end of `clock`. */
export const toldUntil = (clock: Day): Day => monthStart(deliveredMonth(clock), 1) - 1

const shareWithPower: Record<ProjectKind, number> = {
  road: 0.4,
  housing: 0.85,
  street: 0.5,
  water: 0.45,
  factory: 0.85,
  school: 0.8,
  village: 0.25,
}
const transformers = [50, 80, 100, 160, 200, 250, 315, 400, 500, 630, 800, 1_000, 1_250] as const

/** Ten million fen, 10 万元: what the smallest transformer is for. */
const smallestPriceFen = 10_000_000

/** A bigger contract has a bigger transformer, up to 1,250 kVA. */
const capacityFor = (priceFen: number, random: Random): number => {
  const size = Math.log10(Math.max(priceFen, smallestPriceFen) / smallestPriceFen) * 2.6
  return transformers[Math.min(transformers.length - 1, Math.max(0, Math.round(size) + random.int(-1, 1)))] as number
}

const siteConnection = (seed: number, project: Project, contract: Contract): Connection | null => {
  const random = new Random(seed, 'site-power', project.number, contract.index)
  const told = project.story?.power
  if (!random.chance(shareWithPower[project.kind]) && !told) return null
  const first = project.approvals[0]?.day ?? contract.signed
  // Some sites draw power months before anybody reports a start.
  const early = random.chance(0.12) && !told
  const lead = early ? random.int(70, 150) : random.int(1, 20)
  // The idle site of the cases was connected half a year before it will begin.
  const connected = Math.max(first + 5, contract.start - (told === 'noLoad' ? 190 : lead))
  const applied = connected - random.int(18, 55)
  const withdrawn = random.chance(0.04) && !told ? applied + random.int(10, 60) : null
  const loaded = told === 'rising' || (!random.chance(0.07) && told !== 'noLoad')
  const closing = random.int(15, 150)
  const holder = random.chance(0.62) ? project.owner : (contract.members[0] ?? project.owner)
  return {
    ordinal: project.number * 8 + contract.index,
    project,
    contract,
    holder,
    use: 'works',
    capacityKva: capacityFor(contract.priceFen, random),
    applied,
    connected: withdrawn === null ? connected : null,
    withdrawn,
    closed:
      contract.handover === null || withdrawn !== null ? null : Math.max(contract.handover, connected + 20) + closing,
    loadedFrom: loaded ? (early ? connected + 4 : Math.max(connected, contract.start)) : null,
    cycleDay: random.int(3, 27),
    county: project.county,
    town: project.town,
  }
}

/** Temporary power of a project's sites, one connection a contract at most. */
export const siteConnections = (seed: number, project: Project): Connection[] =>
  project.contracts.flatMap((contract) => siteConnection(seed, project, contract) ?? [])

/** Connections that are no sites, by the size of the register. */
export const otherCounts = (taxpayers: number): { readonly businesses: number; readonly dwellings: number } => ({
  businesses: Math.max(6, Math.round(taxpayers * 0.04)),
  dwellings: Math.max(4, Math.round(taxpayers * 0.022)),
})

const applicationsFrom = dayOf('2019-01-01')
const businessOrdinals = 10_000_000
const dwellingOrdinals = 50_000_000

/** Some are connected in the two years after the world begins: each month brings new ones. */
const connectedDay = (begins: Day, random: Random): Day => random.int(dayOf('2008-01-01'), begins + 700)

/** Business connection `number`: a company or a shop of the register. */
export const businessConnection = (seed: number, parties: Parties, begins: Day, number: number): Connection => {
  const random = new Random(seed, 'business-power', number)
  let place = scatter(number, 24_593, Math.abs(seed) % parties.taxpayers, parties.taxpayers)
  while (parties.local(place).kind === 'person') place = (place + 1) % parties.taxpayers
  const holder = parties.local(place)
  const plant = holder.kind === 'owner' || (holder.kind === 'company' && random.chance(0.25))
  const connected = connectedDay(begins, random)
  const lead = random.int(10, 45)
  return {
    ordinal: businessOrdinals + number,
    project: null,
    contract: null,
    holder,
    use: plant ? 'industry' : 'commerce',
    capacityKva: plant ? random.pick(transformers.slice(4)) : random.pick([8, 10, 15, 20, 30, 50, 80]),
    applied: connected >= applicationsFrom ? connected - lead : null,
    connected,
    withdrawn: null,
    closed: random.chance(0.08) ? connected + random.int(400, 4_000) : null,
    loadedFrom: null,
    cycleDay: random.int(3, 27),
    county: holder.county,
    town: holder.town,
  }
}

/** The dwelling with this number. */
export const dwellingConnection = (seed: number, begins: Day, number: number): Connection => {
  const random = new Random(seed, 'dwelling-power', number)
  const county = random.pick(counties)
  return {
    ordinal: dwellingOrdinals + number,
    project: null,
    contract: null,
    holder: null,
    use: 'dwelling',
    capacityKva: random.pick([4, 6, 8, 12]),
    applied: null,
    connected: connectedDay(begins, random),
    withdrawn: null,
    closed: null,
    loadedFrom: null,
    cycleDay: random.int(3, 27),
    county,
    town: random.pick(county.towns),
  }
}

/** All connections that are no sites. */
export function* otherConnections(seed: number, parties: Parties, begins: Day): Generator<Connection> {
  const { businesses, dwellings } = otherCounts(parties.taxpayers)
  for (let i = 0; i < businesses; i++) yield businessConnection(seed, parties, begins, i)
  for (let i = 0; i < dwellings; i++) yield dwellingConnection(seed, begins, i)
}

/** Number of a dwelling among dwellings, null for other connections. */
export const dwellingNumber = (connection: Connection): number | null =>
  connection.use === 'dwelling' ? connection.ordinal - dwellingOrdinals : null

const newNumbersFrom = dayOf('2022-01-01')

/** 户号: 10 digits, of which many begin with zero; 13 digits for accounts opened in 营销2.0. */
export const accountNumber = (seed: number, { ordinal, connected }: Connection): string => {
  const digits = String(scatter(ordinal, 7_368_787, (Math.abs(seed) * 7_919) % 1e8, 1e8)).padStart(8, '0')
  if (connected !== null && connected >= newNumbersFrom) return `04101${digits}`
  return `${ordinal % 5 < 2 ? '04' : '41'}${digits}`
}

/** 报装申请编号: 15 digits that begin with the day. */
export const applicationNumber = (seed: number, { ordinal, applied }: Connection): string =>
  `${new Date((applied ?? 0) * 86_400_000).toISOString().slice(2, 10).replaceAll('-', '')}${String(scatter(ordinal, 48_611, (Math.abs(seed) * 127) % 1e9, 1e9)).padStart(9, '0')}`
