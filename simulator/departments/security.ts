/** 公安: lettings as the bureau shares them, without a tenant's name or number, and the register of company seals. */
import { type Day, dayOf, isoDay } from '../world/calendar.ts'
import type { DatasetEntry } from '../world/entries.ts'
import { dwellingCode, type Letting, landlordCount, landlordOf, lettingsOf } from '../world/lettings.ts'
import type { Party } from '../world/party.ts'
import { Random, scatter } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { type Row, type Said, writeCode, writeName, yuanText } from './wording.ts'

/** Every letting of the world; those that are registered later come in their time. */
export const rentalsOfWorld = (world: World): DatasetEntry[] => {
  const { seed, parties, begins } = world
  const entries: DatasetEntry[] = []
  for (let number = 0; number < landlordCount(parties.taxpayers); number++) {
    const landlord = landlordOf(seed, parties, number)
    for (const letting of lettingsOf(seed, landlord, begins)) {
      const reported = letting.until === null ? null : letting.until + 4
      entries.push({
        feed: 'security.rentals',
        key: [dwellingCode(seed, landlord, letting.room), isoDay(letting.from)],
        project: null,
        visibleFrom: letting.registered,
        changes: reported !== null && reported > letting.registered ? [reported] : [],
        detail: letting,
      })
    }
  }
  return entries
}

export const sayRental = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const { landlord, room, until, registered, tenants, areaM2, rentFen } = entry.detail as Letting
  const { county, town, house, community } = landlord
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const left = until !== null && until + 4 <= world.clock
  const row: Row = {
    fwbh: entry.key[0],
    qzrq: entry.key[1],
    tzrq: left ? isoDay(until) : null,
    bzdz: `河南省郑州市${county.name}${town.name}${house}${Math.ceil(room / 4)}层${room}室`,
    bzdzbm: random.chance(0.04)
      ? ''
      : `${town.code}${community}${String(scatter(landlord.number, 919, 0, 99_991)).padStart(5, '0')}${String(room).padStart(3, '0')}`,
    cqrxm: landlord.name,
    cqrzjhm: landlord.identityNumber,
    cqrlxdh: random.chance(0.2) ? null : landlord.phone,
    jzrs: random.chance(0.5) ? tenants : String(tenants),
    yzj: rentFen === null ? null : yuanText(rentFen),
    mj: random.chance(0.1) ? null : areaM2,
    djrq: isoDay(registered),
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions('security.rentals', entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.5)) row.jzrs = Math.max(1, tenants + again.int(-1, 2))
    else row.yzj = yuanText(Math.round(areaM2 * again.between(14, 42)) * 100)
    row.mj = areaM2 + number
  }
  return { row, mentions: [] }
}

/** One seal of one enterprise. */
interface Seal {
  readonly party: Party
  readonly type: string
  readonly filed: Day
  /** Day on which it was reported lost or given back, and which of the two. */
  readonly ended: Day | null
  readonly end: '2' | '3'
}

/** Enterprises with seals: those that take part in projects when the world begins, and a sample of the register. */
const holders = function* (world: World): Generator<Party> {
  const seen = new Set<number>()
  const fresh = (party: Party): boolean => {
    if (seen.has(party.index) || party.kind === 'person' || party.registration === null) return false
    seen.add(party.index)
    return true
  }
  for (const project of world.projects) {
    if (fresh(project.owner)) yield project.owner
    for (const { members } of project.contracts) for (const party of members) if (fresh(party)) yield party
  }
  const { taxpayers } = world.parties
  const step = taxpayers > 20_000 ? 40 : 4
  for (let i = 0; i < taxpayers; i += step) if (fresh(world.parties.local(i))) yield world.parties.local(i)
}

const furtherTypes = ['02', '03', '04', '05', '99'] as const

const sealsOf = (world: World, party: Party): Seal[] => {
  const random = new Random(world.seed, 'seals', party.index)
  const begun = random.int(dayOf('2012-01-01'), world.begins + 120)
  const types = ['01', ...furtherTypes.filter(() => random.chance(0.12))]
  return types.map((type) => {
    const filed = begun + (type === '01' ? 0 : random.int(0, 300))
    return {
      party,
      type,
      filed,
      ended: random.chance(0.06) ? filed + random.int(200, 2_500) : null,
      end: random.chance(0.4) ? '2' : '3',
    }
  })
}

/** 印章编码, 13 digits: the city, then a number of its own. */
const sealNumber = (seed: number, { party, type }: Seal): string => {
  const place = ['01', ...furtherTypes].indexOf(type)
  return `4101${String(scatter(party.index * 6 + place, 104_729, Math.abs(seed) % 1e9, 1e9)).padStart(9, '0')}`
}

export const sealsOfWorld = (world: World): DatasetEntry[] =>
  [...holders(world)].flatMap((party) =>
    sealsOf(world, party).map(
      (seal): DatasetEntry => ({
        feed: 'security.seals',
        key: [sealNumber(world.seed, seal)],
        project: null,
        visibleFrom: seal.filed,
        changes: seal.ended === null ? [] : [seal.ended],
        detail: seal,
      }),
    ),
  )

export const saySeal = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const seal = entry.detail as Seal
  const party = world.parties.current(seal.party)
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const name = writeName(party, seal.filed, random)
  const code = writeCode(party, seal.filed, random, 0.12)
  const ended = seal.ended !== null && seal.ended <= world.clock
  const row: Row = {
    yzbm: entry.key[0],
    dwmc: name,
    tyshxydm: code === '' ? null : code,
    yzlx: seal.type,
    barq: isoDay(seal.filed),
    zt: ended ? seal.end : '1',
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions('security.seals', entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    row.tyshxydm = party.code
    if (again.chance(0.3)) row.zt = '2'
    row.barq = isoDay(seal.filed - number)
  }
  return { row, mentions: [{ role: 'holder', raw: name, members: [{ raw: name, party }] }] }
}
