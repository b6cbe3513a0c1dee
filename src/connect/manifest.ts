/** The file drop: which files of a feed are complete, and what each states of itself (docs/feeds.md). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, type HubError } from '../kernel/errors.ts'
import { connectCodes, connectError } from './errors.ts'
import { type ListFolder, sharedListing } from './listing.ts'

export const Manifest = z.object({
  feed: z.string(),
  date: z.string().regex(/^\d{4}-?\d{2}-?\d{2}$/),
  mode: z.enum(['full', 'increment']),
  rows: z.number().int().nonnegative(),
  sumYuan: z.union([z.string(), z.number()]).optional(),
  sm3: z.string().regex(/^[0-9a-fA-F]{64}$/),
  encoding: z.enum(['gb18030', 'utf-8']),
})
export type Manifest = z.infer<typeof Manifest>

export interface DroppedFile {
  readonly name: string
  readonly path: string
  /** `YYYYMMDD`, from the file's name. */
  readonly date: string
  readonly manifest: Manifest
  /** Why it cannot be read although a manifest lists it; thrown before a row is read, and only when its turn has come. */
  readonly refusal?: HubError
}

/** A manifest by its schema. Throws `landing.manifest_unreadable`. */
export const readManifest = async <T>(path: string, file: string, schema: z.ZodType<T>): Promise<T> => {
  const text = await readFile(path, 'utf8')
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw connectError(
      connectCodes.manifestUnreadable,
      `${file} 的清单无法读取`,
      `the manifest of ${file} cannot be read`,
      {
        context: { file, problem: cause instanceof z.ZodError ? z.prettifyError(cause) : 'no JSON' },
        cause,
      },
    )
  }
}

const missing = (folder: string, cause: unknown) =>
  connectError(
    connectCodes.folderMissing,
    '文件交换目录不存在或无权读取',
    'the folder of the file drop is missing or cannot be read',
    {
      retryable: true,
      context: { folder, system: codeOf(cause) },
      cause,
    },
  )

/** How a pager looks into a drop: its folder, and a way to list it. */
export interface DropFolder {
  readonly root: string
  readonly list: ListFolder
}

/** @param access of the pull; with no shared listing each look is a fresh one */
export const dropFolder = (root: string, list: ListFolder = sharedListing()): DropFolder => ({ root, list })

/** Names in the department's folder of the drop; where the drop itself is the department's folder, names in it. */
export const listFolder = async (
  { root, list }: DropFolder,
  department: string,
): Promise<{ folder: string; names: readonly string[] }> => {
  const folder = join(root, department)
  try {
    return { folder, names: await list(folder) }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw missing(folder, error)
  }
  try {
    return { folder: root, names: await list(root) }
  } catch (error) {
    throw missing(root, error)
  }
}

/**
 * Complete files of a feed, oldest first: `<name>_<yyyymmdd>.<ext>[.gz]` with a manifest beside it. A file without one is not there yet.
 * Throws `landing.folder_missing`, `landing.manifest_unreadable`.
 * @param from `YYYYMMDD`: files of days before it are left out and their manifests not read, of which there may be thousands
 */
export const listDrop = async (
  drop: DropFolder,
  department: string,
  name: string,
  from: string,
): Promise<DroppedFile[]> => {
  const { folder, names } = await listFolder(drop, department)
  const shape = new RegExp(`^${name}_(\\d{8})\\.(?:csv|jsonl|ndjson|json|xlsx)(?:\\.gz)?$`)
  const first = `${name}_${from}`
  const present = new Set(names.filter((file) => file.startsWith(`${name}_`) && file >= first))
  const complete = [...present].filter((file) => shape.test(file) && present.has(`${file}.manifest.json`)).sort()
  const files: DroppedFile[] = []
  for (const file of complete) {
    const manifest = await readManifest(join(folder, `${file}.manifest.json`), file, Manifest)
    if (manifest.feed !== `${department}.${name}` && manifest.feed !== name) {
      throw connectError(
        connectCodes.manifestUnreadable,
        `${file} 的清单属于 ${manifest.feed}`,
        `the manifest of ${file} belongs to ${manifest.feed}`,
        {
          context: { file, feed: manifest.feed },
        },
      )
    }
    files.push({ name: file, path: join(folder, file), date: shape.exec(file)?.[1] ?? '', manifest })
  }
  return files
}
