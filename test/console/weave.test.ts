import { expect, test } from 'vitest'
import type { TimelineEvent } from '../../schemas/api/project.ts'
import { weave } from '../../src/console/parts/weave.ts'

const event = (on: string | null, more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  record: 'r_0',
  feed: 'transport.measurements',
  department: 'transport',
  kind: 'measurement',
  on,
  precision: on === null ? null : 'day',
  title: '计量',
  amountFen: 100_000_000n,
  weight: 0.8,
  voided: false,
  ...more,
})

const draw = (events: TimelineEvent[], more: { milestones?: Parameters<typeof weave>[0]['milestones'] } = {}): string =>
  String(
    weave({
      lanes: [{ department: 'transport', events, undated: 0 }],
      milestones: more.milestones ?? [],
      today: '2026-01-01',
    }),
  )

const count = (svg: string, what: RegExp): number => (svg.match(what) ?? []).length

test('three hundred events of ten years are tied into fewer knots that together hold them all', () => {
  const events = Array.from({ length: 300 }, (_, n) =>
    event(new Date(Date.UTC(2015, 0, 1 + n * 12)).toISOString().slice(0, 10)),
  )
  const svg = draw(events)
  const tied = [...svg.matchAll(/<text class="in"[^>]*>(\d+)</g)].map((match) => Number(match[1]))
  const knots = count(svg, /class="knot/g)
  expect(knots).toBeLessThan(130)
  expect(tied.reduce((sum, n) => sum + n, 0) + (knots - tied.length)).toBe(300)
})

test('an invoice is a square, a void one is hollow, everything else a dot', () => {
  const svg = draw([
    event('2020-01-01'),
    event('2021-01-01', { kind: 'invoice' }),
    event('2022-01-01', { kind: 'invoice', voided: true }),
  ])
  expect([
    count(svg, /<circle class="knot"/g),
    count(svg, /<rect class="knot invoice"/g),
    count(svg, /<rect class="knot invoice void"/g),
  ]).toEqual([1, 1, 1])
})

test('a month is drawn as a stretch, a day as a point', () => {
  expect(count(draw([event('2020-01-01', { precision: 'month' }), event('2022-01-01')]), /class="span"/g)).toBe(1)
})

test('a lane without records says so, one without dates how many there are', () => {
  const milestone = {
    kind: 'approval' as const,
    on: { value: '2020', precision: 'year' as const },
    confidence: 0.5,
    evidence: [],
  }
  expect(draw([], { milestones: [milestone] })).toContain('没有记录')
  expect(draw([event(null), event(null)], { milestones: [milestone] })).toContain('2 项无日期')
})

test('nothing dated is no picture', () => {
  expect(
    weave({ lanes: [{ department: 'tax', events: [event(null)], undated: 1 }], milestones: [], today: '2026-01-01' }),
  ).toBeNull()
})
