/**
 * What reading a batch tells of its quality, counted while each version is read and stored with it: how much was sound, which field was wrong with
 * which code, how long after the day it speaks of a record came.
 */
import type { VersionReading } from './read-version.ts'

export interface IssueCount {
  readonly pointer: string
  readonly code: string
  rows: number
}

/** What reading one batch came to; `late` counts the versions that tell how timely it is. */
export interface BatchReading {
  readonly read: number
  readonly sound: number
  readonly late: Readonly<Record<'dated' | 'days' | 'week' | 'month' | 'quarter' | 'later' | 'ahead', number>>
  readonly issues: readonly IssueCount[]
}

export interface ReadingCounts {
  /** @param eventOn the day it speaks of, where it tells how timely the delivery is: a correction of an old record is not late, nor is history */
  see(reading: VersionReading, eventOn: string | null): void
  /** What was counted so far. */
  counts(): BatchReading
}

const dayMs = 86_400_000
const dayNumber = (day: string): number => Math.floor(Date.parse(day) / dayMs)

/** Days within which a record still counts as of a week, a month, a quarter. */
const bounds = { week: 7, month: 31, quarter: 92 } as const

/** @param receivedOn the day on which the delivery was opened, `YYYY-MM-DD` in Asia/Shanghai */
export const readingCounts = (receivedOn: string): ReadingCounts => {
  const received = dayNumber(receivedOn)
  const issues = new Map<string, IssueCount>()
  const late = { dated: 0, days: 0, week: 0, month: 0, quarter: 0, later: 0, ahead: 0 }
  let read = 0
  let sound = 0

  const note = (pointer: string, code: string): void => {
    const id = `${pointer} ${code}`
    const known = issues.get(id)
    if (known) known.rows++
    else issues.set(id, { pointer, code, rows: 1 })
  }

  const date = (eventOn: string): void => {
    const days = received - dayNumber(eventOn)
    late.dated++
    late.days += days
    if (days < 0) late.ahead++
    else if (days <= bounds.week) late.week++
    else if (days <= bounds.month) late.month++
    else if (days <= bounds.quarter) late.quarter++
    else late.later++
  }

  return {
    see: (reading, eventOn) => {
      read++
      if (reading.issues.length === 0) sound++
      else if (reading.issues.length === 1) note(reading.issues[0]!.pointer, reading.issues[0]!.code)
      // A field that is read twice by one map is wrong once.
      else for (const id of new Set(reading.issues.map((i) => `${i.pointer}\u0000${i.code}`))) note(...pair(id))
      if (eventOn !== null) date(eventOn)
    },
    counts: () => ({ read, sound, late, issues: [...issues.values()] }),
  }
}

const pair = (id: string): [string, string] => {
  const [pointer = '', code = ''] = id.split('\u0000')
  return [pointer, code]
}
