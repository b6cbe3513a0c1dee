/** Figures and dates as the pages show them: 万元 in lists, exact yuan on hover, grey for unknown and never for zero. */
import { html } from 'hono/html'

export type Markup = ReturnType<typeof html>

const thousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** Exact yuan with thousands separated: `1,234.50`. */
export const yuanText = (fen: bigint): string => {
  const sign = fen < 0n ? '−' : ''
  const size = fen < 0n ? -fen : fen
  return `${sign}${thousands((size / 100n).toString())}.${(size % 100n).toString().padStart(2, '0')}`
}

/** 万元 with two decimals, rounded half up. */
export const wanText = (fen: bigint): string => {
  const sign = fen < 0n ? '−' : ''
  const hundredths = ((fen < 0n ? -fen : fen) + 5_000n) / 10_000n
  return `${sign}${thousands((hundredths / 100n).toString())}.${(hundredths % 100n).toString().padStart(2, '0')}`
}

/** Money travels through stored JSON as text, elsewhere as bigint. */
export const asFen = (value: bigint | string | null | undefined): bigint | null =>
  value == null ? null : BigInt(value)

export const wan = (value: bigint | string | null | undefined): Markup => {
  const fen = asFen(value)
  return fen === null
    ? html`<span class="unknown">未知</span>`
    : html`<span title="${yuanText(fen)} 元">${wanText(fen)}</span>`
}

export const percent = (bp: number | null): string => (bp === null ? '—' : `${bp / 100}%`)

export const day = (value: string | null | undefined): Markup =>
  value ? html`<time>${value}</time>` : html`<span class="unknown">—</span>`

/** An instant as Beijing time to the second. */
export const instantText = (iso: string | null): string =>
  iso === null ? '—' : new Date(Date.parse(iso) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')

export const count = (value: number | null): string => (value === null ? '—' : thousands(String(value)))

export const score = (value: number): string => value.toFixed(3)

/** A share of 0..1 as percent with one decimal; never 100 % where a single row is missing. */
export const shareText = (value: number | null): string => {
  if (value === null) return '—'
  const shown = (value * 100).toFixed(1)
  return value < 1 && shown === '100.0' ? '> 99.9%' : `${shown}%`
}

/** Bytes in powers of 1 024, one decimal. */
export const bytesText = (bytes: number | bigint): string => {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let value = Number(bytes)
  let unit = 0
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
