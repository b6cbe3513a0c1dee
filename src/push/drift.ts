import type { Gather } from '../landing/land.ts'

type Drift = Gather['drift'][number]

/** A sender may name fields as it likes: their names are a key of ours, so they are cut, and so is their number. */
const nameCharsMax = 200
const fieldsMax = 200

/** Drift of several readers as one list, each field once. */
export const mergeDrift = (all: readonly Drift[]): Drift[] => {
  const merged = new Map<string, Drift>()
  for (const drift of all) {
    const field = drift.field.slice(0, nameCharsMax).replaceAll('\u0000', '\ufffd').toWellFormed()
    const id = `${drift.kind} ${field}`
    const before = merged.get(id)
    if (before === undefined && merged.size >= fieldsMax) continue
    merged.set(id, { ...drift, field, rows: (before?.rows ?? 0) + drift.rows })
  }
  return [...merged.values()]
}
