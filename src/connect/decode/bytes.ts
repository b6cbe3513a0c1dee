/** From a file to plain bytes and what they are: gzip is undone on the way, encoding and format are told from the beginning. */
import { isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { codeOf } from '../../kernel/errors.ts'
import { filePieces } from '../../kernel/file-pieces.ts'
import { connectError, decodeCodes } from '../errors.ts'

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'
export type FileFormat = 'csv' | 'ndjson' | 'json' | 'xlsx'
export type Bytes = AsyncIterable<Buffer>

const sniffBytes = 65_536

/** Names people give to encodings. Null for one that is not read here. */
export const encodingNamed = (name: string): Encoding | null => {
  const folded = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (folded === 'utf8' || folded === 'utf8bom' || folded === 'ascii') return 'utf-8'
  if (['gb18030', 'gbk', 'gb2312', 'cp936', 'ansi'].includes(folded)) return 'gb18030'
  return folded === 'utf16le' || folded === 'utf16' ? 'utf-16le' : folded === 'utf16be' ? 'utf-16be' : null
}

const unreadable = (path: string, cause: unknown) =>
  connectError(
    decodeCodes.fileUnreadable,
    `文件无法打开：${path.split('/').pop()}`,
    `the file cannot be opened: ${path.split('/').pop()}`,
    {
      context: { path, system: codeOf(cause) },
      cause,
    },
  )

const cut = (cause: unknown) =>
  connectError(decodeCodes.cutFile, '压缩文件不完整或已损坏', 'the compressed file is incomplete or damaged', { cause })

/** The bytes with gzip undone where they begin like gzip. Throws `decode.cut_file` where the compressed bytes end early. */
export const gunzipped = async function* (source: Bytes): Bytes {
  const { head, all } = await peeked(source, 2)
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* all
  const gunzip = createGunzip()
  // Either side's error ends both; it is met below, where the output is read.
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => {})
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } catch (error) {
    throw codeOf(error)?.startsWith('Z_') ? cut(error) : error
  }
}

export const fileBytes = async function* (path: string): Bytes {
  try {
    yield* filePieces(path, 262_144)
  } catch (error) {
    throw codeOf(error) === null || codeOf(error)?.includes('.') ? error : unreadable(path, error)
  }
}

/** True where the file is a zip archive, which is read by place and not as a stream. */
export const isZip = async (path: string): Promise<boolean> => {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && buffer.readUInt32LE(0) === 0x04034b50
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The first bytes (up to `size`, fewer at the end) and the whole stream, those included. */
export const peeked = async (source: Bytes, size: number): Promise<{ head: Buffer; all: Bytes }> => {
  const iterator = source[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  let length = 0
  while (length < size) {
    const { value, done } = await iterator.next()
    if (done) break
    chunks.push(value)
    length += value.length
  }
  const all = async function* (): Bytes {
    try {
      yield* chunks
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(chunks), all: all() }
}

const utf8CutTail = (bytes: Buffer): Buffer => {
  // The head may end inside a character of up to four bytes.
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back)
  }
  return bytes
}

/** Encoding by byte order mark, else UTF-8 where the beginning is valid UTF-8, else GB18030. */
export const sniffEncoding = (head: Buffer): Encoding => {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return isUtf8(head.length < sniffBytes ? head : utf8CutTail(head)) ? 'utf-8' : 'gb18030'
}

/** Format by the first character that is no space: `[` JSON array, `{` NDJSON, else CSV. */
export const sniffFormat = (head: Buffer, encoding: Encoding): Exclude<FileFormat, 'xlsx'> => {
  const step = encoding.startsWith('utf-16') ? 2 : 1
  for (let i = 0; i < head.length; i += step) {
    const byte = encoding === 'utf-16be' ? (head[i + 1] ?? 0) : (head[i] ?? 0)
    if (byte === 0x5b) return 'json'
    if (byte === 0x7b) return 'ndjson'
    // Spaces, line ends and the parts of a byte order mark.
    if (![0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe].includes(byte)) return 'csv'
  }
  return 'csv'
}

export const sniffSize = sniffBytes
