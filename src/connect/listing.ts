/** Names in a folder of the file drop. After years a department's folder holds tens of thousands, and each of its feeds asks for all of them. */
import { readdir } from 'node:fs/promises'
import { elapsedMs } from '../kernel/clock.ts'

export type ListFolder = (folder: string) => Promise<readonly string[]>

/** Feeds that are imported one after the other share a listing that is no older than this: what came since is taken by the next import. */
const keptMs = 5_000

/** Lists each folder once for all who ask within some seconds; one that cannot be listed is tried again. */
export const sharedListing = (): ListFolder => {
  const kept = new Map<string, { readonly at: number; readonly names: Promise<readonly string[]> }>()
  return (folder) => {
    const before = kept.get(folder)
    if (before !== undefined && elapsedMs() - before.at < keptMs) return before.names
    const names = readdir(folder)
    kept.set(folder, { at: elapsedMs(), names })
    names.catch(() => kept.delete(folder))
    return names
  }
}
