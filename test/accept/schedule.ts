/**
 * `schedule`: ten years of slots against the slow oracle; a year of minutes on three hubs with kills, pauses and clock steps; a year of source-days with
 * silences, holidays, zero reports and backfills. `--times N`: days of the second part.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Database, openDatabase, rolePasswordsFrom } from '../../src/db/database.ts'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type OwingFeed, settleDays } from '../../src/schedule/arrivals.ts'
import { sendMessages } from '../../src/schedule/messages.ts'
import { webhook } from '../../src/schedule/webhook.ts'
import { createCalendar } from '../../src/schedule/when/calendar.ts'
import { nextSlots, slotsBetween } from '../../src/schedule/when/slots-between.ts'
import { everyMinute, type Written, writeCron } from '../schedule/oracle.ts'
import { simulatedSchedules, simulateHubs } from '../schedule/simulation.ts'
import { seededRandom } from '../support/random.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch } from './scratch.ts'

const zones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Europe/London']
const cronsPerZone = 40
const tenYears = [Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1)] as const

/** The first slot on which two lists part; null where they are one. */
const firstDifference = (a: Iterable<Date>, b: readonly number[]): string | null => {
  let i = 0
  for (const slot of a) {
    if (slot.getTime() !== b[i])
      return `${slot.toISOString()} against ${b[i] === undefined ? 'nothing' : new Date(b[i]!).toISOString()}`
    i++
  }
  return i === b.length ? null : `nothing against ${new Date(b[i]!).toISOString()}`
}

/** A preview is cut from the same generator; here it is asked for at random instants and compared with what comes after them. */
const previewHolds = (written: Written, zone: string, slots: readonly number[], random: () => number): boolean => {
  const from = tenYears[0] + Math.floor(random() * (tenYears[1] - tenYears[0]) * 0.9)
  const expected = slots.filter((slot) => slot > from).slice(0, 5)
  return nextSlots(written.text, zone, new Date(from), expected.length).every(
    (slot, i) => slot.getTime() === expected[i],
  )
}

const tenYearsOf = (zone: string, seed: number): boolean => {
  const written = Array.from({ length: cronsPerZone }, (_, i) => writeCron(seed * 1_000 + i))
  const slots = written.map((): number[] => [])
  everyMinute(zone, tenYears[0], tenYears[1], (instant, minutes) => {
    for (const [i, one] of written.entries()) if (minutes.some(one.fits)) slots[i]!.push(instant)
  })
  const random = seededRandom(seed)
  const faults = written.flatMap((one, i) => {
    const difference = firstDifference(
      slotsBetween(one.text, zone, new Date(tenYears[0]), new Date(tenYears[1])),
      slots[i]!,
    )
    if (difference !== null) return [`${one.text}: ${difference}`]
    return previewHolds(one, zone, slots[i]!, random) ? [] : [`${one.text}: the preview differs`]
  })
  for (const fault of faults.slice(0, 10)) say(`     ${zone} ${fault}`)
  const total = slots.reduce((sum, list) => sum + list.length, 0)
  return expectThat(
    faults.length === 0,
    `${zone}: ${cronsPerZone} expressions, ${total} slots over ten years are the oracle's (seed ${seed})`,
  )
}

const open = (url: string): Database => {
  const { hostname, port, pathname, username, password } = new URL(url)
  const login = { user: decodeURIComponent(username), password: new Secret(decodeURIComponent(password)) }
  const pool = { connectionsMax: 4, statementTimeoutMs: 60_000 }
  const address = { host: hostname, port: Number(port), database: pathname.slice(1), ssl: undefined }
  return openDatabase(
    { address, login, passwords: rolePasswordsFrom(login.password) },
    { pipeline: pool, reader: pool },
  )
}

const yearOfMinutes = async (url: string, seed: number, days: number): Promise<boolean> => {
  const db = open(url)
  const hubs = [1, 2, 3].map(() => open(url))
  try {
    const begin = new Date('2026-01-01T00:00:00Z')
    const result = await simulateHubs({
      db,
      hubs,
      seed,
      begin,
      minutes: days * 1_440,
      schedules: simulatedSchedules,
      onDay: (day) => day % 30 === 0 && say(`     day ${day}`),
    })
    say(
      `     ${days} days, ${result.ticks} ticks of three hubs, ${result.kills} killed in a decision, ${result.steps} clock steps (seed ${seed})`,
    )
    for (const fault of result.faults.slice(0, 10)) say(`     ${fault}`)
    return expectThat(
      result.faults.length === 0,
      `${result.slots} slots: ${result.sent} fired exactly once, ${result.missed} recorded as missed, none twice, none lost`,
    )
  } finally {
    await Promise.all([db, ...hubs].map((one) => one.close()))
  }
}

const feed = 'transport.sections'
const owing: readonly OwingFeed[] = [
  { feed, title: '公路工程合同段', rule: { every: 'workday', by: 10, time: '09:00', sameDay: false } },
]
const at = (day: string, time: string): Date => new Date(`${day}T${time}:00+08:00`)

