/**
 * Warp and weft: time runs left to right, one lane for each department, facts are knots as heavy as the evidence they are.
 * Knots closer than a few pixels are tied into one that says how many it holds, so that three hundred stay readable, in black and white too:
 * squares are invoices, rings are void, the rest are dots.
 */
import { html, raw } from 'hono/html'
import type { TimelineEvent, TimelineLane } from '#schemas/api/project.ts'
import type { Milestone } from '#schemas/canonical/position.ts'
import { type Markup, wanText } from './format.ts'
import { departmentName, milestoneName } from './words.ts'

const widthPx = 1200
const labelPx = 92
const rightPx = 24
const headPx = 74
const lanePx = 46
const tiePx = 9
const dayMs = 86_400_000

/** A partial date as its middle: a month stands at its 15th, a year at its July. */
const instantOf = (date: string): number =>
  Date.parse(date.length === 4 ? `${date}-07-01` : date.length === 7 ? `${date}-15` : date)

interface Knot {
  readonly x: number
  readonly events: readonly TimelineEvent[]
}

interface Scale {
  readonly x: (instant: number) => number
  readonly years: readonly { readonly year: number; readonly x: number }[]
}

const scaleOf = (instants: readonly number[]): Scale => {
  const first = Math.min(...instants)
  const last = Math.max(...instants, first + 180 * dayMs)
  const pad = (last - first) * 0.03
  const [from, to] = [first - pad, last + pad]
  const x = (instant: number) => labelPx + ((instant - from) / (to - from)) * (widthPx - labelPx - rightPx)
  const years: { year: number; x: number }[] = []
  for (let year = new Date(from).getUTCFullYear() + 1; Date.UTC(year, 0, 1) < to; year++)
    years.push({ year, x: x(Date.UTC(year, 0, 1)) })
  return { x, years }
}

const knotsOf = (lane: TimelineLane, scale: Scale): Knot[] => {
  const knots: { x: number; events: TimelineEvent[] }[] = []
  for (const event of lane.events) {
    if (event.on === null) continue
    const x = scale.x(instantOf(event.on))
    const near = knots.at(-1)
    if (near && Math.abs(x - near.x) < tiePx) near.events.push(event)
    else knots.push({ x, events: [event] })
  }
  return knots
}

const wordsOf = (event: TimelineEvent): string =>
  `${event.on ?? ''} ${event.title}${event.amountFen === null ? '' : ` ${wanText(event.amountFen)} 万元`}${event.voided ? '（作废）' : ''}`

const drawKnot = (knot: Knot, y: number): Markup => {
  const [only] = knot.events
  const isMany = knot.events.length > 1
  const weight = Math.max(...knot.events.map((event) => event.weight))
  const isInvoice = knot.events.every((event) => event.kind === 'invoice')
  const isVoid = knot.events.every((event) => event.voided)
  const size = isMany ? 7 + Math.min(5, Math.log2(knot.events.length)) : 2.5 + 4 * weight
  const kind = `knot${isInvoice ? ' invoice' : ''}${isVoid ? ' void' : ''}`
  const shown = knot.events.slice(0, 12).map(wordsOf).join('\n')
  const title = `${shown}${knot.events.length > 12 ? `\n…共 ${knot.events.length} 项` : ''}`
  const x = knot.x.toFixed(1)
  const shape = isInvoice
    ? html`<rect class="${kind}" x="${(knot.x - size).toFixed(1)}" y="${(y - size).toFixed(1)}" width="${(2 * size).toFixed(1)}" height="${(2 * size).toFixed(1)}"/>`
    : html`<circle class="${kind}" cx="${x}" cy="${y}" r="${size.toFixed(1)}"/>`
  return html`<g><title>${title}</title>${shape}${isMany ? html`<text class="in" x="${x}" y="${y + 3.5}">${knot.events.length}</text>` : ''}${only && !isMany && only.precision !== 'day' ? html`<line class="span" x1="${(knot.x - 12).toFixed(1)}" x2="${(knot.x + 12).toFixed(1)}" y1="${y}" y2="${y}"/>` : ''}</g>`
}

