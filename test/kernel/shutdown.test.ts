import { expect, test } from 'vitest'
import { createShutdown } from '../../src/kernel/shutdown.ts'

test('what was started last is stopped first, and a second call waits for the same end', async () => {
  const order: string[] = []
  const shutdown = createShutdown()
  for (const name of ['database', 'queue', 'server']) shutdown.onStop(name, () => void order.push(name))
  const [first, second] = await Promise.all([shutdown.stop('SIGTERM'), shutdown.stop('SIGINT')])
  expect(order).toEqual(['server', 'queue', 'database'])
  expect(first).toEqual({ reason: 'SIGTERM', unfinished: [] })
  expect(second).toBe(first)
  expect(shutdown.signal.aborted).toBe(true)
})

test('a part that hangs or fails is named, and the ones behind it are still stopped', async () => {
  const stopped: string[] = []
  const shutdown = createShutdown(60, 20)
  shutdown.onStop('database', () => void stopped.push('database'))
  shutdown.onStop('queue', () => Promise.reject(new Error('broken')))
  shutdown.onStop('server', () => new Promise(() => undefined))
  const report = await shutdown.stop('test')
  expect(report.unfinished).toEqual(['server', 'queue'])
  expect(stopped).toEqual(['database'])
})
