/** 城乡建设: permits and completions under the housing platform's column names, in lower case as its tables have them. Money is 万元. */
import { type Fault, forFiles } from '../fault-kinds.ts'
import type { Delivery, ListedSource } from '../source.ts'
import { type Day, isoDay } from '../world/calendar.ts'
import { personNumber } from '../world/codes.ts'
import type { DatasetEntry, DatasetId } from '../world/entries.ts'
import { type Permit, permitsOf } from '../world/permits.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { givenNames, surnames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { deliverBatch, type ExchangeTable } from './exchange.ts'
import {
  type Member,
  type Mention,
  type Row,
  type Said,
  writeCode,
  writeConsortium,
  writeDocumentNumber,
  writeName,
} from './wording.ts'

const wan = (fen: number): string => (fen / 1_000_000).toFixed(4)

const projectNameOf = (world: World, project: Project): string => {
  const shared = new Random(world.seed, 'say', 'housing.permits', project.number)
  return shared.chance(0.4)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, shared)
}

/** Names of the single works that a permit is for stand one behind the other. */
const worksName = (name: string, permit: Permit): string => {
  if (permit.project.kind === 'street') return name
  const first = permit.part * 3 + 1
  const works = permit.parts === 1 ? ['主体工程'] : [`${first}#楼`, `${first + 1}#楼`, `${first + 2}#楼`]
  return [name, ...works.map((one) => name + one), ...(permit.part === 0 ? [`${name}地下车库`] : [])].join('/')
}

const ownerMention = (world: World, project: Project, day: Day, random: Random): Mention => {
  const raw = project.actingOwner ?? writeName(world.parties.current(project.owner), day, random, 0.7)
  return { role: 'owner', raw, members: [{ raw, party: project.actingOwner ? null : project.owner }] }
}

const contractorMention = (world: World, permit: Permit, random: Random): Mention => {
  const members: Member[] = permit.contract.members.map((party) => ({
    raw: writeName(world.parties.current(party), permit.issued, random, 0.7),
    party,
  }))
  const names = members.map(({ raw }) => raw)
  const raw = names.length > 1 ? writeConsortium(names, random) : (names[0] ?? '')
  return { role: 'contractor', raw, members }
}

/** Ministries' form: some towns write the approval's project code where the platform's own number belongs. */
const projectNumberAs = (permit: Permit, random: Random): string =>
  random.chance(0.03) ? (permit.project.approvals.at(-1)?.code ?? permit.projectNumber) : permit.projectNumber

const documentOn = (world: World, entry: DatasetEntry, permit: Permit, random: Random): string => {
  const approval = permit.project.approvals.at(-1)
  const filledOn = entry.changes[0]
  if (!approval || (filledOn !== undefined && filledOn > world.clock)) return ''
  return writeDocumentNumber(approval.documentNumber, random)
}

const sayPermit = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const permit = entry.detail as Permit
  const { project, contract } = permit
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const investmentFen = project.approvals.at(-1)?.investmentFen ?? 0
  const owner = ownerMention(world, project, permit.issued, random)
  const contractor = contractorMention(world, permit, random)
  const isCopied = permit.parts === 1 && random.chance(0.06)
  const prjnum = projectNumberAs(permit, random)
  const document = documentOn(world, entry, permit, random)
  const row: Row = {
    builderlicencenum: permit.number,
    prjnum,
    projectcode: random.chance(0.35) ? (project.approvals.at(-1)?.code ?? '') : '',
    prjname: worksName(projectNameOf(world, project), permit),
    prjapprovalnum: document,
    buildcorpname: owner.raw,
    buildcorpcode: project.actingOwner ? '组织结构代码' : writeCode(project.owner, permit.issued, random, 0.25),
    designcorpname: '',
    designcorpcode: '',
    conscorpname: contractor.raw,
    conscorpcode: writeCode(contract.members[0] ?? null, permit.issued, random, 0.2),
    constructorname: random.pick(surnames) + random.pick(givenNames),
    constructoridcard: personNumber(world.seed, 31_000_000 + project.number * 8 + contract.index),
    prjsize: project.kind === 'street' ? '道路、排水、照明' : `建筑面积${permit.areaM2.toFixed(2)}㎡`,
    area: project.kind === 'street' ? null : permit.areaM2.toFixed(2),
    contractmoney: wan(isCopied ? investmentFen : permit.priceFen),
    allinvest: wan(investmentFen),
    prjaddress: `${project.county.name}${project.town.name}`,
    areacode: random.chance(0.08) ? '410100' : project.county.code,
    bdate: isoDay(contract.plannedStart),
    edate: isoDay(contract.plannedStart + contract.months * 30),
    issuecertdate: isoDay(permit.issued),
    certstate: contract.handover === null && world.clock > contract.start + 400 ? '2' : '1',
    updatedate: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (row.projectcode === '' && again.chance(0.3)) row.projectcode = project.approvals.at(-1)?.code ?? ''
    else row.edate = isoDay(contract.plannedStart + contract.months * 30 + again.int(20, 120) * number)
  }
  return { row, mentions: [owner, contractor] }
}

