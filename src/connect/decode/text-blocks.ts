/**
 * From bytes to text in blocks of whole lines, without losing bytes that are no text.
 * In UTF-8 and GB18030 the byte 0x0A is always a line end, so blocks are cut before decoding; only a block with a replacement
 * character in it is looked at line by line.
 */
import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { connectError, decodeCodes } from '../errors.ts'
import type { Bytes, Encoding } from './bytes.ts'

export interface TextBlock {
  /** Whole lines; the last block may end without a line end. */
  readonly text: string
  /** Lines that did not decode: the text they became → the bytes they were. Mostly empty. */
  readonly damaged: ReadonlyMap<string, Buffer>
}

export const cellBytesMax = 10 * 1_048_576
const lineFeed = 0x0a
const replacement = '\uFFFD'
const noDamage: ReadonlyMap<string, Buffer> = new Map()

export const cellTooLarge = (place: string) =>
  connectError(
    decodeCodes.cellTooLarge,
    '单元格或行超过 10 MB，文件可能有未闭合的引号',
    'a cell or line is larger than 10 MB; a quote may never be closed',
    {
      context: { place },
    },
  )

const decode = (bytes: Buffer, encoding: Encoding): string =>
  encoding === 'utf-8' ? bytes.toString('utf8') : iconv.decode(bytes, encoding, { stripBOM: false })

const isDamaged = (bytes: Buffer, text: string, encoding: Encoding): boolean =>
  encoding === 'utf-8' ? !isUtf8(bytes) : !iconv.encode(text, encoding).equals(bytes)

const damagedLines = (bytes: Buffer, encoding: Encoding): ReadonlyMap<string, Buffer> => {
  const damaged = new Map<string, Buffer>()
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(lineFeed, at)
    const end = feed === -1 ? bytes.length : feed
    const line = bytes.subarray(at, end)
    const text = decode(line, encoding)
    if (text.includes(replacement) && isDamaged(line, text, encoding)) damaged.set(text, Buffer.from(line))
    at = end + 1
  }
  return damaged
}

const blockOf = (bytes: Buffer, encoding: Encoding): TextBlock => {
  const text = decode(bytes, encoding)
  return { text, damaged: text.includes(replacement) ? damagedLines(bytes, encoding) : noDamage }
}

const withoutBom = (block: TextBlock): TextBlock =>
  block.text.charCodeAt(0) === 0xfeff ? { ...block, text: block.text.slice(1) } : block

/** Decodes a stream of bytes. Throws `decode.cell_too_large` where a line does not end within 10 MB. */
export const textBlocks = async function* (source: Bytes, encoding: Encoding): AsyncGenerator<TextBlock> {
  let isFirst = true
  const finish = (block: TextBlock): TextBlock => {
    const clean = isFirst ? withoutBom(block) : block
    isFirst = false
    return clean
  }
  if (encoding.startsWith('utf-16')) {
    const decoder = iconv.getDecoder(encoding)
    for await (const chunk of source) yield finish({ text: decoder.write(chunk), damaged: noDamage })
    yield finish({ text: decoder.end() ?? '', damaged: noDamage })
    return
  }
  let carry: Buffer[] = []
  let carried = 0
  for await (const chunk of source) {
    const feed = chunk.lastIndexOf(lineFeed)
    if (feed === -1) {
      carry.push(chunk)
      carried += chunk.length
      if (carried > cellBytesMax) throw cellTooLarge('line')
      continue
    }
    const head = chunk.subarray(0, feed + 1)
    yield finish(blockOf(carry.length === 0 ? head : Buffer.concat([...carry, head]), encoding))
    carry = feed + 1 < chunk.length ? [chunk.subarray(feed + 1)] : []
    carried = chunk.length - feed - 1
  }
  if (carried > 0) yield finish(blockOf(Buffer.concat(carry), encoding))
}

/** The bytes, as base64, of those lines of `text` that did not decode; null where all did. */
export const damageIn = (text: string, damaged: ReadonlyMap<string, Buffer>): string | null => {
  if (damaged.size === 0 || !text.includes(replacement)) return null
  const bytes = text.split('\n').flatMap((line) => damaged.get(line) ?? damaged.get(`${line}\r`) ?? [])
  return bytes.length === 0 ? null : Buffer.concat(bytes).toString('base64')
}
