/** What a feed's declaration says about its fields, and where a delivered row differs from it. */
import { z } from 'zod'
import type { AnyFeed } from './feed.ts'

interface FeedShape {
  readonly fields: ReadonlyMap<string, string>
  readonly keys: readonly string[]
  /** Drift by the key set of a row: rows of one source have few different shapes. */
  readonly drifts: Map<string, Drift>
}

export interface Drift {
  /** Fields the source sends and the feed does not know. */
  readonly unknown: readonly string[]
  /** Fields the feed knows and the row does not have. */
  readonly missing: readonly string[]
}

const shapes = new WeakMap<object, FeedShape>()
const driftShapesMax = 1_000

/** Notes which fields `read` takes from a record; every field reads as an empty text. */
const fieldsRead = (read: (record: never) => unknown): string[] => {
  const fields: string[] = []
  const record = new Proxy(
    {},
    {
      get: (_target, name) => {
        if (typeof name === 'string') fields.push(name)
        return ''
      },
    },
  )
  read(record as never)
  return [...new Set(fields)]
}

const shapeOf = (feed: AnyFeed): FeedShape => {
  const known = shapes.get(feed)
  if (known !== undefined) return known
  const { record } = feed
  const members = record instanceof z.ZodObject ? Object.entries(record.shape as Record<string, z.ZodType>) : []
  const fields = new Map(members.map(([name, schema]) => [name, schema.description ?? '']))
  const shape = { fields, keys: fieldsRead(feed.key), drifts: new Map() }
  shapes.set(feed, shape)
  return shape
}

/** Fields of the feed's record → their Chinese names, in the order of the schema. */
export const fieldsOf = (feed: AnyFeed): ReadonlyMap<string, string> => shapeOf(feed).fields

/** Source fields the record key is made of. */
export const keyFields = (feed: AnyFeed): readonly string[] => shapeOf(feed).keys

const noDrift: Drift = { unknown: [], missing: [] }

/** How the fields of a delivered row differ from the feed's record, by name. Cached by the row's set of fields. */
export const driftOf = (feed: AnyFeed, row: Readonly<Record<string, unknown>>): Drift => {
  const shape = shapeOf(feed)
  const names = Object.keys(row)
  const cacheKey = names.join('\u0000')
  const known = shape.drifts.get(cacheKey)
  if (known !== undefined) return known
  const present = new Set(names)
  const unknown = names.filter((name) => !shape.fields.has(name))
  const missing = [...shape.fields.keys()].filter((name) => !present.has(name))
  const drift = unknown.length === 0 && missing.length === 0 ? noDrift : { unknown, missing }
  // A source that makes up names for every row must not fill the memory.
  if (shape.drifts.size < driftShapesMax) shape.drifts.set(cacheKey, drift)
  return drift
}
