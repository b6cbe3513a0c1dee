/** 供电公司: its accounts, applications and readings as its clerks export them: names cut at 30 characters, numbers that a spreadsheet had its way with. */

import { type Day, isoDay } from '../world/calendar.ts'
import type { DatasetEntry } from '../world/entries.ts'
import {
  accountNumber,
  applicationNumber,
  type Connection,
  lastDelivery,
  otherConnections,
  siteConnections,
  toldOn,
  toldUntil,
} from '../world/power.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { givenNames, surnames, tradeName, tradeNames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { type Mention, type Row, type Said, withSiteUnit, writeDate, writeName } from './wording.ts'

const nameLimit = 30

const tariffs: Record<Connection['use'], readonly string[]> = {
  works: ['基建临时用电'],
  industry: ['大工业用电', '普通工业'],
  commerce: ['商业用电', '一般工商业', '非居民照明'],
  dwelling: ['城镇居民生活用电', '乡村居民生活用电'],
}

/** Everything of one project or of none that is told one day, past and future; `world.list` shows what has come. */
const entryOf = (
  feed: 'power.accounts' | 'power.installations',
  key: string,
  connection: Connection,
  first: Day,
  changes: readonly (Day | null)[],
): DatasetEntry => {
  const visibleFrom = Math.max(toldOn(first), toldOn(connection.project?.knownFrom ?? Number.NEGATIVE_INFINITY))
  const later = changes.flatMap((day) => (day !== null && toldOn(day) > visibleFrom ? [toldOn(day)] : []))
  return {
    feed,
    key: [key],
    project: connection.project,
    visibleFrom,
    changes: [...new Set(later)],
    detail: connection,
  }
}

const accountEntry = (seed: number, connection: Connection): DatasetEntry[] =>
  connection.connected === null
    ? []
    : [
        entryOf('power.accounts', accountNumber(seed, connection), connection, connection.connected, [
          connection.closed,
        ]),
      ]

const installationEntry = (seed: number, connection: Connection): DatasetEntry[] =>
  connection.applied === null
    ? []
    : [
        entryOf('power.installations', applicationNumber(seed, connection), connection, connection.applied, [
          connection.applied + 8,
          connection.connected,
          connection.withdrawn,
        ]),
      ]

export const accountsOfProject = (seed: number, project: Project): DatasetEntry[] =>
  siteConnections(seed, project).flatMap((connection) => accountEntry(seed, connection))

export const accountsOfWorld = (world: World): DatasetEntry[] =>
  [...otherConnections(world.seed, world.parties, world.begins)].flatMap((c) => accountEntry(world.seed, c))

export const installationsOfProject = (seed: number, project: Project): DatasetEntry[] =>
  siteConnections(seed, project).flatMap((connection) => installationEntry(seed, connection))

export const installationsOfWorld = (world: World): DatasetEntry[] =>
  [...otherConnections(world.seed, world.parties, world.begins)].flatMap((c) => installationEntry(world.seed, c))

const personName = (random: Random): string => random.pick(surnames) + random.pick(givenNames)

/** The name on the account or the application, and who is meant; of natural persons nobody is named. */
const holderOf = (
  world: World,
  connection: Connection,
  day: Day,
  random: Random,
): { raw: string; mentions: Mention[] } => {
  const { holder, project, contract } = connection
  if (holder === null) return { raw: personName(random), mentions: [] }
  const party = world.parties.current(holder)
  const name = writeName(party, day, random)
  let raw = name
  if (project && contract) {
    if (party.index !== project.owner.index && random.chance(0.4))
      raw = withSiteUnit(name, project.name.county.short, contract.section, random)
    else if (random.chance(0.1)) raw = `${name}（${fullName(project.name, project.owner.name)}）`
  }
  raw = raw.slice(0, nameLimit)
  return { raw, mentions: [{ role: 'holder', raw, members: [{ raw, party }] }] }
}

