/**
 * What the register of commerce has written down, line after line: an enterprise comes again with each change, and each item of a change has a
 * line of its own. Numbers have no holes. Every so often the log of registrations is compacted: its old lines go, each enterprise is written anew.
 */
import type { Day } from './calendar.ts'
import {
  type ChangeItem,
  type Life,
  type LifeEvent,
  lifeOf,
  untaxedCount,
  untaxedFrom,
  untaxedParty,
} from './enterprises.ts'
import { closedEvery, closedFrom, localsFrom, type Party } from './party.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

export interface ChangeLine {
  readonly index: number
  readonly item: ChangeItem
  readonly day: Day
  /** Name of a new branch; of other items the state before and after says it all. */
  readonly branch: string | null
}

/** A line of the log of registrations: the enterprise as it stood at the end of `day`. */
export interface RegistrationLine {
  readonly index: number
  readonly day: Day
}

/** Days between two compactions. */
const compactedEvery = 45
const dailyChanges = 0.002

export class EnterpriseLog {
  readonly #world: World
  /** Number before the first line that is still there. */
  base = 0
  #indexes: number[] = []
  /** Day of each line after the first ones of the log or of its compaction. */
  #days: Day[] = []
  #firstLines = 0
  #firstDay: Day
  readonly changes: ChangeLine[] = []
  readonly #future = new Map<Day, { readonly index: number; readonly event: LifeEvent }[]>()
  /** Changes that no life foresaw. */
  readonly #extra = new Map<number, LifeEvent[]>()
  #clock: Day
  #linesOfDay = new Map<Day, readonly number[]>()

  constructor(world: World) {
    this.#world = world
    this.#clock = world.begins
    this.#firstDay = world.begins
    this.#indexes = [...this.#existing()]
    this.#firstLines = this.#indexes.length
    const past: ChangeLine[] = []
    for (const index of this.#indexes) this.#remember(index, past)
    this.changes.push(...past.sort((a, b) => a.day - b.day || a.index - b.index))
  }

  get head(): number {
    return this.base + this.#indexes.length
  }

  /** Line number `seq`, from `base` + 1 to `head`. */
  line(seq: number): RegistrationLine {
    const at = seq - this.base - 1
    const index = this.#indexes[at]
    if (index === undefined) throw new RangeError(`the log has no line ${seq}`)
    return { index, day: this.#days[at - this.#firstLines] ?? this.#firstDay }
  }

  /** Enterprises that are in the register today, each once. */
  *all(): Generator<number> {
    yield* this.#existing()
  }

  /** Enterprises that were written down on an advanced day. */
  on(day: Day): readonly number[] {
    return this.#linesOfDay.get(day) ?? []
  }

  party(index: number): Party {
    return index >= untaxedFrom ? untaxedParty(this.#world.seed, index - untaxedFrom) : this.#world.parties.at(index)
  }

  life(party: Party): Life {
    return lifeOf(this.#world.seed, party, this.#world.begins, this.#world.registeredLater(party))
  }

  /** How often the item had changed by the end of `day`. */
  times(party: Party, life: Life, item: LifeEvent['item'], day: Day): number {
    const happened = (events: readonly LifeEvent[]): number =>
      events.filter((event) => event.item === item && event.day <= day).length
    return happened(life.events) + happened(this.#extra.get(party.index) ?? [])
  }

  /** Writes down what happened until the world's present day. */
  catchUp(): this {
    while (this.#clock < this.#world.clock) this.#nextDay(this.#clock + 1)
    return this
  }

  *#existing(): Generator<number> {
    const { parties } = this.#world
    for (let i = 0; i < parties.taxpayers; i++) if (parties.local(i).kind !== 'person') yield localsFrom + i
    for (let i = 2; i < parties.taxpayers; i += closedEvery)
      if (parties.local(i).kind !== 'person') yield closedFrom + localsFrom + i
    for (let i = 0; i < untaxedCount(parties.taxpayers); i++) yield untaxedFrom + i
    for (let day = this.#world.begins + 1; day <= this.#clock; day++) yield* this.#newOn(day)
  }

  *#newOn(day: Day): Generator<number> {
    for (const party of this.#world.taxpayers(day))
      if (party.kind !== 'person' && this.#world.registeredLater(party) === day) yield party.index
  }

  /** Sorts the changes of an enterprise into those of the past and those to come. */
  #remember(index: number, past: ChangeLine[]): void {
    const { begins } = this.#world
    const party = this.party(index)
    const life = this.life(party)
    for (const event of life.events) {
      if (event.day <= begins) past.push({ index, item: event.item, day: event.day, branch: null })
      else this.#future.set(event.day, [...(this.#future.get(event.day) ?? []), { index, event }])
    }
    // A registration given up shares its names with the one that followed it.
    for (const { until } of party.closed ? [] : party.formerNames)
      if (until < begins) past.push({ index, item: 'name', day: until + 1, branch: null })
    if (party.branchOf !== null && life.established <= begins)
      past.push({ index: party.branchOf, item: 'branch', day: life.established, branch: party.name })
  }

  #nextDay(day: Day): void {
    this.#clock = day
    const lines: ChangeLine[] = []
    const news = [...this.#newOn(day)]
    for (const index of news) this.#remember(index, [])
    for (const { index, event } of this.#future.get(day) ?? [])
      lines.push({ index, item: event.item, day, branch: null })
    this.#future.delete(day)
    for (const party of this.#world.taxpayers(day))
      if (party.formerNames.some(({ until }) => until === day - 1))
        lines.push({ index: party.index, item: 'name', day, branch: null })
    lines.push(...this.#unforeseen(day))
    this.changes.push(...lines)
    const touched = [...new Set([...news, ...lines.map(({ index }) => index)])]
    this.#linesOfDay.set(day, touched)
    this.#indexes.push(...touched)
    this.#days.push(...touched.map(() => day))
    if ((day - this.#world.begins) % compactedEvery === 0) this.#compact(day)
  }

  /** A share of all enterprises changes each day, one at least. */
  *#unforeseen(day: Day): Generator<ChangeLine> {
    const { parties, seed } = this.#world
    const random = new Random(seed, 'commerce-day', day)
    for (let left = Math.max(1, Math.round(parties.taxpayers * dailyChanges)); left > 0; left--) {
      const party = parties.local(random.int(0, parties.taxpayers - 1))
      const item = random.pick(['address', 'scope', 'capital', 'representative'] as const)
      const end = this.life(party).end
      if (party.kind === 'person' || (end !== null && end.day <= day)) {
        left++
        continue
      }
      this.#extra.set(party.index, [...(this.#extra.get(party.index) ?? []), { day, item }])
      yield { index: party.index, item, day, branch: null }
    }
  }

  #compact(day: Day): void {
    this.base = this.head
    this.#indexes = [...this.#existing()]
    this.#firstLines = this.#indexes.length
    this.#firstDay = day
    this.#days = []
  }
}

const logs = new WeakMap<World, EnterpriseLog>()

/** The register's log on the world's present day. Made when it is first asked for: a city's takes some seconds. */
export const enterpriseLog = (world: World): EnterpriseLog => {
  let log = logs.get(world)
  if (!log) logs.set(world, (log = new EnterpriseLog(world)))
  return log.catchUp()
}
