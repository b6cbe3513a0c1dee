/** What a feed's declaration says about its fields. */
import { z } from 'zod'
import type { AnyFeed } from './feed.ts'

interface FeedShape {
  readonly fields: ReadonlyMap<string, string>
  readonly keys: readonly string[]
}

const shapes = new WeakMap<object, FeedShape>()

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
  const shape = { fields, keys: fieldsRead(feed.key) }
  shapes.set(feed, shape)
  return shape
}

/** Fields of the feed's record → their Chinese names, in the order of the schema. */
export const fieldsOf = (feed: AnyFeed): ReadonlyMap<string, string> => shapeOf(feed).fields

/** Source fields the record key is made of. */
export const keyFields = (feed: AnyFeed): readonly string[] => shapeOf(feed).keys
