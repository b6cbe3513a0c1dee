import { expect, test } from 'vitest'
import { sleep } from '../../src/kernel/clock.ts'
import { paced } from '../../src/push/paced.ts'

test('work asked for without end has at most a fifth of the time, and never runs twice at once', async () => {
  let runs = 0
  let atOnce = 0
  const work = paced(async () => {
    runs++
    expect(++atOnce).toBe(1)
    await sleep(40)
    atOnce--
  }, 5)
  for (const until = performance.now() + 1_000; performance.now() < until; await sleep(60)) work.ask()
  expect(runs).toBeGreaterThanOrEqual(2)
  expect(runs).toBeLessThanOrEqual(6)
  const before = runs
  await work.finish()
  expect(runs - before).toBeLessThanOrEqual(2)
})

test('asked for all the time it waits for a pause, but not for ever', async () => {
  let runs = 0
  const work = paced(async () => void runs++, 5, 1_500)
  const askFor = async (ms: number): Promise<void> => {
    for (const until = performance.now() + ms; performance.now() < until; await sleep(5)) work.ask()
  }
  for (let i = 0; i < 25; i++) work.ask()
  await askFor(800)
  expect(runs).toBe(0)
  await askFor(1_400)
  expect(runs).toBeGreaterThan(0)
  await work.finish()
})

test('asked for while it runs it runs again, and finish waits for that', async () => {
  let runs = 0
  const work = paced(async () => {
    if (++runs === 1) work.ask()
    await sleep(5)
  }, 1)
  work.ask()
  await work.finish()
  expect(runs).toBe(2)
})

test('a failure does not end it', async () => {
  let runs = 0
  const work = paced(() => {
    runs++
    return Promise.reject(new Error('once'))
  }, 1)
  work.ask()
  await work.finish()
  work.ask()
  await work.finish()
  expect(runs).toBe(2)
})
