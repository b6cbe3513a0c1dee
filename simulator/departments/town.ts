/** 乡镇街道: what delegates saw on their rounds, as lines of JSON in the drop. Who reported it is a person and stays with the hub's seals. */
import { forFiles } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { type Day, isoDay } from '../world/calendar.ts'
import { phoneNumber } from '../world/codes.ts'
import { closedSchool, lifeOf, untaxedCount, untaxedParty, untaxedSchool } from '../world/enterprises.ts'
import type { DatasetEntry } from '../world/entries.ts'
import type { Party } from '../world/party.ts'
import { variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random, scatter } from '../world/random.ts'
import { givenNames, surnames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { type Member, type Mention, type Row, type Said, withSiteUnit, writeName } from './wording.ts'

/** 1 在建工地, 2 经营场所, 3 出租房屋, 4 校外培训; 1 在施或在营, 2 停工或停业, 3 已撤场. */
interface Sighting {
  readonly number: string
  readonly day: Day
  readonly subject: '1' | '2' | '4'
  readonly state: '1' | '2' | '3'
  /** Whose works or business it is, with nobody where the delegate found none to ask. */
  readonly party: Party | null
  readonly words: string
}

const numberOf = (seed: number, county: string, serial: number): string =>
  `XC${county}${String(scatter(serial, 7_001, Math.abs(seed) % 1_000_000, 1_000_000)).padStart(6, '0')}`

/** A site is seen at work, and once more when it stands still or is gone. */
const sightingsOf = (seed: number, project: Project): Sighting[] => {
  const sightings: Sighting[] = []
  for (const contract of project.contracts) {
    const random = new Random(seed, 'sighting', project.number, contract.index)
    const length = (contract.handover ?? contract.start + contract.months * 30) - contract.start
    const first = contract.start + random.int(20, Math.max(21, Math.round(length * 0.6)))
    const isAnonymous = random.chance(0.15)
    const later =
      contract.handover === null ? contract.start + random.int(300, 600) : contract.handover + random.int(5, 50)
    if (!random.chance(0.3)) continue
    const party = contract.members[0] ?? null
    const serial = project.number * 16 + contract.index * 2
    const of = { subject: '1', party: isAnonymous ? null : party } as const
    const county = project.county.code
    sightings.push({
      ...of,
      number: numberOf(seed, county, serial),
      day: first,
      state: '1',
      words: '围挡内有人员机械施工',
    })
    if (random.chance(0.4)) {
      const state = contract.handover === null ? '2' : '3'
      const words = state === '2' ? '工地停工，大门上锁' : '工程完工，施工单位已撤场'
      sightings.push({ ...of, number: numberOf(seed, county, serial + 1), day: later, state, words })
    }
  }
  return sightings
}

const entryOf = (project: Project | null, sighting: Sighting, knownFrom: Day): DatasetEntry => ({
  feed: 'town.observations',
  key: [sighting.number],
  project,
  visibleFrom: Math.max(sighting.day + 1, knownFrom),
  changes: [],
  detail: sighting,
})

/** Businesses seen at their doors: those without a tax registration, beside as many that have one. */
const ofWorld = (world: World): DatasetEntry[] => {
  const { seed, begins, parties } = world
  const entries: DatasetEntry[] = []
  const see = (party: Party, serial: number, isSchool: boolean): void => {
    const random = new Random(seed, 'sighting', 'business', serial)
    const { established, end } = lifeOf(seed, party, begins, null)
    const day = Math.max(established + 20, begins - random.int(1, 240))
    const state = end !== null && end.day <= day ? '3' : '1'
    const words = isSchool
      ? state === '3'
        ? '校牌已拆，场地空置'
        : '晚间和周末有学生上课，门口有招生广告'
      : state === '3'
        ? '门面关闭，已搬离'
        : '门面开门营业'
    const number = numberOf(seed, party.county.code, 900_000 + serial)
    entries.push(entryOf(null, { number, day, subject: isSchool ? '4' : '2', state, party, words }, 0))
  }
  for (let i = 0; i < untaxedCount(parties.taxpayers); i++)
    if (i <= closedSchool || i % 2 === 0) see(untaxedParty(seed, i), i, i === untaxedSchool || i === closedSchool)
  const random = new Random(seed, 'sighting', 'taxpayers')
  for (let i = 0; i < Math.max(4, Math.round(parties.taxpayers * 0.004)); i++) {
    const party = parties.local(random.int(0, parties.taxpayers - 1))
    if (party.kind === 'company' || party.kind === 'household') see(party, 40_000 + i, party.name.includes('教育'))
  }
  return entries
}

const sayObservation = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const { project } = entry
  const sighting = entry.detail as Sighting
  const { party } = sighting
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const name = party
    ? writeName(world.parties.isLocal(party) ? world.parties.current(party) : party, sighting.day, random)
    : ''
  const isSite = sighting.subject === '1'
  const raw =
    isSite && name !== '' && random.chance(0.4) ? withSiteUnit(name, project?.county.short ?? '', '1', random) : name
  const county = project?.county ?? party?.county
  const town = project?.town ?? party?.town
  const row: Row = {
    gcbh: sighting.number,
    xzjd: town?.name ?? '',
    xzqhdm: town?.code ?? '',
    wtlx: sighting.subject,
    xczt: sighting.state,
    dd: `${county?.name ?? ''}${town?.name ?? ''}${random.pick(['主干道旁', '村口东侧', '临街', '河堤以北'])}`,
    xcdw: raw,
    xmmc: project && random.chance(0.7) ? variantName(project.name, project.owner.name, random) : '',
    ms: sighting.words,
    fxrq: isoDay(sighting.day),
    sbr: random.pick(surnames) + random.pick(givenNames),
    sbrdh: phoneNumber(random),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|')))
    row.ms = `${sighting.words}（复核${number}次）`
  const member: Member = { raw, party }
  const mentions: Mention[] = raw === '' ? [] : [{ role: 'holder', raw, members: [member] }]
  return { row, mentions }
}

export const observations: ListedSource = {
  kind: 'listed',
  feed: 'town.observations',
  drifted: 'ms',
  faults: forFiles,
  updateTime: 'gxsj',
  extract: { file: 'observations_{day}.jsonl', encoding: 'utf-8', columns: null, sumColumn: null },
  ofProject: (seed, project) =>
    sightingsOf(seed, project).map((sighting) => entryOf(project, sighting, project.knownFrom)),
  ofWorld,
  say: sayObservation,
}
