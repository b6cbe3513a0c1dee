/** A file's bytes piece by piece. A stream of `node:fs` allocates its whole buffer for each read, whatever the file's size: most extracts are small. */
import { open } from 'node:fs/promises'

/** Pieces of at most `bytesMax`, each a buffer of its own. */
export const filePieces = async function* (path: string, bytesMax: number): AsyncGenerator<Buffer> {
  await using file = await open(path)
  const { size } = await file.stat()
  for (let position = 0; ; ) {
    // One byte more than is left shows the end; a file that grows is read on.
    const wanted = Math.min(bytesMax, Math.max(size - position + 1, 4_096))
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, null)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