/** A delivery as an import leaves it: a green run and its admitted batch. */
const deliver = async (db: Database, kind: 'import' | 'backfill', when: Date, n: number): Promise<void> => {
  await db.pipeline.query(
    `INSERT INTO run (run_id, source, kind, state, started_at, beat_at, finished_at) VALUES ($1, $2, $3, 'green', $4, $4, $4)`,
    [`run_${n}`, feed, kind, when],
  )
  await db.pipeline.query(
    `INSERT INTO batch (feed, run_id, mode, channel, state, schema_version, fetched, new, opened_at, landed_at) VALUES ($1, $2, 'increment', $3, 'admitted', 1, 1, 1, $4, $4)`,
    [feed, `run_${n}`, kind === 'backfill' ? 'backfill' : 'pull', when],
  )
}

const reportZero = (db: Database, day: string, when: Date): Promise<unknown> =>
  db.pipeline.query(
    `INSERT INTO zero_report (feed, period, department, sender, at) VALUES ($1, $2, 'transport', 'key', $3)`,
    [feed, day, when],
  )

/** A receiver that refuses a third of what it gets, and counts by key. */
const startReceiver = async (
  random: () => number,
): Promise<{ server: Server; url: string; got: Map<string, number> }> => {
  const got = new Map<string, number>()
  const server = createServer((request, response) => {
    const isTaken = random() > 0.3
    const key = String(request.headers['idempotency-key'])
    if (isTaken) got.set(key, (got.get(key) ?? 0) + 1)
    request.resume().on('end', () => response.writeHead(isTaken ? 200 : 503).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got }
}

const yearOfDays = async (url: string, seed: number): Promise<boolean> => {
  const db = open(url)
  const random = seededRandom(seed)
  const receiver = await startReceiver(random)
  const send = webhook(new Secret(receiver.url), null)
  const calendar = createCalendar({ holidays: ['2027-01-01'], workdays: [] })
  const told = { late: 0, recovered: 0 }
  const expected = { incidents: 0, silentDays: 0, zeros: 0, workdays: 0 }
  const look = async (when: Date): Promise<void> => {
    setClock(when)
    const settled = await settleDays(db, owing, calendar, when, true)
    told.late += settled?.late.length ?? 0
    told.recovered += settled?.recovered.length ?? 0
    await sendMessages(db, send, random, new AbortController().signal)
  }
  let isSilent = false
  let n = 0
  try {
    await look(at('2026-01-01', '00:30'))
    for (let i = 0; i < 365; i++) {
      const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)
      const isWorkday = calendar.isWorkday(day)
      const choice = i > 360 ? 1 : random()
      if (choice < 0.3) await deliver(db, 'backfill', at(day, '03:00'), ++n)
      // What comes on a day off settles what is late, and no day to come.
      const isDelivered = choice > 0.15 && choice < 0.9
      if (isWorkday) {
        expected.workdays++
        const isZero = !isDelivered && choice >= 0.9
        if (isDelivered) await deliver(db, 'import', at(day, '07:00'), ++n)
        if (isZero) await reportZero(db, day, at(day, '07:30'))
        if (isDelivered) isSilent = false
        if (isZero) expected.zeros++
        if (!isDelivered && !isZero) {
          expected.silentDays++
          if (!isSilent) expected.incidents++
          isSilent = true
        }
      }
      for (const time of ['06:59', '08:59', '09:01', '12:00', '18:00', '23:00']) await look(at(day, time))
    }
    if (isSilent) await deliver(db, 'import', at('2026-12-31', '23:30'), ++n)
    for (let hour = 0; hour < 60; hour++) await look(new Date(at('2026-12-31', '23:31').getTime() + hour * 3_600_000))
    const { rows } = await db.pipeline.query<{ state: string; n: number; late: number }>(
      `SELECT state, count(*)::int AS n, count(late_at)::int AS late FROM source_day WHERE day <= '2026-12-31' GROUP BY state`,
    )
    say(
      `     ${expected.workdays} workdays: ${expected.silentDays} silent in ${expected.incidents} incidents, ${expected.zeros} reported zero (seed ${seed})`,
    )
    say(`     ${JSON.stringify(rows)}; messages ${JSON.stringify(told)}; received ${receiver.got.size}`)
    const days = rows.reduce((sum, row) => sum + row.n, 0)
    const late = rows.reduce((sum, row) => sum + row.late, 0)
    return [
      expectThat(days === expected.workdays, `each workday is a source-day, holidays are none (${days})`),
      expectThat(
        late === expected.silentDays,
        `late are the silent days and no others, whatever was backfilled (${late})`,
      ),
      expectThat(
        told.late === expected.incidents && told.recovered === expected.incidents,
        `one message late and one recovered for each of ${expected.incidents} incidents`,
      ),
      expectThat(
        [...receiver.got.values()].every((times) => times === 1) && receiver.got.size === 2 * expected.incidents,
        'each message was taken once by a receiver that refuses a third',
      ),
    ].every(Boolean)
  } finally {
    setClockOffset(0)
    receiver.server.close()
    await db.close()
  }
}

export const schedule: AcceptanceRun = async ({ seed, times }) => {
  const scratch = await openScratch()
  try {
    const isDays = await yearOfDays(await scratch.database(), seed)
    const isMinutes = await yearOfMinutes(await scratch.database(), seed, times)
    return [isDays, isMinutes, ...zones.map((zone) => tenYearsOf(zone, seed))].every(Boolean)
  } finally {
    await scratch.close()
  }
}
