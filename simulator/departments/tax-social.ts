/** 社保费: a payer's months by insurance, and 工伤保险 that construction pays by project before it starts. */
import { compactMonth, type Day, isoDay, monthStart } from '../world/calendar.ts'
import type { Contract } from '../world/contracts.ts'
import type { Party } from '../world/party.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { serial, watched } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract, typedName } from './tax-extract.ts'
import { yuanText } from './wording.ts'

/** Pension and work injury; employer and employee together, 1/10000 of the base. */
const insurances = [
  { code: '1', rateBp: 2_400 },
  { code: '4', rateBp: 110 },
] as const

/** Months before the world began that the first extract holds. */
const monthsBack = 12

/** One month of one payer: about the same persons each month. */
const monthOf = (world: World, party: Party, month: Day): ToldRow[] => {
  const random = new Random(world.seed, 'social', party.index, month)
  const steady = new Random(world.seed, 'social', party.index)
  const staff = Math.max(3, Math.round(10 ** steady.between(0.7, 2.3)) + random.int(-2, 3))
  // A person in flexible employment insures alone, and for pension.
  const isPerson = party.kind === 'person'
  const persons = isPerson ? 1 : staff
  const baseFen = persons * steady.int(357_900, 720_000)
  const paidOn = monthStart(month, 1) + random.int(1, 24)
  return (isPerson ? insurances.slice(0, 1) : insurances).map(({ code, rateBp }) => {
    const key = serial(world.seed, '41', 18, 'social', party.index, month, code)
    const row = () => ({
      JFXH: key,
      DJXH: party.registration ?? '',
      XZ_DM: code,
      FKSSQ: compactMonth(month),
      JFRS: String(persons),
      JFJS: yuanText(baseFen),
      JFJE: yuanText(Math.round((baseFen * rateBp) / 10_000)),
      JKRQ: isoDay(paidOn),
      XMMC: '',
    })
    return { key, days: [paidOn], say: () => ({ row: row() }) }
  })
}

const payers = new Set<Party['kind']>(['contractor', 'subcontractor', 'person'])

function* months(world: World, day: Day | null): Generator<ToldRow> {
  const first = monthStart(world.begins, -monthsBack)
  const from = day === null ? first : Math.max(first, monthStart(day, -1))
  for (const party of watched(world, 'social', 7_500)) {
    if (!payers.has(party.kind)) continue
    for (let month = from; month <= (day ?? world.clock); month = monthStart(month, 1))
      yield* monthOf(world, party, month)
  }
}

/** One contract in ten has no 工伤保险 of its project although it is due. */
const isProjectInjuryMissing = (seed: number, project: Project, contract: Contract): boolean =>
  new Random(seed, 'injury', project.number, contract.index).chance(0.1)

const projectInjury = (world: World, project: Project, contract: Contract): ToldRow[] => {
  const party = world.parties.current(contract.members[0] as Party)
  if (party.registration === null || isProjectInjuryMissing(world.seed, project, contract)) return []
  const random = new Random(world.seed, 'say', 'tax.social-insurance', project.number, contract.index)
  const paidOn = Math.max(contract.start - random.int(0, 25), project.knownFrom)
  const key = serial(world.seed, '41', 18, 'injury', project.number, contract.index)
  const row = () => ({
    JFXH: key,
    DJXH: party.registration ?? '',
    XZ_DM: '5',
    FKSSQ: compactMonth(paidOn),
    JFRS: '',
    JFJS: yuanText(contract.priceFen),
    JFJE: yuanText(Math.round(contract.priceFen * 0.0012)),
    JKRQ: isoDay(paidOn),
    XMMC: typedName(project, random),
  })
  return [{ key, project, days: [paidOn], say: () => ({ row: row() }) }]
}

function* allInsurance(world: World, day: Day | null): Generator<ToldRow> {
  yield* months(world, day)
  for (const project of world.projects)
    for (const contract of project.contracts) yield* projectInjury(world, project, contract)
}

export const taxSocialInsurance = taxExtract({
  feed: 'tax.social-insurance',
  columns: 'JFXH DJXH XZ_DM FKSSQ JFRS JFJS JFJE JKRQ XMMC',
  sumColumn: 'JFJE',
  drifted: 'JFJS',
  all: allInsurance,
})
