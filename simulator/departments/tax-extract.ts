/** What the core's further extracts share: rows that are told from a day on and change on given days, written as a table a day. */
import { forFiles } from '../fault-kinds.ts'
import type { SaidRecord, StreamedSource } from '../source.ts'
import type { Day } from '../world/calendar.ts'
import { isoDay } from '../world/calendar.ts'
import type { DatasetId } from '../world/entries.ts'
import type { Project } from '../world/projects.ts'
import type { World } from '../world/world.ts'
import type { Mention } from './wording.ts'

export interface ToldRow {
  readonly key: string
  readonly project?: Project | null
  readonly mentions?: readonly Mention[]
  /** The first day on which the core's extract holds it, and those on which it has changed. */
  readonly told: Day
  readonly changes?: readonly (Day | null)[]
  /** The row as it stands on the world's clock; made only for rows that are asked for. */
  readonly row: () => Record<string, string>
}

const isNews = ({ told, changes }: ToldRow, day: Day): boolean => told === day || (changes?.includes(day) ?? false)

/** @param all every row that will ever be told, or at least those told by the world's clock */
export const taxExtract = (options: {
  readonly feed: DatasetId
  readonly columns: string
  readonly sumColumn: string | null
  readonly drifted: string
  readonly gzip?: boolean
  readonly all: (world: World) => Iterable<ToldRow>
}): StreamedSource => {
  const name = options.feed.slice('tax.'.length)
  return {
    kind: 'streamed',
    feed: options.feed,
    drifted: options.drifted,
    faults: [...forFiles, 'totalTooLow', 'wrongEncoding', 'twoPayloads', 'futureDate'],
    updateTime: null,
    extract: {
      file: `${name}_{day}.csv${options.gzip ? '.gz' : ''}`,
      encoding: 'utf-8',
      columns: options.columns.split(' '),
      sumColumn: options.sumColumn,
    },
    *records(world: World, day: Day | null): Generator<SaidRecord> {
      for (const told of options.all(world)) {
        if (told.told > world.clock || (day !== null && !isNews(told, day))) continue
        yield { key: [told.key], project: told.project ?? null, row: told.row(), mentions: told.mentions ?? [] }
      }
    },
  }
}

/** Empty text for what is not known on the world's clock. */
export const dayText = (world: World, day: Day | null): string => (day === null || day > world.clock ? '' : isoDay(day))
