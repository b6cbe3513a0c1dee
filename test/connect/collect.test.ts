import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { collecting, mapRecord } from '../../src/connect/collect.ts'
import { defineFeed } from '../../src/connect/feed.ts'
import { fieldsOf, keyFields } from '../../src/connect/feed-shape.ts'
import {
  code,
  date,
  identityFields,
  month,
  oneOf,
  parties,
  party,
  place,
  quantity,
  recordRef,
  text,
  yuan,
} from '../../src/connect/readers.ts'

/** A citizen's number with a right check digit (GB 11643) and a region that never was. */
const validCitizen = (): string => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const body = '41990119900101123'
  return body + '10X98765432'[[...body].reduce((sum, digit, i) => sum + Number(digit) * (weights[i] ?? 0), 0) % 11]
}

describe('what readers leave with the collector', () => {
  it('names the source field of an issue, its text and what was expected', () => {
    const record = { a: '12.50', htj: '详见附件', zt: '9' }
    const { value, issues } = collecting(record, (r) => ({
      a: yuan(r.a),
      htj: yuan(r.htj),
      zt: oneOf({ '1': 'x' })(r.zt),
    }))
    expect(value).toEqual({ a: 1_250n, htj: null, zt: null })
    expect(issues).toMatchObject([
      { field: '/htj', code: 'money.unreadable', raw: '详见附件' },
      { field: '/zt', code: 'code.unmapped', raw: '9', expected: '1' },
    ])
    expect(issues[0]?.message.zh).not.toBe('')
    expect(issues[0]?.message.en).not.toBe('')
  })

  it('tells fields with the same value apart', () => {
    const record = { first: 'bad', plain: 'bad', second: 'bad' }
    const { issues } = collecting(record, (r) => [date(r.first), r.plain, date(r.second)])
    expect(issues.map((issue) => issue.field)).toEqual(['/first', '/second'])
  })

  it('traces every field that was read, with its rule and value', () => {
    const record = { name: ' 甲公司 ', code: null, jlny: '202306', asIs: 'x', unread: 1 }
    const { trace, issues } = collecting(record, (r) => [parties(r.name, r.code, 'owner'), month(r.jlny), r.asIs], {
      trace: true,
    })
    expect(issues).toEqual([])
    expect(trace.map((entry) => [entry.field, entry.rule])).toEqual([
      ['/code', 'empty'],
      ['/name', 'empty'],
      ['/jlny', expect.any(String)],
      ['/asIs', 'asIs'],
    ])
    expect(trace[2]).toMatchObject({ raw: '202306', value: { value: '2023-06', precision: 'month' } })
  })

  it('gives the same value and issues bare and traced', () => {
    const record = { a: '详见附件', b: '2021.02.30' }
    const map = (r: typeof record) => [yuan(r.a), date(r.b)]
    const bare = collecting(record, map)
    const traced = collecting(record, map, { trace: true })
    expect(bare.value).toEqual(traced.value)
    expect(bare.issues).toEqual(traced.issues)
    expect(bare.trace).toEqual([])
  })

  it('keeps records apart when one is read inside another', () => {
    const outer = collecting({ a: '详见附件' }, (r) => {
      const inner = collecting({ b: '1' }, (s) => yuan(s.b))
      return [yuan(r.a), inner.issues.length]
    })
    expect(outer.value).toEqual([null, 0])
    expect(outer.issues).toMatchObject([{ field: '/a' }])
  })
})

describe('citizens', () => {
  it('never leave a reader with their number', () => {
    const number = validCitizen()
    expect(code(number)).toBeNull()
    expect(party('某人', number, 'buyer').code).toBeNull()
    expect(parties('某人', number, 'owner')[0]?.code).toBeNull()
    expect(code('sealed:abc:def:ghi')).toBeNull()
    expect(identityFields({ a: number, b: '91410100170001401J', c: 5 }, ['a', 'b', 'c'])).toEqual(['a'])
  })

  it('do not stand in issues or traces', () => {
    const feed = defineFeed({
      id: 'demo.people',
      title: '',
      cron: '',
      mode: 'increment',
      expect: { rejectedShareMax: 0 },
      pages: null,
      record: z.looseObject({ k: z.string(), since: z.string() }),
      key: (r) => [r.k],
      map: (r) => ({
        kind: 'award',
        name: '',
        lotNumber: null,
        projectCode: null,
        parties: [],
        place: place(null, null),
        awardFen: null,
        noticedOn: date(r.since),
        scope: null,
      }),
      ignore: [],
      mapping: 1,
      sensitive: ['since'],
    })
    const { issues, trace } = mapRecord(feed, { k: '1', since: 'secret words' }, { trace: true })
    expect(JSON.stringify([issues, trace])).not.toContain('secret')
    expect(issues).toMatchObject([{ field: '/since', raw: '***' }])
  })
})

describe('the shape of a feed', () => {
  const feed = defineFeed({
    id: 'demo.shape',
    title: '',
    cron: '',
    mode: 'increment',
    expect: { rejectedShareMax: 0 },
    pages: null,
    record: z.looseObject({ a: z.string().describe('甲'), b: z.string(), c: z.string() }),
    key: (r) => [r.a, r.b],
    map: () => {
      throw new Error('not mapped here')
    },
    ignore: [],
    mapping: 1,
  })

  it('names fields and key fields', () => {
    expect([...fieldsOf(feed)]).toEqual([
      ['a', '甲'],
      ['b', ''],
      ['c', ''],
    ])
    expect(keyFields(feed)).toEqual(['a', 'b'])
  })
})

describe('text', () => {
  it('is trimmed, and blank for what means nothing', () => {
    expect([text(' 甲 '), text('/'), text(''), text(null), text(5)]).toEqual(['甲', null, null, null, '5'])
  })
})

describe('quantities and references', () => {
  it.each([
    ['1,234.5', 1n, 1234.5],
    ['0.35', 10_000n, 3500],
    [-12.25, 1n, -12.25],
    ['0.1234567', 1n, 0.123],
    ['', 1n, null],
    ['/', 1n, null],
  ])('reads %s × %s as %s', (cell, factor, value) => {
    expect(collecting({ a: cell }, (r) => quantity(r.a, factor))).toMatchObject({ value, issues: [] })
  })

  it.each(['约300', '12,34', '3 吨', '1e5'])('finds no quantity in %s', (cell) => {
    const { value, issues } = collecting({ a: cell }, (r) => quantity(r.a))
    expect(value).toBeNull()
    expect(issues).toMatchObject([{ field: '/a', code: 'number.unreadable' }])
  })

  it('refers to a record by its raw key, and to none where a part of it is blank', () => {
    expect(recordRef('a.b', '007', 3)).toEqual({ feed: 'a.b', key: ['007', '3'] })
    expect(recordRef('a.b', '007', ' ')).toBeNull()
    expect(recordRef('a.b', null)).toBeNull()
  })
})
