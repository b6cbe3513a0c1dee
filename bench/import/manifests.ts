/** Manifests are kept beside the drop and put into it day by day: a file without one is no delivery. */
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const isManifest = (name: string): boolean => /\.manifest\.json$|^manifest_\d{6}\.json$/.test(name)

const manifestsIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && isManifest(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

const heldFolder = (held: string, day: number): string => join(held, String(day))

/** Takes the manifests that were just written out of the drop: they are those of `day`. */
export const holdBack = async (drop: string, held: string, day: number): Promise<void> => {
  for (const name of await manifestsIn(drop)) {
    const path = join(heldFolder(held, day), name)
    await mkdir(dirname(path), { recursive: true })
    await rename(join(drop, name), path)
  }
}

/** The drop as it stands on `day`: with the manifests up to that day and none of a later one. */
export const showDay = async (drop: string, held: string, day: number, days: number): Promise<void> => {
  for (let one = 0; one <= days; one++)
    for (const name of await manifestsIn(heldFolder(held, one)))
      await (one <= day
        ? cp(join(heldFolder(held, one), name), join(drop, name))
        : rm(join(drop, name), { force: true }))
}
