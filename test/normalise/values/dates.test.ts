import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDate } from '../../../src/normalise/values/index.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

const dates: readonly [unknown, string, 'day' | 'month' | 'year'][] = [
  ['2019-08-15', '2019-08-15', 'day'],
  ['2019/8/15', '2019-08-15', 'day'],
  ['2019.8.15', '2019-08-15', 'day'],
  ['20190815', '2019-08-15', 'day'],
  [20_190_815, '2019-08-15', 'day'],
  ['20190815123000', '2019-08-15', 'day'],
  ['2019年8月15日', '2019-08-15', 'day'],
  ['2019 年 8 月 15 日', '2019-08-15', 'day'],
  ['２０１９－０８－１５', '2019-08-15', 'day'],
  ['2019-08-15 00:00:00.0', '2019-08-15', 'day'],
  ['2019-08-15 23:59:59', '2019-08-15', 'day'],
  ['2019-08-15T10:00:00', '2019-08-15', 'day'],
  ['2019/8/15 10:22', '2019-08-15', 'day'],
  ['二〇一九年八月十五日', '2019-08-15', 'day'],
  ['二零一九年八月十五日', '2019-08-15', 'day'],
  ['2019年十二月廿三日', '2019-12-23', 'day'],
  [1_565_798_400_000, '2019-08-15', 'day'],
  ['1565798400000', '2019-08-15', 'day'],
  ['/Date(1565798400000)/', '2019-08-15', 'day'],
  [43_692, '2019-08-15', 'day'],
  ['43692', '2019-08-15', 'day'],
  [43_692.75, '2019-08-15', 'day'],
  ['2019-08-14T16:00:00Z', '2019-08-15', 'day'],
  ['2019-08-15T00:00:00+08:00', '2019-08-15', 'day'],
  [new Date('2019-08-14T16:00:00Z'), '2019-08-15', 'day'],
  ['Thu Aug 15 00:00:00 CST 2019', '2019-08-15', 'day'],
  ['2019年8月15日前', '2019-08-15', 'day'],
  ['2020-2-29', '2020-02-29', 'day'],
  ['2019年8月', '2019-08', 'month'],
  ['201908', '2019-08', 'month'],
  ['2019-08', '2019-08', 'month'],
  ['2019.08', '2019-08', 'month'],
  ['2019-08-00', '2019-08', 'month'],
  ['计划2019年8月', '2019-08', 'month'],
  ['2019年8月底', '2019-08', 'month'],
  ['二O一九年十二月', '2019-12', 'month'],
  ['2019', '2019', 'year'],
  [2019, '2019', 'year'],
  ['2021年', '2021', 'year'],
  ['2019年度', '2019', 'year'],
  ['2019年第三季度', '2019', 'year'],
  ['2019年底', '2019', 'year'],
]

const faults: readonly [unknown, string][] = [
  ['2021.02.30', 'date.impossible'],
  ['20211301', 'date.impossible'],
  ['2019-2-29', 'date.impossible'],
  ['2019-13', 'date.impossible'],
  ['201913', 'date.impossible'],
  ['2019年6月31日', 'date.impossible'],
  ['19-08-15', 'date.ambiguous'],
  ['15/08/2019', 'date.ambiguous'],
  ['19年8月', 'date.ambiguous'],
  ['1234-01-02', 'date.out_of_range'],
  ['2500年', 'date.out_of_range'],
  ['2019-01-01至2020-02-03', 'date.range'],
  ['2019年8月至2020年9月', 'date.range'],
  ['五月', 'date.unreadable'],
  ['abc', 'date.unreadable'],
  [-5, 'date.unreadable'],
  [{}, 'date.unreadable'],
]

describe('dates', () => {
  test.each(dates)('%s is %s to the %s', (raw, value, precision) => {
    expect(readDate(raw).date).toEqual({ value, precision })
    expect(readDate(raw).issue).toBeUndefined()
  })
  test.each(faults)('%s is %s', (raw, code) => {
    expect(readDate(raw).date).toBeNull()
    expect(readDate(raw).issue?.code).toBe(code)
  })
  test.each([
    ['长期', 'open'],
    ['至今', 'open'],
    ['1900-01-01', 'sentinel'],
    ['9999-12-31', 'sentinel'],
    ['1900-01-01 00:00:00', 'sentinel'],
    ['0000-00-00', 'sentinel'],
    ['99991231', 'sentinel'],
    [0, 'empty'],
    ['', 'empty'],
    ['无', 'empty'],
    ['待定', 'empty'],
    [null, 'empty'],
  ])('%s is no date and no fault: %s', (raw, rule) => expect(readDate(raw)).toEqual({ date: null, rule }))

  test('a coarser date than the field allows is kept with an issue', () => {
    expect(readDate('2019', { allow: 'month' })).toMatchObject({
      date: { value: '2019' },
      issue: { code: 'date.precision' },
    })
    expect(readDate('2019-08', { allow: 'day' }).issue?.code).toBe('date.precision')
    expect(readDate('2019-08', { allow: 'month' }).issue).toBeUndefined()
    expect(readDate('2019-08-15', { allow: 'day' }).issue).toBeUndefined()
  })

  test('an instant in the summer time of 1986–1991 keeps its day', () => {
    expect(readDate(Date.UTC(1988, 6, 1, 15, 30)).date?.value).toBe('1988-07-02')
  })

  test('every day reads the same in every form', () => {
    const day = fc.date({ min: new Date('1980-01-02'), max: new Date('2099-12-30'), noInvalidDate: true })
    fc.assert(
      fc.property(day, (date) => {
        const iso = date.toISOString().slice(0, 10)
        const [y = '', m = '', d = ''] = iso.split('-')
        const serial = Math.round(Date.parse(iso) / 86_400_000) + 25_569
        const forms = [
          iso,
          `${y}/${Number(m)}/${Number(d)}`,
          y + m + d,
          `${y}年${Number(m)}月${Number(d)}日`,
          `${iso} 12:30:00.0`,
          serial,
          String(serial),
        ]
        for (const form of forms) expect(readDate(form).date?.value).toBe(iso)
        expect(readDate(`${iso}T23:00:00+08:00`).date?.value).toBe(iso)
      }),
      { seed, numRuns: 300, verbose: 1 },
    )
  })

  test('no text makes it throw, and what it gives is a day of the calendar', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^\d{1,15}$/),
      fc.stringMatching(/^[\d年月日一二十〇\-/. :T]{0,18}$/),
    )
    fc.assert(
      fc.property(text, (raw) => {
        const { date, rule, issue } = readDate(raw)
        if (date?.precision === 'day')
          expect(new Date(`${date.value}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date.value)
        if (date === null) expect(['empty', 'open', 'sentinel'].includes(rule) || issue !== undefined).toBe(true)
      }),
      { seed, numRuns: 3000, verbose: 1 },
    )
  })
})
