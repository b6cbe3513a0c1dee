/** The truth port: answers for tests, the departments' clock, and faults on order. */
import { Hono } from 'hono'
import { type Faults, feeds, readFaultOrder } from './faults.ts'
import { trueParties, trueProjects, trueStats } from './truth.ts'
import { taxFaults } from './world/tax-faults.ts'
import type { World } from './world/world.ts'

export interface TruthOptions {
  readonly world: World
  readonly faults: Faults
  readonly advance: (days: number) => Promise<void>
}

export const truthRoutes = (options: TruthOptions): Hono => {
  const { world, faults } = options
  const app = new Hono()
  const streamed = (accept: string | undefined, format: string | undefined): boolean =>
    world.options.size === 'city' || format === 'ndjson' || (accept ?? '').includes('ndjson')

  app.get('/truth/projects', (c) =>
    answer(trueProjects(world), streamed(c.req.header('accept'), c.req.query('format'))),
  )
  app.get('/truth/parties', (c) => {
    const asked = c.req.query('feed')
    const feed = feeds.find((id) => id === asked) ?? null
    if (asked !== undefined && feed === null)
      return c.json(
        {
          code: 'truth.feed_unknown',
          message: `feed must be one of ${feeds.join(', ')}`,
          messageZh: '没有这个数据资源',
        },
        400,
      )
    return answer(trueParties(world, feed), streamed(c.req.header('accept'), c.req.query('format')))
  })
  app.get('/truth/tax-faults', (c) => answer(taxFaults(world), streamed(c.req.header('accept'), c.req.query('format'))))
  app.get('/truth/stats', (c) => c.json(trueStats(world)))

  app.post('/advance', async (c) => {
    const days = Number(c.req.query('days') ?? '1')
    if (!Number.isInteger(days) || days < 1 || days > 366)
      return c.json(
        {
          code: 'clock.days_invalid',
          message: 'days must be a whole number from 1 to 366',
          messageZh: '天数应为 1 至 366 的整数',
        },
        400,
      )
    await options.advance(days)
    return c.json({ clock: world.today })
  })

  app.get('/faults', (c) => c.json(faults.armed))
  app.delete('/faults', (c) => {
    faults.clear()
    return c.json([])
  })
  app.post('/faults', async (c) => {
    const order = readFaultOrder(await c.req.json().catch(() => null))
    if ('code' in order) return c.json(order, 400)
    faults.arm(order)
    return c.json(faults.armed)
  })
  return app
}

/** One JSON array, or one object a line as fast as the reader takes them. */
const answer = (items: Generator<unknown>, streamed: boolean): Response => {
  if (!streamed) return Response.json([...items])
  const encoder = new TextEncoder()
  const body = new ReadableStream({
    pull(controller) {
      let text = ''
      for (let i = 0; i < 500; i++) {
        const { done, value } = items.next()
        if (done) {
          if (text) controller.enqueue(encoder.encode(text))
          return controller.close()
        }
        text += `${JSON.stringify(value)}\n`
      }
      controller.enqueue(encoder.encode(text))
    },
    cancel() {
      items.return(undefined)
    },
  })
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } })
}
