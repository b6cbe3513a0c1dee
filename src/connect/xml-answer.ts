/**
 * XML answers of older systems: the records of one element become JSON texts, everything around them the envelope.
 * The body is decoded and parsed in pieces and steps aside between them; a DOCTYPE is refused unread, so that no entity is ever declared.
 */
import { isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { isHubError } from '../kernel/errors.ts'
import { turn } from '../kernel/turn.ts'
import { type Encoding, encodingNamed } from './decode/bytes.ts'
import { connectCodes, connectError } from './errors.ts'
import { createXmlRecords, type XmlBody } from './xml-records.ts'

export type { XmlBody } from './xml-records.ts'

const pieceBytes = 65_536

const wrongEncoding = (context: Readonly<Record<string, unknown>>, cause?: unknown) =>
  connectError(
    connectCodes.wrongEncoding,
    '应答的编码与声明不符',
    'the answer is not in the encoding it declares',
    cause === undefined ? { context } : { context, cause },
  )

const unreadable = (cause: unknown) =>
  connectError(connectCodes.answerUnreadable, '应答不是完整的 XML', 'the answer is no complete XML', {
    retryable: true,
    cause,
  })

const declaration = /^(?:\xEF\xBB\xBF)?<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/

const bomOf = (bytes: Buffer): Encoding | null => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

/** So many bytes beyond ASCII that are valid UTF-8 are never GB18030 by chance: one character in seven is, a dozen in a row are not. */
const tellingBytes = 24

const isReallyUtf8 = (bytes: Buffer): boolean => {
  let beyond = 0
  for (let i = 0; i < bytes.length && beyond < tellingBytes; i++) if ((bytes[i] ?? 0) >= 0x80) beyond++
  return beyond >= tellingBytes && isUtf8(bytes)
}

/** The one encoding that byte order mark, charset and XML declaration agree on; UTF-8 where all are silent (XML 1.0, 4.3.3). */
const encodingOf = (bytes: Buffer, charset: string | null): Encoding => {
  const declared = declaration.exec(bytes.subarray(0, 256).toString('latin1'))?.[1] ?? null
  const named = [charset, declared].filter((name) => name !== null)
  const stated = named.map((name) => encodingNamed(name))
  const bom = bomOf(bytes)
  const said = new Set(bom === null ? stated : [bom, ...stated.map((one) => (one?.startsWith('utf-16') ? bom : one))])
  const [encoding = 'utf-8'] = said
  if (said.size > 1 || encoding === null) throw wrongEncoding({ charset, declared, bom })
  if (encoding === 'gb18030' && isReallyUtf8(bytes)) throw wrongEncoding({ charset, declared, found: 'utf-8' })
  return encoding
}

const charsetIn = (contentType: string | null): string | null =>
  /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? null

/** Decodes piece after piece; null ends it. */
const createDecoder = (encoding: Encoding): ((piece: Buffer | null) => string) => {
  const decoder = new TextDecoder(encoding, { fatal: true })
  return (piece) => {
    try {
      return piece === null ? decoder.decode() : decoder.decode(piece, { stream: true })
    } catch (cause) {
      throw wrongEncoding({ encoding }, cause)
    }
  }
}

/**
 * The records at the path `rows` of element names (root first) as JSON texts, and the rest as the envelope: see `xml-records.ts` for the form.
 * Throws `connect.wrong_encoding`, `connect.doctype_refused`, and `connect.answer_unreadable` (retryable) for a text that is cut or no XML.
 */
export const readXmlRows = async (
  bytes: Buffer,
  contentType: string | null,
  rows: readonly string[],
): Promise<XmlBody> => {
  const decode = createDecoder(encodingOf(bytes, charsetIn(contentType)))
  const records = createXmlRecords(rows)
  const parser = new SaxesParser()
  parser.on('doctype', () => {
    throw connectError(connectCodes.doctypeRefused, '应答含有 DOCTYPE，已拒绝解析', 'the answer holds a DOCTYPE')
  })
  parser.on('opentag', (tag) => records.open(tag.name, tag.attributes))
  parser.on('closetag', () => records.close())
  parser.on('text', (text) => records.text(text))
  parser.on('cdata', (text) => records.text(text))
  parser.on('error', (cause) => {
    throw unreadable(cause)
  })
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      parser.write(decode(bytes.subarray(at, at + pieceBytes)))
      await turn()
    }
    parser.write(decode(null)).close()
  } catch (error) {
    throw isHubError(error) ? error : unreadable(error)
  }
  return records.body()
}
