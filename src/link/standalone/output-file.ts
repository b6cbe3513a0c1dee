/** An output file that is there whole or not at all: written beside its place, moved there at the end. */
import { open, rename, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { codeOf } from '../../kernel/errors.ts'
import { tableCodes, tableError } from './table.ts'

const bufferChars = 262_144

/** One CSV line; cells are quoted only where they must be. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\n`
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/**
 * Writes what `fill` gives to `path`. Where `fill` throws, nothing is left behind and a file that stood there before stays.
 * Throws `cli.file_unwritable` where the place cannot be written to.
 */
export const writeWhole = async (
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> => {
  const part = `${path}.part`
  const writing = <T>(step: Promise<T>): Promise<T> =>
    step.catch((error: unknown) => {
      throw unwritable(path, error)
    })
  const file = await writing(open(part, 'w'))
  let pending = ''
  const flush = async (): Promise<void> => {
    const text = pending
    pending = ''
    if (text !== '') await writing(file.writeFile(text))
  }
  try {
    await fill(async (text) => {
      pending += text
      if (pending.length >= bufferChars) await flush()
    })
    await flush()
    await writing(file.sync())
    await file.close()
    await writing(rename(part, path))
  } catch (error) {
    await file.close().catch(() => undefined)
    await unlink(part).catch(() => undefined)
    throw error
  }
}

const unwritable = (path: string, cause: unknown) => {
  const system = codeOf(cause) ?? 'unknown'
  return tableError(
    tableCodes.unwritable,
    `无法写入 ${basename(path)}（${system}）：请检查目录是否存在、权限和磁盘空间`,
    `${basename(path)} cannot be written (${system}): check that the folder exists and may be written to, and the space left`,
    { path, system },
  )
}
