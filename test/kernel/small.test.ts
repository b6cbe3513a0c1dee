import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HubError, isHubError } from '../../src/kernel/errors.ts'
import { isId, newId, newSecret } from '../../src/kernel/ids.ts'
import { editDistance, nearest } from '../../src/kernel/nearest.ts'
import { startProgress } from '../../src/kernel/progress.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

test('ids do not repeat and are recognised by their prefix alone', () => {
  const ids = new Set(Array.from({ length: 10_000 }, () => newId('run')))
  expect(ids.size).toBe(10_000)
  for (const id of ids) expect(isId('run', id)).toBe(true)
  expect(isId('job', newId('run'))).toBe(false)
  expect(isId('run', 'run_short')).toBe(false)
  expect(newSecret('jw')).toMatch(/^jw_[0-9a-z]{32}$/)
})

test(`the distance of words is a metric (seed ${seed})`, () => {
  const word = fc.string({ maxLength: 8 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
    }),
    { seed },
  )
})

test('the nearest word is found, and none where nothing is near', () => {
  expect(nearest('shcedules', ['sources', 'schedules', 'policies'])).toBe('schedules')
  expect(nearest('zzzzzz', ['sources', 'schedules'])).toBeNull()
})

test('an error of the hub is known by its code and carries two messages', () => {
  const error = new HubError({ code: 'a.b', publicMessage: { zh: '甲', en: 'A' } })
  expect(isHubError(error)).toBe(true)
  expect(isHubError(error, 'a.b')).toBe(true)
  expect(isHubError(error, 'a.c')).toBe(false)
  expect(isHubError(new Error('x'))).toBe(false)
  expect(error.message).toBe('A')
})

test('progress is shown on a terminal and nowhere else', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) =>
    ({ isTTY, write: (text: string) => written.push(text) }) as unknown as NodeJS.WriteStream
  startProgress('import', 10, stream(false)).update(5)
  expect(written).toEqual([])
  const progress = startProgress('import', 10, stream(true))
  progress.update(5)
  progress.end()
  expect(written.join('')).toContain('50 %')
})
