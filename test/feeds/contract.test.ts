/** What every feed has to hold: each source field is accounted for, and fixtures map to the golden records beside them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Canonical } from '#schemas/canonical/index.ts'
import { departments, feeds } from '../../connectors/index.ts'
import { mapRecord } from '../../src/connect/collect.ts'
import { openFile } from '../../src/connect/decode/open.ts'
import type { AnyFeed, RawRow } from '../../src/connect/feed.ts'
import { fieldsOf, keyFields } from '../../src/connect/feed-shape.ts'
import { parseJsonRecord } from '../../src/kernel/parse-json.ts'
import { accessTo, fakeHttp, pagesOf, requestOf, rowsOf } from '../connect/support.ts'

/** Fields that the source sends and the feed does not know. */
const unknownFields = (feed: AnyFeed, record: object): string[] =>
  Object.keys(record).filter((name) => !fieldsOf(feed).has(name))

const folderOf = (feed: AnyFeed): string => {
  const [department = '', name = ''] = feed.id.split('.')
  return join(import.meta.dirname, '../../connectors', department, 'fixtures', name)
}

/** Rows of a fixture by the way they come in life: a page through the feed's pager, a file through the decoders. */
const fixtureRows = async (feed: AnyFeed, file: string): Promise<readonly RawRow[]> => {
  const path = join(folderOf(feed), file)
  if (!/\.(json|xml|ndjson)$/.test(file) || feed.pages === null) return rowsOf(openFile(path, { feed }))
  const http = fakeHttp(() => ({ body: readFileSync(path) }))
  return (await pagesOf(feed.pages, accessTo(http), requestOf({ rowsPerPage: 500 }))).flatMap((page) => page.rows)
}

const recordsOf = async (feed: AnyFeed): Promise<Record<string, unknown>[]> => {
  const files = readdirSync(folderOf(feed))
    .filter((file) => file !== 'expected.json')
    .sort()
  const rows = (await Promise.all(files.map((file) => fixtureRows(feed, file)))).flat()
  return rows.map((row) => {
    expect(row.undecodable).toBeUndefined()
    return feed.record.parse(parseJsonRecord(row.text)) as Record<string, unknown>
  })
}

/** Runs `read` on the record and gives the names of the fields it took. */
const fieldsTaken = (record: Record<string, unknown>, read: (record: never) => unknown): string[] => {
  const taken: string[] = []
  const watched = new Proxy(record, {
    get: (target, name) => {
      if (typeof name === 'string') taken.push(name)
      return Reflect.get(target, name)
    },
  })
  read(watched as never)
  return taken
}

const json = (value: unknown): string =>
  `${JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v), 1)}\n`

describe.each(feeds.map((feed) => [feed.id, feed] as const))('%s', (_, feed) => {
  it('is declared whole', () => {
    expect(departments.map((department) => department.id)).toContain(feed.department)
    expect(feed.title).toMatch(/\p{Script=Han}/u)
    for (const [field, title] of fieldsOf(feed)) expect(title, field).toMatch(/\p{Script=Han}/u)
    const known = [...fieldsOf(feed).keys()]
    const named = [
      ...feed.ignore,
      ...feed.volatile,
      ...feed.sensitive,
      ...Object.values(feed.headers ?? {}),
      ...keyFields(feed),
    ]
    for (const field of named) expect(known).toContain(field)
    expect(new Set(fieldsOf(feed).values()).size).toBe(known.length)
  })

  it('accounts for every field of the source: read, ignored, volatile or sensitive', async () => {
    const records = await recordsOf(feed)
    const seen = new Set<string>([...feed.ignore, ...feed.volatile, ...feed.sensitive])
    const mapped = new Set<string>()
    for (const record of records) {
      for (const field of fieldsTaken(record, feed.map)) mapped.add(field)
      for (const read of [feed.key, feed.sourceOrder, feed.isWithdrawn]) {
        if (read) for (const field of fieldsTaken(record, read)) seen.add(field)
      }
    }
    for (const field of mapped) seen.add(field)
    expect([...fieldsOf(feed).keys()].filter((field) => !seen.has(field))).toEqual([])
    expect(feed.ignore.filter((field) => mapped.has(field))).toEqual([])
  })

  it('gives canonical records with keys that are never blank', async () => {
    for (const record of await recordsOf(feed)) {
      expect(() => Canonical.parse(mapRecord(feed, record).value)).not.toThrow()
      expect(feed.key(record as never).every((part) => typeof part === 'string' && part.trim() !== '')).toBe(true)
    }
  })

  it('maps its fixtures to the golden records', async () => {
    const records = await recordsOf(feed)
    const found = records.map((record) => {
      const { value, issues } = mapRecord(feed, record)
      return {
        key: feed.key(record as never),
        sourceOrder: feed.sourceOrder?.(record as never) ?? null,
        unknown: unknownFields(feed, record),
        sealed: [...(feed.sealAlso?.(record as never) ?? []), ...feed.sensitive],
        value,
        issues: issues.map(({ field, code, raw, expected }) => ({ field, code, raw, expected })),
      }
    })
    const golden = join(folderOf(feed), 'expected.json')
    if (process.env.GOLDEN === 'write') writeFileSync(golden, json(found))
    expect(existsSync(golden)).toBe(true)
    expect(json(found)).toBe(readFileSync(golden, 'utf8'))
  })

  it('goes on when the source adds fields or leaves some empty', async () => {
    for (const record of await recordsOf(feed)) {
      const keys = new Set(keyFields(feed))
      const bare = Object.fromEntries(
        Object.entries(record).map(([name, value]) => [name, keys.has(name) ? value : null]),
      )
      const parsed = feed.record.safeParse({ ...bare, brandNew: { nested: 1 } })
      expect(parsed.error && z.prettifyError(parsed.error)).toBeUndefined()
      expect(() => Canonical.parse(mapRecord(feed, parsed.data as object).value)).not.toThrow()
      expect(unknownFields(feed, parsed.data as object)).toContain('brandNew')
    }
  })
})