const drawLane = (lane: TimelineLane, scale: Scale, y: number): Markup => {
  const knots = knotsOf(lane, scale)
  const first = knots[0]?.x
  const last = knots.at(-1)?.x
  const end = widthPx - rightPx
  return html`<g role="listitem" aria-label="${departmentName(lane.department)}：${lane.events.length} 项">
    <text x="12" y="${y + 4}">${departmentName(lane.department)}</text>
    <line class="warp bare" x1="${labelPx}" x2="${end}" y1="${y}" y2="${y}"/>
    ${first === undefined || last === undefined ? html`<text class="soft" x="${labelPx + 8}" y="${y - 6}">${lane.events.length > 0 ? `${lane.events.length} 项无日期` : '没有记录'}</text>` : html`<line class="warp" x1="${first.toFixed(1)}" x2="${Math.max(last, first + 1).toFixed(1)}" y1="${y}" y2="${y}"/>`}
    ${knots.map((knot) => drawKnot(knot, y))}
  </g>`
}

/** Names of milestones on three rows, so that neighbours do not lie over one another. */
const drawMilestones = (milestones: readonly Milestone[], scale: Scale, bottom: number): Markup[] => {
  const rowEnds = [0, 0, 0]
  return [...milestones]
    .map((milestone) => ({ milestone, x: scale.x(instantOf(milestone.on.value)) }))
    .sort((a, b) => a.x - b.x)
    .map(({ milestone, x }) => {
      const text = milestoneName(milestone.kind)
      const half = (text.length * 12) / 2
      const free = rowEnds.findIndex((end) => x - half > end)
      const row = Math.max(free, 0)
      rowEnds[row] = x + half + 6
      const y = 16 + row * 15
      const on = x.toFixed(1)
      return html`<g><title>${text} ${milestone.on.value}，置信 ${Math.round(milestone.confidence * 100)}%，佐证 ${milestone.evidence.length} 项</title>
        <line class="weft" x1="${on}" x2="${on}" y1="${y + 4}" y2="${bottom}"/>
        <path class="stone" d="M${on} ${headPx - 14}l5 6l-5 6l-5 -6z" opacity="${(0.35 + 0.65 * milestone.confidence).toFixed(2)}"/>
        <text x="${on}" y="${y}" text-anchor="middle">${text}</text></g>`
    })
}

export interface Weave {
  readonly lanes: readonly TimelineLane[]
  readonly milestones: readonly Milestone[]
  readonly today: string
}

/** The picture; null where nothing has a date. */
export const weave = ({ lanes, milestones, today }: Weave): Markup | null => {
  const instants = [
    ...lanes.flatMap((lane) => lane.events.flatMap((event) => (event.on ? [instantOf(event.on)] : []))),
    ...milestones.map((milestone) => instantOf(milestone.on.value)),
  ]
  if (instants.length === 0) return null
  const scale = scaleOf(instants)
  const height = headPx + lanes.length * lanePx + 14
  const todayX = scale.x(Date.parse(today))
  return html`<div class="weave"><svg viewBox="0 0 ${widthPx} ${height}" role="list" aria-label="时间线">
    ${scale.years.map(({ year, x }) => html`<line class="weft" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${headPx - 4}" y2="${height}"/><text class="soft" x="${(x + 4).toFixed(1)}" y="${height - 4}">${year}</text>`)}
    ${drawMilestones(milestones, scale, height)}
    ${lanes.map((lane, at) => drawLane(lane, scale, headPx + 18 + at * lanePx))}
    ${todayX < widthPx - rightPx ? html`<line class="today" x1="${todayX.toFixed(1)}" x2="${todayX.toFixed(1)}" y1="${headPx - 4}" y2="${height}"/>` : raw('')}
  </svg></div>`
}
