/**
 * 填报率: in how many rows each field says something. Counted as rows are read, field by field of the text that is cut into fields anyway, so nothing
 * is read twice (a second pass over raw data would cost as much as reading it). Rows of a source share a few shapes; counts are kept by shape.
 */
import type { Entry } from './entries.ts'

export interface FieldFill {
  readonly field: string
  /** Rows in which it says something. */
  readonly filled: number
  /** Rows that lack it altogether; the others in which it is not filled hold a blank, `/`, `无` and the like. */
  readonly missing: number
  /** False for a field that the feed does not know. */
  readonly known: boolean
}

export interface Fill {
  /** Rows that fit the feed's record. For each field, filled and blank rows add up to them. */
  readonly rows: number
  readonly fields: readonly FieldFill[]
}

export const noFill: Fill = { rows: 0, fields: [] }

/** What stands in cells that say nothing, as it stands between quotes. `0` is a figure here, not an empty code. */
const blanks = new Set([
  '',
  '无',
  '暂无',
  '无数据',
  '/',
  '-',
  '--',
  '—',
  'NULL',
  'null',
  '不详',
  '待定',
  '待补',
  '未知',
  '空',
])
/** The longest of them with its quotes; longer values say something unless they are white space. */
const blankCharsMax = 6
const quote = 34
const letterN = 110

const isSpace = (c: number): boolean => c === 32 || c === 9 || c === 0x3000 || c === 0xa0

/** Whether the value at `start`..`end` of a row's JSON text says nothing: null, white space, a word for nothing, an empty list or object. */
export const isBlankValue = (text: string, start: number, end: number): boolean => {
  const first = text.charCodeAt(start)
  if (first !== quote) return first === letterN || (end - start === 2 && (first === 91 || first === 123))
  const length = end - start
  if (length === 2) return true
  if (length > blankCharsMax && !isSpace(text.charCodeAt(start + 1))) return false
  return blanks.has(text.slice(start + 1, end - 1).trim())
}

/** Which fields a row has, in its order. */
interface Layout {
  readonly keys: readonly string[]
  /** Places that count: of a field named twice the last, as JSON.parse has it. */
  readonly counted: readonly number[]
}

/** Counts of rows of one layout; those of one reader share their layouts. */
export interface Shape {
  readonly layout: Layout
  readonly filled: Int32Array
  rows: number
}

const layoutOf = (keys: readonly string[]): Layout => {
  const last = new Map(keys.map((key, i) => [key, i]))
  return { keys, counted: [...last.values()].sort((a, b) => a - b) }
}

const shapeOf = (layout: Layout): Shape => ({ layout, filled: new Int32Array(layout.keys.length), rows: 0 })

const hasLayout = (layout: Layout, entries: readonly Entry[]): boolean => {
  if (layout.keys.length !== entries.length) return false
  for (let i = 0; i < entries.length; i++) if (entries[i]!.key !== layout.keys[i]) return false
  return true
}

/** A sender may name fields as it likes: of those that the feed does not know so many are counted, and none with a longer name. */
const unknownMax = 100
const nameCharsMax = 200
/** Layouts that a reader remembers. */
const layoutsMax = 200

export type Drift = { readonly field: string; readonly kind: 'unknown' | 'missing'; readonly rows: number }

export interface Counts {
  readonly fill: Fill
  readonly drift: readonly Drift[]
}

export interface FieldCounter {
  see(text: string, entries: readonly Entry[]): void
  /** Counts since the last call, and begins anew. */
  take(): Counts
  /** The same as they lie, for those who sum up several: `countsOf`. */
  takeShapes(): readonly Shape[]
}

/** Shapes of one reader, of rows that are counted together. */
export const countsOf = (shapes: readonly Shape[], known: ReadonlySet<string>): Counts => {
  const merged = new Map<Layout, Shape>()
  for (const { layout, filled, rows } of shapes) {
    const sum = merged.get(layout) ?? shapeOf(layout)
    merged.set(layout, sum)
    sum.rows += rows
    for (let i = 0; i < filled.length; i++) sum.filled[i]! += filled[i]!
  }
  const all = [...merged.values()]
  return { fill: fillOf(all, known), drift: driftOf(all, known) }
}

/** @param known fields of the feed's record */
export const fieldCounter = (known: ReadonlySet<string>): FieldCounter => {
  const layouts = new Map<string, Layout>()
  let shapes: Shape[] = []
  let current: Shape | null = null
  /** That of the last row, whichever count it was in: rows of a source look alike. */
  let last: Layout | null = null

  const find = (entries: readonly Entry[]): Layout => {
    if (last !== null && hasLayout(last, entries)) return last
    const keys = entries.map((e) => e.key)
    const id = keys.join('\u0000')
    if (layouts.size >= layoutsMax) layouts.clear()
    const found = layouts.get(id) ?? layoutOf(keys)
    layouts.set(id, found)
    return found
  }
  const shapeFor = (layout: Layout): Shape => {
    const found = shapes.find((shape) => shape.layout === layout)
    if (found) return found
    const fresh = shapeOf(layout)
    shapes.push(fresh)
    return fresh
  }
  const takeShapes = (): readonly Shape[] => {
    const taken = shapes
    shapes = []
    current = null
    return taken
  }

  return {
    see: (text, entries) => {
      if (current === null || !hasLayout(current.layout, entries)) {
        last = find(entries)
        current = shapeFor(last)
      }
      const { layout, filled } = current
      const { counted } = layout
      current.rows++
      for (let i = 0; i < counted.length; i++) {
        const at = counted[i]!
        const entry = entries[at]!
        if (!isBlankValue(text, entry.start, entry.end)) filled[at]!++
      }
    },
    take: () => countsOf(takeShapes(), known),
    takeShapes,
  }
}

const fillOf = (shapes: readonly Shape[], known: ReadonlySet<string>): Fill => {
  const rows = shapes.reduce((sum, shape) => sum + shape.rows, 0)
  const sums = new Map([...known].map((field) => [field, { filled: 0, present: 0 }]))
  for (const shape of shapes)
    for (const at of shape.layout.counted) {
      const field = shape.layout.keys[at]!
      const sum = sums.get(field) ?? { filled: 0, present: 0 }
      if (!sums.has(field) && (field.length > nameCharsMax || sums.size >= known.size + unknownMax)) continue
      sums.set(field, { filled: sum.filled + shape.filled[at]!, present: sum.present + shape.rows })
    }
  const fields = [...sums].map(([field, { filled, present }]) => ({
    field,
    filled,
    missing: rows - present,
    known: known.has(field),
  }))
  return { rows, fields: rows === 0 ? [] : fields }
}

const driftOf = (shapes: readonly Shape[], known: ReadonlySet<string>): Drift[] => {
  const counts = new Map<string, { field: string; kind: Drift['kind']; rows: number }>()
  const add = (kind: Drift['kind'], field: string, rows: number): void => {
    const id = `${kind} ${field}`
    counts.set(id, { field, kind, rows: (counts.get(id)?.rows ?? 0) + rows })
  }
  for (const shape of shapes) {
    const keys = new Set(shape.layout.keys)
    for (const key of keys) if (!known.has(key)) add('unknown', key, shape.rows)
    for (const field of known) if (!keys.has(field)) add('missing', field, shape.rows)
  }
  return [...counts.values()]
}
