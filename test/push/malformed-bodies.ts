/** Bodies that no contract foresaw: records damaged, cut, nested, of other types and codings, under odd headers. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { section } from '../support/hand-fed.ts'

export interface OddBody {
  readonly bytes: Buffer
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
}

const fields = Object.keys(section())
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\u0000', '\ud800', '\\u0000', '"', '\n'),
)

/** A record with some fields replaced, removed or added. */
const damagedRow = fc
  .record({
    over: fc.dictionary(
      fc.oneof(fc.constantFrom(...fields), anyText),
      fc.oneof(anyText, fc.jsonValue({ maxDepth: 3 })),
      {
        maxKeys: 5,
      },
    ),
    without: fc.subarray(fields, { maxLength: 3 }),
  })
  .map(({ over, without }) => {
    const row: Record<string, unknown> = { ...section(), ...over }
    for (const field of without) delete row[field]
    return JSON.stringify(row)
  })

const nested = fc.integer({ min: 1, max: 200_000 }).map((n) => `${'['.repeat(n)}${']'.repeat(n)}`)
const oddRow = fc.oneof(
  { weight: 6, arbitrary: damagedRow },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: nested.map((value) => JSON.stringify(section()).replace('{', `{"x":${value},`)) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 30_000 }).map((n) => `{"${'名'.repeat(n)}":1,"xmbh":"J","htdbh":"T"}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'null', '1e999', '{"xmbh":"a","xmbh":"b"}', '{"__proto__":{"xmbh":1}}', '{,}'),
  },
)

interface Cut {
  readonly at: number
  readonly byte: number
}
/** The text as bytes: whole, cut, or with one byte changed. */
const spoilt = (text: string, cut: Cut | null): Buffer => {
  const bytes = Buffer.from(text)
  if (cut === null || bytes.length === 0) return bytes
  const at = Math.floor(cut.at * bytes.length)
  if (cut.byte < 0) return bytes.subarray(0, at)
  bytes[at] = cut.byte
  return bytes
}

export const oddBody: fc.Arbitrary<OddBody> = fc
  .record({
    rows: fc.array(oddRow, { maxLength: 6 }),
    asArray: fc.boolean(),
    type: fc.constantFrom(
      'application/json',
      'application/x-ndjson',
      'application/x-ndjson; charset=gb18030',
      'text/csv',
      'x',
      '',
    ),
    coding: fc.constantFrom(null, null, null, 'gzip', 'br'),
    zipped: fc.boolean(),
    cut: fc.option(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        byte: fc.integer({ min: -40, max: 255 }),
      }),
    ),
    query: fc.constantFrom('', '', '?mode=atomic', '?mode=x', '?mode=partial&mode=atomic'),
    key: fc.option(fc.constantFrom('a', 'b', 'a b', 'x'.repeat(300))),
  })
  .map(({ rows, asArray, type, coding, zipped, cut, query, key }) => {
    const bytes = spoilt(asArray ? `[${rows.join(',')}]` : rows.join('\n'), cut)
    return {
      bytes: zipped && coding === 'gzip' ? gzipSync(bytes) : bytes,
      query,
      headers: {
        'content-type': type,
        ...(coding === null ? {} : { 'content-encoding': coding }),
        ...(key === null ? {} : { 'idempotency-key': key }),
      },
    }
  })
