import { z } from 'zod'
import { nowMs } from '../../kernel/clock.ts'
import { gauges, probe } from '../../query/gauges.ts'
import type { Metrics } from '../metrics.ts'
import { problemError } from '../problem.ts'
import { defineOpenRoute, Reply, type Route } from '../route.ts'

/** Runs of the last day count as recent in the figures. */
const recentMs = 86_400_000

const State = z.object({ status: z.literal('ok') })

export const healthz = defineOpenRoute({
  id: 'healthz',
  method: 'get',
  path: '/healthz',
  tag: 'health',
  summary: { zh: '进程存活', en: 'The process lives' },
  answer: State,
  handle: async () => ({ status: 'ok' as const }),
})

export const readyz = defineOpenRoute({
  id: 'readyz',
  method: 'get',
  path: '/readyz',
  tag: 'health',
  summary: { zh: '可以接受请求', en: 'Ready to serve' },
  answer: State,
  problems: ['http.unavailable'],
  handle: async ({ deps }) => {
    if (deps.isReady?.() === false) throw problemError('http.unavailable')
    await probe(deps.db.pipeline).catch((cause) => {
      throw problemError('http.unavailable', { cause })
    })
    return { status: 'ok' as const }
  },
})

/** Counts without names or money: open, so that a monitor needs no credential. */
export const metricsRoute = (metrics: Metrics): Route =>
  defineOpenRoute({
    id: 'metrics',
    method: 'get',
    path: '/metrics',
    tag: 'health',
    summary: { zh: '监控指标（Prometheus）', en: 'Metrics (Prometheus)' },
    contentType: 'text/plain',
    handle: async ({ deps }) => {
      // Counts of this process are told even while the database is away.
      const read = await gauges(deps.db.pipeline, new Date(nowMs() - recentMs)).catch(() => [])
      return new Reply(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, metrics.text(read))
    },
  })
