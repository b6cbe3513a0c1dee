/** Construction permits of buildings and municipal works, and the completion that is filed for each: pure functions of seed and project. */
import { compactDay, type Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { ProjectKind } from './project-names.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

export interface Permit {
  readonly project: Project
  readonly contract: Contract
  /** 施工许可证编号: division, day of registration, sequence of the day, class of works. */
  readonly number: string
  /** 四库一平台 项目编号, shared by the permits of a project. */
  readonly projectNumber: string
  /** Of several for one contract: buildings, one after the other. */
  readonly part: number
  readonly parts: number
  readonly priceFen: number
  readonly areaM2: number
  readonly issued: Day
  readonly completion: Completion | null
}

export interface Completion {
  readonly number: string
  readonly started: Day
  readonly completed: Day
  readonly filed: Day
  readonly costFen: number
}

/** Class of works in numbers of permits (housing bureau's list in use): buildings 01, municipal works 02. Water, road and village works have no such permit. */
const classes: Partial<Record<ProjectKind, '01' | '02'>> = { housing: '01', school: '01', factory: '01', street: '02' }

/** Works below 300 000 元 or 300 ㎡ need none. */
const priceMinFen = 30_000_000
const areaMin = 300

/** Permits a project can have, and numbers a day can give out of one class: with them numbers of permits are distinct. */
const permitsMax = 4
const slotsADay = 99

/** Places of the ordinary cycle whose projects have permits, and the ranks behind all of theirs for projects that stand outside it. */
const places = [1, 2, 4, 8, 12, 13, 14, 16, 19]
const ranksOutside = 9_035

/** The place of a project among those with permits; distinct, so that their numbers are. */
const rankOf = (project: Project): number =>
  project.story
    ? ranksOutside + (project.number % 20)
    : Math.floor(project.number / 20) * places.length + Math.max(0, places.indexOf(project.number % 20))

/** The last day up to `day` on which the bureau could have given this slot: no two projects share a day and a sequence of it. */
const registeredOn = (day: Day, slot: number, turns: number): { day: Day; sequence: string } => {
  const turn = Math.floor(slot / slotsADay) % turns
  return {
    day: day - ((((day - turn) % turns) + turns) % turns),
    sequence: String((slot % slotsADay) + 1).padStart(2, '0'),
  }
}

const projectNumberOf = (project: Project, workClass: string): string => {
  const { day, sequence } = registeredOn(project.approvals[0]?.day ?? 0, rankOf(project), 92)
  return `${project.county.code}${compactDay(day).slice(2)}${sequence}${workClass}`
}

/** Parts of the contract's works that have permits of their own. */
const partsOf = (project: Project, contract: Contract, random: Random): number => {
  const drawn = random.weighted([
    [1, 60],
    [2, 30],
    [3, 10],
  ] as const)
  if (project.kind !== 'housing' || contract.priceFen < priceMinFen * 100) return 1
  return Math.max(1, Math.min(drawn, Math.floor(permitsMax / Math.max(1, project.contracts.length))))
}

/** 元 a square metre: what a building of this price measures. */
const pricePerM2 = { housing: 2_600, school: 3_100, factory: 1_900, street: 0 } as const

const areaOf = (project: Project, priceFen: number, random: Random): number => {
  const price = pricePerM2[project.kind as keyof typeof pricePerM2] * random.between(0.8, 1.25)
  return price === 0 ? 0 : Math.round(priceFen / price) / 100
}

const completionOf = (permit: Omit<Permit, 'completion'>, ordinal: number, random: Random): Completion | null => {
  const { contract, projectNumber, priceFen } = permit
  const completed = (contract.handover ?? 0) + random.int(5, 60)
  const filed = completed + random.int(1, 15)
  const costFen = Math.round(priceFen * random.between(0.95, 1.06))
  // One in twelve is in use and was never filed.
  if (contract.handover === null || random.chance(0.08)) return null
  const number = `${projectNumber}-JX-${String(ordinal).padStart(3, '0')}`
  return { number, started: contract.start, completed, filed, costFen }
}

const permitsOfContract = (seed: number, project: Project, contract: Contract, before: number): Permit[] => {
  const random = new Random(seed, 'permits', project.number, contract.index)
  const workClass = classes[project.kind]
  if (!workClass || contract.priceFen < priceMinFen) return []
  const parts = partsOf(project, contract, random)
  const permits: Permit[] = []
  for (let part = 0; part < parts && before + part < permitsMax; part++) {
    const priceFen = Math.floor(contract.priceFen / parts) + (part === 0 ? contract.priceFen % parts : 0)
    const areaM2 = areaOf(project, priceFen, random)
    const { day, sequence } = registeredOn(contract.signed, rankOf(project) * permitsMax + before + part, 366)
    const issued = contract.signed + random.int(10, 45) + part * random.int(0, 40)
    if (workClass === '01' && areaM2 < areaMin) continue
    const number = `${project.county.code}${compactDay(day)}${sequence}${workClass}`
    const projectNumber = projectNumberOf(project, workClass)
    const permit = { project, contract, number, projectNumber, part, parts, priceFen, areaM2, issued }
    permits.push({ ...permit, completion: completionOf(permit, before + part + 1, random) })
  }
  return permits
}

/** All permits of a project over its whole life, past and future. */
export const permitsOf = (seed: number, project: Project): Permit[] => {
  const permits: Permit[] = []
  for (const contract of project.contracts) permits.push(...permitsOfContract(seed, project, contract, permits.length))
  return permits
}
