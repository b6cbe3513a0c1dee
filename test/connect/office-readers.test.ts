/** Readers of the columns that the register of commerce, the housing bureau and the land register have. */
import { describe, expect, it } from 'vitest'
import { collecting } from '../../src/connect/collect.ts'
import { licenceNumber, mu, permitNumber, platformProject } from '../../src/connect/readers.ts'

/** What a reader makes of a cell, and the issues that it leaves. */
const reading = <T>(cell: string | number | null, read: (cell: string | number | null) => T) => {
  const { value, issues } = collecting({ cell }, (record) => read(record.cell))
  return [value, issues.map(({ code }) => code)] as const
}

describe('注册号', () => {
  it.each([
    ['110108000000016', '110108000000016', 'valid', []],
    ['企合豫郑总字第000123号', '企合豫郑总字第000123号', 'format_only', []],
    ['320483000067848', '320483000067848', 'bad_check', ['identifier.bad_check']],
  ])('%s is a licence number', (cell, normalised, status, issues) => {
    const [value, found] = reading(cell, licenceNumber)
    expect(value).toMatchObject({ scheme: 'businessLicence', normalised, status })
    expect(found).toEqual(issues)
  })

  it('is none where the cell is blank, sealed, or holds a citizen’s number', () => {
    for (const cell of ['', '/', null, '11010519491231002X', `sealed:${'0'.repeat(32)}:s:x`])
      expect(reading(cell, licenceNumber)).toEqual([null, []])
  })
})

describe('施工许可证编号', () => {
  it.each([
    ['330109202101210222', '330109202101210222', []],
    ['［2015］施建字0123号', '[2015]施建字0123号', []],
    ['410105202113010101', '410105202113010101', ['identifier.bad_check']],
    ['无', null, []],
  ])('%s reads as %s', (cell, value, issues) => {
    expect(reading(cell, permitNumber)).toEqual([value, issues])
  })
})

describe('四库一平台 项目编号', () => {
  it.each([
    ['4101051908150101', { scheme: 'housing', value: '4101051908150101' }],
    ['4101051908150101-SX-001', { scheme: 'housing', value: '4101051908150101' }],
    ['2019-410183-48-01-000456', null],
    ['4101051913150101', null],
    ['', null],
  ])('%s reads as %j', (cell, value) => {
    expect(reading(cell, (raw) => platformProject(raw, 'housing'))).toEqual([value, []])
  })
})

describe('亩', () => {
  it.each([
    ['1', 666.667, []],
    ['1.5', 1_000, []],
    ['1,200.30', 800_200, []],
    ['', null, []],
    ['约12亩', null, ['number.unreadable']],
  ])('%s is %s ㎡', (cell, value, issues) => {
    expect(reading(cell, mu)).toEqual([value, issues])
  })
})
