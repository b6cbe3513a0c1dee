/** The power company's readings, in the numbers that its clerks write. */
import type { SaidRecord } from '../source.ts'
import { compactMonth, type Day, isoDay, monthStart } from '../world/calendar.ts'
import {
  accountNumber,
  type Connection,
  dwellingNumber,
  otherConnections,
  siteConnections,
  toldOn,
} from '../world/power.ts'
import { type Reading, readingsOf } from '../world/power-readings.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { scientific } from './power.ts'
import { type Row, yuanText } from './wording.ts'

/** 户号 on a bill. Some clerks keep their readings in a spreadsheet, which takes the zero away and once in a while all the digits. */
const writtenAccount = (world: World, reading: Reading): string => {
  const { connection } = reading
  const number = accountNumber(world.seed, connection)
  if (!number.startsWith('0')) return number
  const dwelling = dwellingNumber(connection)
  const bare = number.slice(1)
  // One dwelling a month: two such numbers in one month would be one key.
  if (dwelling !== null && dwelling < 24 && bare.length === 12)
    return reading.month === monthStart(world.begins, -2 - dwelling) && reading.sequence === 1
      ? scientific(bare)
      : number
  return new Random(world.seed, 'spreadsheet', connection.ordinal).chance(0.06) ? bare : number
}

const sayReading = (world: World, reading: Reading): SaidRecord => {
  const { connection, month, sequence, kwh, fen, readOn, isCorrection } = reading
  const account = writtenAccount(world, reading)
  const ym = compactMonth(month)
  const row: Row = {
    cons_no: account,
    ym,
    seq: String(sequence),
    kwh: String(kwh),
    amount: yuanText(fen),
    read_date: isoDay(readOn),
    adj: isCorrection ? '1' : '0',
  }
  return { key: [account, ym, String(sequence)], project: connection.project, row, mentions: [] }
}

/** How many months back the first delivery goes for connections that are no sites. */
const monthsOfHistory = 24

/** Readings that stand delivered today (`day` null), or those delivered for the first time on one advanced day. */
export function* readingRecords(world: World, day: Day | null): Generator<SaidRecord> {
  const until = day ?? world.clock
  // Deliveries tell on the 7th only.
  if (day !== null && toldOn(monthStart(day, -1)) !== day) return
  const { seed, parties, begins } = world
  const told = function* (connection: Connection, from: Day): Generator<SaidRecord> {
    for (const reading of readingsOf(seed, connection, from, until))
      if (day === null || reading.told === day) yield sayReading(world, reading)
  }
  for (const project of world.projects)
    for (const connection of siteConnections(seed, project)) yield* told(connection, connection.connected ?? 0)
  const history = monthStart(begins, -monthsOfHistory)
  for (const connection of otherConnections(seed, parties, begins)) yield* told(connection, history)
}
