/** What meters show month by month: sites draw more as work goes on, businesses about the same, dwellings more in summer and winter. */
import { type Day, monthStart } from './calendar.ts'
import { type Connection, toldOn } from './power.ts'
import { Random } from './random.ts'

export interface Reading {
  readonly connection: Connection
  /** First day of the month that the bill is for. */
  readonly month: Day
  /** 1; corrections of the same month are numbered on. */
  readonly sequence: number
  /** Negative where more was billed than used. */
  readonly kwh: number
  readonly fen: number
  readonly readOn: Day
  readonly isCorrection: boolean
  /** Evening on which the reading goes into a delivery. */
  readonly told: Day
}

/** 分 per kWh. */
const price: Record<Connection['use'], number> = { works: 86, industry: 68, commerce: 79, dwelling: 56 }

/** Share of the full draw that a site has on a day: nearly nothing before work, rising until handover, little after it. */
const siteShare = ({ contract, loadedFrom }: Connection, day: Day): number => {
  if (loadedFrom === null || contract === null || day < loadedFrom) return 0.004
  const planned = contract.months * 30.4
  // Work that stops for good stops at two fifths.
  const end = contract.handover ?? loadedFrom + planned * 0.4
  if (day > end) return 0.02
  return 0.15 + 0.85 * Math.min(1, (day - loadedFrom) / Math.max(30, end - loadedFrom))
}

const season = [1.25, 1.15, 0.95, 0.85, 0.85, 1.05, 1.35, 1.4, 1.05, 0.85, 0.9, 1.15] as const

/** Hours of full draw in a month. */
const hours: Record<Connection['use'], readonly [number, number]> = {
  works: [110, 190],
  industry: [180, 380],
  commerce: [70, 150],
  dwelling: [15, 45],
}

const drawn = (connection: Connection, from: Day, until: Day, fullHours: number, noise: number): number => {
  const middle = (from + until) / 2
  const share =
    connection.use === 'works'
      ? siteShare(connection, middle)
      : (season[new Date(middle * 86_400_000).getUTCMonth()] as number)
  return Math.round(connection.capacityKva * fullHours * share * noise * ((until - from) / 30.4))
}

/**
 * Readings of one connection that deliveries have told by the end of `until`, from its beginning or from the month of `from`, corrections
 * included: those stand in the month they were made in and name the month they correct.
 */
export function* readingsOf(seed: number, connection: Connection, from: Day, until: Day): Generator<Reading> {
  const { connected, closed, cycleDay, project, use } = connection
  if (connected === null) return
  const random = new Random(seed, 'readings', connection.ordinal)
  const fullHours = random.between(...hours[use])
  const notBefore = toldOn(project?.knownFrom ?? Number.NEGATIVE_INFINITY)
  const reading = (part: Omit<Reading, 'connection' | 'fen' | 'told'>): Reading => ({
    ...part,
    connection,
    fen: part.kwh * price[use],
    told: Math.max(toldOn(part.readOn), notBefore),
  })
  let before = Math.max(connected, monthStart(from, 0))
  for (let month = monthStart(before, 0); ; month = monthStart(month, 1)) {
    const cycle = month + cycleDay - 1
    const isLast = closed !== null && closed <= cycle
    const readOn = isLast ? closed : cycle
    if (toldOn(readOn) > until) return
    const noise = random.between(0.88, 1.12)
    const corrected = random.chance(0.012)
    const share = random.chance(0.75) ? -random.between(0.05, 0.3) : random.between(0.03, 0.15)
    const later = random.int(20, 85)
    if (readOn > before) {
      // A last reading may fall into a month that was read already: it is numbered on.
      const billed = isLast ? monthStart(readOn, 0) : month
      const sequence = billed < month && readOn - cycleDay >= billed ? 3 : 1
      const kwh = drawn(connection, before, readOn, fullHours, noise)
      const first = reading({ month: billed, sequence, kwh, readOn, isCorrection: false })
      if (first.told <= until) yield first
      const change = Math.round(kwh * share)
      if (corrected && change !== 0) {
        const again = reading({
          month: billed,
          sequence: sequence + 1,
          kwh: change,
          readOn: readOn + later,
          isCorrection: true,
        })
        if (again.told <= until) yield again
      }
      before = readOn
    }
    if (isLast) return
  }
}
