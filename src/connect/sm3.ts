/** SM3 (GB/T 32905-2016) over files: what manifests of the file drop state. */
import { createHash } from 'node:crypto'
import { filePieces } from '../kernel/file-pieces.ts'

/** Hex SM3 digest of a file's bytes, read piece by piece. */
export const sm3OfFile = async (path: string, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sm3')
  for await (const piece of filePieces(path, 1_048_576)) {
    signal.throwIfAborted()
    hash.update(piece)
  }
  return hash.digest('hex')
}
