/** A waterfall of weights: what each comparison adds or takes, in bits, and where that leaves the sum. Readable as a table, without the bars. */
import { html } from 'hono/html'
import type { Markup } from './format.ts'

export interface Weighed {
  readonly title: string
  readonly left: string
  readonly right: string
  readonly level: string
  readonly weight: number
}

const width = 240

const signed = (weight: number): string => `${weight > 0 ? '+' : weight < 0 ? '−' : ''}${Math.abs(weight).toFixed(2)}`

/** Weights added up, with the least and the greatest sum on the way. */
const runningSums = (weights: readonly number[]): { sums: number[]; low: number; high: number } => {
  const sums = [0]
  for (const weight of weights) sums.push(sums.at(-1)! + weight)
  return { sums, low: Math.min(...sums), high: Math.max(...sums) }
}

const bar = (from: number, to: number, low: number, high: number): Markup => {
  const at = (sum: number): number => Math.round(((sum - low) / Math.max(high - low, 1e-9)) * width)
  const [left, right] = [Math.min(at(from), at(to)), Math.max(at(from), at(to))]
  return html`<svg class="fall" viewBox="0 0 ${width} 14" width="${width}" height="14" aria-hidden="true"><line x1="${at(0)}" x2="${at(0)}" y1="0" y2="14"/><rect class="${to < from ? 'less' : 'more'}" x="${left}" y="3" width="${Math.max(right - left, 2)}" height="8"/></svg>`
}

/** `sides`: what the two compared values are of. */
export const waterfall = (items: readonly Weighed[], sides: readonly [string, string]): Markup => {
  const { sums, low, high } = runningSums(items.map((item) => item.weight))
  return html`<div class="wide"><table>
  <thead><tr><th>比较</th><th>${sides[0]}</th><th>${sides[1]}</th><th>档次</th><th>累加</th><th class="n">权重（比特）</th><th class="n">合计</th></tr></thead>
  <tbody>${items.map(
    (
      item,
      n,
    ) => html`<tr><td class="nw">${item.title}</td><td>${item.left}</td><td>${item.right}</td><td class="nw">${item.level}</td>
    <td>${bar(sums[n]!, sums[n + 1]!, low, high)}</td><td class="n">${signed(item.weight)}</td><td class="n">${sums[n + 1]!.toFixed(2).replace('-', '−')}</td></tr>`,
  )}</tbody></table></div>`
}
