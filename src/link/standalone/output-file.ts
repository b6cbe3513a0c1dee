/** An output file that is there whole or not at all: written beside its place, moved there at the end. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { finished } from 'node:stream/promises'
import { tableCodes, tableError } from './table.ts'

const bufferChars = 65_536

/** One CSV line; cells are quoted only where they must be. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\n`
const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/**
 * Writes what `fill` gives to `path`. Where `fill` throws, nothing is left behind and a file that stood there before stays.
 * Throws `cli.file_unreadable` where the place cannot be written to.
 */
export const writeWhole = async (
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> => {
  const part = `${path}.part`
  const stream = createWriteStream(part)
  let pending = ''
  let failure: unknown = null
  stream.on('error', (error) => {
    failure = error
  })
  const flush = async (): Promise<void> => {
    if (failure !== null) throw unwritable(path, failure)
    const text = pending
    pending = ''
    if (text !== '' && !stream.write(text)) await Promise.race([once(stream, 'drain'), once(stream, 'close')])
  }
  try {
    await fill(async (text) => {
      pending += text
      if (pending.length >= bufferChars) await flush()
    })
    await flush()
    stream.end()
    await finished(stream).catch((error: unknown) => {
      throw unwritable(path, error)
    })
    await rename(part, path)
  } catch (error) {
    stream.destroy()
    await unlink(part).catch(() => undefined)
    throw error
  }
}

const unwritable = (path: string, cause: unknown) => {
  const system = (cause as { code?: string }).code ?? ''
  return tableError(
    tableCodes.unreadable,
    `无法写入 ${basename(path)}（${system}）：请检查目录是否存在及权限`,
    `${basename(path)} cannot be written (${system}): check that the folder exists and may be written to`,
    { path, system },
  )
}
