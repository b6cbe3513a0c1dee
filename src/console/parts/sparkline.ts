/** A share over days as a line no taller than a word: the trend beside the figure. */
import { html } from 'hono/html'
import type { Markup } from './format.ts'

const width = 90
const height = 18

/** @param shares 0..1 from the first day to the last; null where nothing came. The line breaks there. */
export const sparkline = (shares: readonly (number | null)[], label: string): Markup => {
  const known = shares.filter((s) => s !== null)
  if (known.length < 2) return html``
  const low = Math.min(...known)
  // A share that hardly moves is drawn as one that hardly moves.
  const base = Math.min(low, 0.9)
  const x = (i: number): string => ((i / Math.max(1, shares.length - 1)) * (width - 4) + 2).toFixed(1)
  const y = (share: number): string => (2 + (1 - (share - base) / (1 - base || 1)) * (height - 4)).toFixed(1)
  let path = ''
  let isOpen = false
  for (const [i, share] of shares.entries()) {
    if (share !== null) path += `${isOpen ? 'L' : 'M'}${x(i)} ${y(share)}`
    isOpen = share !== null
  }
  const last = shares.findLastIndex((s) => s !== null)
  return html`<svg class="spark" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}"><path d="${path}"/><circle cx="${x(last)}" cy="${y(shares[last]!)}" r="2"/></svg>`
}