const sayCompletion = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const permit = entry.detail as Permit
  const { completion, project } = permit
  if (!completion) throw new RangeError(`${permit.number} was never completed`)
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const owner = ownerMention(world, project, completion.filed, random)
  const contractor = contractorMention(world, permit, random)
  const row: Row = {
    prjfinishnum: completion.number,
    prjnum: permit.projectNumber,
    builderlicencenum: permit.number,
    prjfinishname: worksName(projectNameOf(world, project), permit).split('/').slice(0, 2).join('/'),
    buildcorpname: owner.raw,
    buildcorpcode: project.actingOwner ? '组织结构代码' : writeCode(project.owner, completion.filed, random, 0.3),
    conscorpname: contractor.raw,
    conscorpcode: writeCode(permit.contract.members[0] ?? null, completion.filed, random, 0.3),
    factcost: wan(completion.costFen),
    factarea: permit.areaM2 === 0 ? null : (permit.areaM2 * random.between(0.99, 1.02)).toFixed(2),
    bdate: isoDay(completion.started),
    edate: isoDay(completion.completed),
    filedate: isoDay(completion.filed),
    areacode: project.county.code,
    updatedate: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    row.factcost = wan(Math.round(completion.costFen * again.between(0.96, 1.02)))
  }
  return { row, mentions: [owner, contractor] }
}

const text = (length: number): string => `varchar(${length})`

/** 资源目录编码 of the city's catalogue, invented. */
export const permitTable: ExchangeTable = {
  drifted: 'prjsize',
  catalogue: '410100-ZJ-0001/001',
  table: 'tbbuilderlicencemanage',
  columns: {
    builderlicencenum: text(50),
    prjnum: text(50),
    projectcode: text(50),
    prjname: text(1_000),
    prjapprovalnum: text(200),
    buildcorpname: text(300),
    buildcorpcode: text(50),
    designcorpname: text(300),
    designcorpcode: text(50),
    conscorpname: text(600),
    conscorpcode: text(50),
    constructorname: text(50),
    constructoridcard: text(30),
    prjsize: text(500),
    area: 'numeric(18, 2)',
    contractmoney: 'numeric(18, 4)',
    allinvest: 'numeric(18, 4)',
    prjaddress: text(300),
    areacode: text(12),
    bdate: text(20),
    edate: text(20),
    issuecertdate: text(20),
    certstate: text(4),
    updatedate: 'timestamp(0)',
  },
}

export const completionTable: ExchangeTable = {
  drifted: 'prjfinishname',
  catalogue: '410100-ZJ-0001/002',
  table: 'tbprojectfinishmanage',
  columns: {
    prjfinishnum: text(50),
    prjnum: text(50),
    builderlicencenum: text(50),
    prjfinishname: text(1_000),
    buildcorpname: text(300),
    buildcorpcode: text(50),
    conscorpname: text(600),
    conscorpcode: text(50),
    factcost: 'numeric(18, 4)',
    factarea: 'numeric(18, 2)',
    bdate: text(20),
    edate: text(20),
    filedate: text(20),
    areacode: text(12),
    updatedate: 'timestamp(0)',
  },
}

const onTables: readonly Fault[] = [...forFiles, 'totalTooLow', 'twoPayloads']

function* rowsOf(delivery: Delivery, source: ListedSource): Generator<Row> {
  const { world, mode } = delivery
  for (const { entry, updatedAt } of world.list(source.feed as DatasetId))
    if (mode === 'full' || updatedAt.startsWith(isoDay(world.clock))) yield source.say(world, entry, updatedAt).row
}

const permitEntries = (seed: number, project: Project): DatasetEntry[] =>
  permitsOf(seed, project).map((permit) => {
    const random = new Random(seed, 'permit-entry', permit.number)
    const visibleFrom = Math.max(permit.issued + random.int(1, 10), project.knownFrom)
    // The document's number is filled in long after the permit was given.
    const filled = visibleFrom + random.int(60, 400)
    return {
      feed: 'housing.permits',
      key: [permit.number],
      project,
      visibleFrom,
      changes: random.chance(0.3) ? [filled] : [],
      detail: permit,
    }
  })

const completionEntries = (seed: number, project: Project): DatasetEntry[] =>
  permitsOf(seed, project).flatMap((permit) => {
    const { completion } = permit
    if (!completion) return []
    const visibleFrom = Math.max(completion.filed + 1, project.knownFrom)
    return [
      { feed: 'housing.completions', key: [completion.number], project, visibleFrom, changes: [], detail: permit },
    ]
  })

export const permits: ListedSource = {
  kind: 'listed',
  feed: 'housing.permits',
  drifted: permitTable.drifted,
  faults: onTables,
  updateTime: 'updatedate',
  ofProject: permitEntries,
  say: sayPermit,
  exchange: true,
  deliver: (delivery) => deliverBatch(delivery, permitTable, rowsOf(delivery, permits)),
}

export const completions: ListedSource = {
  kind: 'listed',
  feed: 'housing.completions',
  drifted: completionTable.drifted,
  faults: onTables,
  updateTime: 'updatedate',
  ofProject: completionEntries,
  say: sayCompletion,
  exchange: true,
  deliver: (delivery) => deliverBatch(delivery, completionTable, rowsOf(delivery, completions)),
}