const addressOf = (connection: Connection, random: Random): string => {
  const { county, town, project } = connection
  const road = `${tradeName(random.int(0, tradeNames - 1))}路`
  if (project) {
    const site = random.pick([
      `${road}与${tradeName(random.int(0, tradeNames - 1))}路交叉口`,
      `${road}工地`,
      `${town.name}境内`,
    ])
    return random.chance(0.8) ? `${county.name}${town.name}${site}` : `${county.short}${site}`
  }
  const home =
    connection.use === 'dwelling' ? `${random.int(1, 30)}号楼${random.int(1, 3)}单元${random.int(101, 2_604)}` : ''
  return `郑州市${county.name}${town.name}${road}${random.int(1, 280)}号${home}`
}

/** Numbers of the corrections that a delivery has brought. */
const toldRevisions = (world: World, entry: DatasetEntry): number[] =>
  world
    .revisions(entry.feed, entry.key.join('|'))
    .filter(({ day }) => day <= lastDelivery(world.clock))
    .map(({ number }) => number)

/** A long number as a spreadsheet shows it. */
export const scientific = (digits: string): string =>
  `${(Number(digits) / 10 ** (digits.length - 1)).toFixed(1)}E+${digits.length - 1}`

export const sayAccount = (world: World, entry: DatasetEntry): Said => {
  const connection = entry.detail as Connection
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const known = toldUntil(world.clock)
  const { connected, closed, applied } = connection
  const { raw, mentions } = holderOf(world, connection, connected ?? 0, random)
  const number = entry.key[0] ?? ''
  const isClosed = closed !== null && closed <= known
  const row: Row = {
    cons_no: number,
    cons_name: raw,
    elec_addr: addressOf(connection, random),
    elec_type: random.pick(tariffs[connection.use]),
    status: isClosed ? '已销户客户' : random.chance(0.02) ? '暂停用电客户' : '正常用电客户',
    mp_no: random.chance(0.03) ? scientific(`${number}01`) : `${number}01`,
    volt: connection.capacityKva >= 50 ? '交流10kV' : '交流220V',
    contract_cap: random.chance(0.1) ? `${connection.capacityKva}.00` : String(connection.capacityKva),
    ps_date: writeDate(connected ?? 0, random),
    cancel_date: isClosed ? isoDay(closed) : '',
    app_no: applied === null || random.chance(0.08) ? '' : writeApplication(world.seed, connection, random),
  }
  for (const n of toldRevisions(world, entry)) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, n)
    if (again.chance(0.5)) row.contract_cap = String(connection.capacityKva + 5 * n)
    else row.elec_addr = addressOf(connection, again)
  }
  return { row, mentions }
}

const writeApplication = (seed: number, connection: Connection, random: Random): string => {
  const number = applicationNumber(seed, connection)
  return random.chance(0.02) ? scientific(number) : number
}

export const sayInstallation = (world: World, entry: DatasetEntry): Said => {
  const connection = entry.detail as Connection
  const { project, applied, connected, withdrawn } = connection
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const known = toldUntil(world.clock)
  const { raw, mentions } = holderOf(world, connection, applied ?? 0, random)
  const named = random.chance(0.72)
  const written = project && named ? variantName(project.name, project.owner.name, random) : ''
  const told = (day: Day | null): boolean => day !== null && day <= known
  const typed = random.chance(0.1)
  const account = connected !== null && told(connected) ? accountNumber(world.seed, connection) : ''
  const row: Row = {
    app_no: entry.key[0],
    app_name: raw,
    prj_name: written,
    elec_addr: addressOf(connection, random),
    elec_type: random.pick(tariffs[connection.use]),
    app_cap: String(connection.capacityKva),
    app_date: writeDate(applied ?? 0, random),
    ps_date: connected !== null && told(connected) ? isoDay(connected) : '',
    cons_no: typed ? account.replace(/^0/, '') : account,
    status: told(withdrawn) ? '已撤销' : told(connected) ? '已送电' : told((applied ?? 0) + 8) ? '施工中' : '已受理',
  }
  for (const number of toldRevisions(world, entry)) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (project && row.prj_name === '' && again.chance(0.4)) row.prj_name = fullName(project.name, project.owner.name)
    else row.app_cap = String(connection.capacityKva + 10 * number)
  }
  return { row, mentions }
}
