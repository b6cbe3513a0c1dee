/**
 * From a request's bytes to rows, as they arrive: gzip undone, sizes bounded on both sides of it, the digest of what was sent taken on the way.
 */
import { createHash } from 'node:crypto'
import { type Bytes, type Encoding, encodingNamed, type FileFormat, gunzipped } from '../connect/decode/bytes.ts'
import { arrayReader, jsonArrayRows } from '../connect/decode/json-files.ts'
import { openStream, renamed, renamer } from '../connect/decode/open.ts'
import { connectError, decodeCodes } from '../connect/errors.ts'
import type { AnyFeed, RawRow } from '../connect/feed.ts'
import { isHubError } from '../kernel/errors.ts'
import { pushError } from './codes.ts'

export interface BodyLimits {
  /** As sent, and after gzip is undone. */
  readonly sentBytesMax: number
  readonly bytesMax: number
}

export const defaultBodyLimits: BodyLimits = { sentBytesMax: 600 * 1_048_576, bytesMax: 2_048 * 1_048_576 }

export interface BodyHeaders {
  readonly contentType: string | null
  readonly contentEncoding: string | null
  readonly contentLength: string | null
}

const formats: Readonly<Record<string, FileFormat>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
}

/** What the headers say the body is. Throws `push.unsupported_type`, `push.unsupported_encoding`, `push.too_large`. */
export const bodyKind = (
  headers: BodyHeaders,
  limits: BodyLimits,
): { readonly format: FileFormat; readonly encoding: Encoding } => {
  const [type = '', ...parameters] = (headers.contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const format = formats[type]
  if (!format) throw pushError('push.unsupported_type')
  const coding = (headers.contentEncoding ?? 'identity').trim().toLowerCase()
  const charset = parameters
    .find((p) => p.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '')
  const encoding = charset === undefined ? 'utf-8' : encodingNamed(charset)
  if (!['identity', 'gzip', 'x-gzip'].includes(coding) || (encoding !== 'utf-8' && encoding !== 'gb18030'))
    throw pushError('push.unsupported_encoding')
  if (Number(headers.contentLength ?? 0) > limits.sentBytesMax) throw pushError('push.too_large')
  return { format, encoding }
}

const brokenOff = (cause: unknown) =>
  pushError('push.bad_body', { detail: { zh: '传输中断', en: 'the transfer broke off' }, cause })

/** The request's own bytes; a sender who goes away in the middle has sent a bad body. */
const received = async function* (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (cause) {
    throw brokenOff(cause)
  }
}

const bounded = async function* (
  bytes: AsyncIterable<Uint8Array>,
  max: number,
  see?: (chunk: Uint8Array) => void,
): Bytes {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.byteLength
    if (size > max) throw pushError('push.too_large')
    see?.(chunk)
    yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
}

const numbered = (rows: readonly RawRow[], source: string, before: number): RawRow[] =>
  rows.map((row, i) => ({ ...row, at: { source, row: before + i + 1 } }))

const undecodable = (encoding: Encoding, cause: unknown) =>
  connectError(decodeCodes.badBytes, `含有无法按 ${encoding} 解码的字节`, `there are bytes that are no ${encoding}`, {
    cause,
  })

/** An array is often one line without end, so it is decoded as it comes and not by lines; a byte that is no text spoils it all (RFC 8259, 8.1). */
const arrayText = async function* (bytes: Bytes, encoding: Encoding) {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw undecodable(encoding, cause)
    }
  }
  for await (const chunk of bytes) yield { text: decode(chunk), damaged: noDamage }
  yield { text: decode(), damaged: noDamage }
}
const noDamage: ReadonlyMap<string, Buffer> = new Map()

const utf8 = new TextDecoder('utf-8', { fatal: true })
const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** Rows of an array that is there as a whole, at one go: passed from stage to stage of a stream it would cost more than all that is done with it. */
const wholeArray = (bytes: Uint8Array, feed: AnyFeed): RawRow[] => {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch (cause) {
    throw undecodable('utf-8', cause)
  }
  const reader = arrayReader('body')
  const rows = renamer(feed)(reader.take({ text, damaged: noDamage }))
  reader.end()
  return rows
}

const oneChunk = async function* (chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

const rowsOf = (bytes: Bytes, kind: ReturnType<typeof bodyKind>, feed: AnyFeed): AsyncGenerator<RawRow[]> =>
  kind.format === 'json'
    ? renamed(jsonArrayRows(arrayText(bytes, kind.encoding), 'body'), feed)
    : openStream(bytes, 'body', { feed, ...kind })

/** As it comes; or, where it says that it is small, as a whole when it is asked for. */
export type BodyBytes = AsyncIterable<Uint8Array> | (() => Promise<Uint8Array>)

export interface PushBody {
  /** Groups of rows, numbered from 1 in the order of the body. Throws `push.bad_body`, `push.too_large`. */
  readonly rows: AsyncGenerator<RawRow[]>
  /** Digest over what was read so far, hex; call it at the end. Empty where no salt was given. */
  readonly fingerprint: () => string
}

/**
 * Opens a body. `source` names it in versions and quarantine: the receipt's id. `salt`: what else makes two pushes differ;
 * null where nobody will ask for the digest.
 */
export const openBody = (
  bytes: BodyBytes,
  kind: ReturnType<typeof bodyKind>,
  options: {
    readonly feed: AnyFeed
    readonly source: string
    readonly salt: string | null
    readonly limits: BodyLimits
  },
): PushBody => {
  const digest = options.salt === null ? null : createHash('sha256').update(`${options.salt}\n`)
  const { feed, limits, source } = options
  const streamed = async function* (from: AsyncIterable<Uint8Array>): AsyncGenerator<RawRow[]> {
    const sent = bounded(received(from), limits.sentBytesMax, (chunk) => digest?.update(chunk))
    let before = 0
    for await (const rows of rowsOf(bounded(gunzipped(sent), limits.bytesMax), kind, feed)) {
      yield numbered(rows, source, before)
      before += rows.length
    }
  }
  const read = async function* (): AsyncGenerator<RawRow[]> {
    try {
      if (typeof bytes !== 'function') return yield* streamed(bytes)
      const chunk = await bytes().catch((cause: unknown) => {
        throw brokenOff(cause)
      })
      if (kind.format !== 'json' || kind.encoding !== 'utf-8' || isGzip(chunk)) return yield* streamed(oneChunk(chunk))
      if (chunk.byteLength > Math.min(limits.sentBytesMax, limits.bytesMax)) throw pushError('push.too_large')
      digest?.update(chunk)
      yield numbered(wholeArray(chunk, feed), source, 0)
    } catch (error) {
      if (!isHubError(error) || !error.code.startsWith('decode.')) throw error
      throw pushError('push.bad_body', {
        detail: error.publicMessage,
        context: { ...error.context, reason: error.code },
      })
    }
  }
  return { rows: read(), fingerprint: () => digest?.copy().digest('hex') ?? '' }
}
