/** What the core's further extracts share: records that are told when they arise and told again on the days on which they change, as a table a day. */
import { forFiles } from '../fault-kinds.ts'
import type { SaidRecord, StreamedSource } from '../source.ts'
import { type Day, isoDay } from '../world/calendar.ts'
import type { DatasetId } from '../world/entries.ts'
import type { County } from '../world/places.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import type { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import type { Mention } from './wording.ts'

export interface ToldRow {
  readonly key: string
  readonly project?: Project | null
  /** Days on which the record is new or changed, in any order; it exists from the first of them on. */
  readonly days: readonly Day[]
  /** The record as it stands on the world's clock; made only for what is asked for. */
  readonly say: () => { readonly row: Record<string, string>; readonly mentions?: readonly Mention[] }
}

const isDue = (world: World, { days }: ToldRow, day: Day | null): boolean =>
  day === null ? days.some((one) => one <= world.clock) : days.includes(day)

/** Whose rows are digits and letters alone: they read the same in both encodings. */
const plainFeeds: ReadonlySet<string> = new Set(['tax.returns', 'tax.invoice-supplies', 'tax.invoice-quotas'])

/** @param all gives every record told by the world's clock (`day` null), or at least those with news on that day */
export const taxExtract = (options: {
  readonly feed: DatasetId
  readonly columns: string
  readonly sumColumn: string | null
  readonly drifted: string
  readonly gzip?: boolean
  readonly all: (world: World, day: Day | null) => Iterable<ToldRow>
}): StreamedSource => ({
  kind: 'streamed',
  feed: options.feed,
  drifted: options.drifted,
  faults: [
    ...forFiles,
    'totalTooLow',
    ...(plainFeeds.has(options.feed) ? [] : (['wrongEncoding'] as const)),
    'twoPayloads',
    'futureDate',
  ],
  updateTime: null,
  extract: {
    file: `${options.feed.slice('tax.'.length)}_{day}.csv${options.gzip ? '.gz' : ''}`,
    encoding: 'utf-8',
    columns: options.columns.split(' '),
    sumColumn: options.sumColumn,
  },
  *records(world: World, day: Day | null): Generator<SaidRecord> {
    for (const told of options.all(world, day)) {
      if (!isDue(world, told, day)) continue
      const { row, mentions = [] } = told.say()
      yield { key: [told.key], project: told.project ?? null, row, mentions }
    }
  },
})

/** Empty text for what is not known on the world's clock. */
export const dayText = (world: World, day: Day | null): string => (day === null || day > world.clock ? '' : isoDay(day))

/** 数据归属地区: the county's office in the core's own eleven digits. */
export const belongsTo = (county: County): string => `1${county.code}0000`

export const treasuryOf = (county: County): string => `国家金库郑州市${county.name}支库`

/** A project's name as it is typed into a form of the core. */
export const typedName = (project: Project, random: Random): string =>
  random.chance(0.5)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, random)
