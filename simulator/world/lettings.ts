/** Who lets rooms: natural persons of the tax register, and many more who are in no register, some with a house full of rooms. */
import { type Day, dayOf } from './calendar.ts'
import { personNumber, phoneNumber } from './codes.ts'
import type { Parties } from './parties.ts'
import { block, localsFrom, type Party } from './party.ts'
import { type County, counties, type Town } from './places.ts'
import { Random, scatter } from './random.ts'
import { givenNames, surnames, tradeName, tradeNames } from './words.ts'

export interface Landlord {
  readonly number: number
  /** Null: in no tax register. */
  readonly party: Party | null
  readonly name: string
  readonly identityNumber: string
  readonly phone: string
  readonly rooms: number
  readonly county: County
  readonly town: Town
  /** Street and house, in which all the rooms are. */
  readonly house: string
  /** Community, the last three digits of its 12-digit code. */
  readonly community: string
}

/** One letting of one room, over its whole life. */
export interface Letting {
  readonly landlord: Landlord
  /** 1 … rooms. */
  readonly room: number
  readonly from: Day
  /** Null: nobody has moved out yet. */
  readonly until: Day | null
  readonly registered: Day
  readonly tenants: number
  readonly areaM2: number
  /** Mostly not told. */
  readonly rentFen: number | null
}

/** Every world has this landlord: fourteen rooms in 二七. */
export const fullHouse = { number: 0, rooms: 14, county: '410103' } as const

/** Persons of the register stand once in a block of fifty taxpayers. */
const registeredPersons = (taxpayers: number): number =>
  Math.floor((taxpayers - 1 - block.indexOf('P')) / block.length) + 1

/** Registered persons who let rooms. */
const lettingPersons = (taxpayers: number): number => Math.round(registeredPersons(taxpayers) * 0.6)

/** Registered persons first, then the others; the first of all is the one with the full house. */
export const landlordCount = (taxpayers: number): number =>
  1 + lettingPersons(taxpayers) + Math.max(5, Math.round(Math.min(taxpayers * 0.04, 60 + taxpayers * 0.015)))

const partyOf = (parties: Parties, number: number): Party | null => {
  if (number < 1 || number > lettingPersons(parties.taxpayers)) return null
  return parties.at(localsFrom + block.indexOf('P') + block.length * (number - 1))
}

export const landlordOf = (seed: number, parties: Parties, number: number): Landlord => {
  const random = new Random(seed, 'landlord', number)
  const party = partyOf(parties, number)
  const isFull = number === fullHouse.number
  const county = isFull
    ? (counties.find(({ code }) => code === fullHouse.county) as County)
    : random.chance(0.8) && party
      ? party.county
      : random.pick(counties)
  const name = random.pick(surnames) + random.pick(givenNames)
  const rooms = random.weighted<number>([
    [1, 55],
    [2, 22],
    [random.int(3, 6), 15],
    [random.int(7, 24), 8],
  ])
  return {
    number,
    party,
    name: party?.name ?? name,
    identityNumber: party?.code ?? personNumber(seed, 900_000_000 + number),
    phone: phoneNumber(random),
    rooms: isFull ? fullHouse.rooms : rooms,
    county,
    town: random.pick(county.towns),
    house: `${tradeName(random.int(0, tradeNames - 1))}路${random.int(1, 199)}号院${random.int(1, 12)}号楼`,
    community: String(random.int(1, 12)).padStart(3, '0'),
  }
}

/** All lettings of a landlord that begin within the year after the world's beginning at the latest. */
export function* lettingsOf(seed: number, landlord: Landlord, begins: Day): Generator<Letting> {
  for (let room = 1; room <= landlord.rooms; room++) {
    const random = new Random(seed, 'letting', landlord.number, room)
    const areaM2 = random.int(8, landlord.rooms > 6 ? 32 : 120)
    let from = random.int(Math.min(dayOf('2022-01-01'), begins - 500), begins - 40)
    for (let turn = 0; turn < 12 && from < begins + 365; turn++) {
      // The last tenant of a full house stays: its fourteen rooms are let at once.
      const stays = random.chance(0.25) || (landlord.number === fullHouse.number && turn === 0)
      const until = stays ? null : from + random.int(150, 730)
      const rent = Math.round(areaM2 * random.between(14, 42)) * 100
      yield {
        landlord,
        room,
        from,
        until,
        registered: from + random.int(0, 40),
        tenants: random.weighted([
          [1, 45],
          [2, 35],
          [3, 15],
          [random.int(4, 6), 5],
        ] as const),
        areaM2,
        rentFen: random.chance(0.14) ? rent : null,
      }
      if (until === null) break
      from = until + random.int(3, 90)
    }
  }
}

/** 出租房屋编号 of a room: county, landlord, room. */
export const dwellingCode = (seed: number, { county, number }: Landlord, room: number): string =>
  `CZ${county.code}${String(scatter(number, 62_989, Math.abs(seed) % 1e7, 1e7)).padStart(7, '0')}${String(room).padStart(3, '0')}`
