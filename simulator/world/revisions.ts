/** Corrections that offices make to records they have told before. */
import type { Day } from './calendar.ts'
import type { FeedId } from './entries.ts'

/** One correction: the `number`-th of its record. What it corrects follows from the record's own stream. */
export interface Revision {
  readonly day: Day
  readonly number: number
}

export class Revisions {
  readonly #byFeed = new Map<FeedId, Map<string, readonly Revision[]>>()
  readonly #byDay = new Map<string, string[]>()

  add(feed: FeedId, key: string, day: Day): void {
    let byKey = this.#byFeed.get(feed)
    if (!byKey) this.#byFeed.set(feed, (byKey = new Map()))
    const list = byKey.get(key) ?? []
    byKey.set(key, [...list, { day, number: list.length + 1 }])
    const keys = this.#byDay.get(`${feed}|${day}`)
    if (keys) keys.push(key)
    else this.#byDay.set(`${feed}|${day}`, [key])
  }

  of(feed: FeedId, key: string): readonly Revision[] {
    return this.#byFeed.get(feed)?.get(key) ?? []
  }

  /** Keys that were corrected on that day. */
  on(feed: FeedId, day: Day): readonly string[] {
    return this.#byDay.get(`${feed}|${day}`) ?? []
  }
}
