/** SM3 (GB/T 32905-2016) over files: what manifests of the file drop state. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** Hex SM3 digest of a file's bytes, read as a stream. */
export const sm3OfFile = async (path: string, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sm3')
  await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash, { signal })
  return hash.digest('hex')
}
