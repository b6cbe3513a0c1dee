/**
 * Signed requests whose answers come encrypted: SM4-CBC, then HMAC-SM3 over IV and cipher text (docs/feeds/security.md; GM/T 0002, 0004).
 * The MAC is checked before anything is decrypted, and the request's nonce stands inside, so that no answer serves for another request.
 * Errors say what failed and never a byte of the body. A hardware module would stand behind `AnswerSeal`.
 */
import { createDecipheriv, createHash, createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { now } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Authenticator, Credentials, Outgoing } from './auth.ts'
import { connectCodes, connectError } from './errors.ts'
import { stringMember } from './json-rows.ts'

/** Opens what one department sealed with the secret it shares with the hub. */
export interface AnswerSeal {
  /**
   * The text in an envelope that was made for the request with this nonce; `source` says in errors which answer it was. Throws `connect.envelope_unreadable` (retryable),
   * `connect.mac_mismatch`, `connect.decrypt_failed`, `connect.wrong_encoding`, `connect.answer_replayed`.
   */
  readonly open: (envelope: string, nonce: string, source: string) => string
}

const blockBytes = 16
const Envelope = z.object({
  v: z.literal(1),
  iv: z.string(),
  data: z.string(),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
})

const unreadable = (source: string) =>
  connectError(
    connectCodes.envelopeUnreadable,
    '供数单位的应答不是约定的加密信封',
    'the answer is not the sealed envelope that was agreed',
    { retryable: true, context: { source } },
  )
const mismatch = (source: string) =>
  connectError(
    connectCodes.macMismatch,
    '应答的校验码不符：内容被改动或密钥不一致',
    'the answer does not verify: it was altered, or the keys differ',
    { context: { source } },
  )
const undecryptable = (source: string) =>
  connectError(
    connectCodes.decryptFailed,
    '应答校验通过但无法解密：双方的加密密钥或方式不一致',
    'the answer verifies and cannot be decrypted: the keys or the ways of encrypting differ',
    { context: { source } },
  )
const noText = (source: string) =>
  connectError(connectCodes.wrongEncoding, '解密后的应答不是 UTF-8 编码', 'the decrypted answer is not in UTF-8', {
    context: { source },
  })
const replayed = (source: string) =>
  connectError(
    connectCodes.answerReplayed,
    '应答属于另一次请求（随机数不符），可能被重放',
    'the answer belongs to another request (its nonce differs); it may have been replayed',
    { context: { source } },
  )

/** A key for one use from the shared secret: HMAC-SM3 over the use's name. */
const derived = (secret: Secret, use: string): Buffer => createHmac('sm3', secret.reveal()).update(use).digest()

/** Bytes of base64; null for anything else, which Buffer would read as far as it goes. */
const bytesOf = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

const readEnvelope = (text: string, source: string): { iv: Buffer; data: Buffer; mac: Buffer } => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable(source)
  }
  const envelope = Envelope.safeParse(value)
  if (!envelope.success) throw unreadable(source)
  const iv = bytesOf(envelope.data.iv)
  const data = bytesOf(envelope.data.data)
  if (iv?.length !== blockBytes || !data?.length || data.length % blockBytes !== 0) throw unreadable(source)
  return { iv, data, mac: Buffer.from(envelope.data.mac, 'hex') }
}

/** SM4-CBC with HMAC-SM3, encrypt-then-MAC, keys derived from the shared secret. */
export const sm4Seal = (secret: Secret): AnswerSeal => {
  const cipherKey = createSecretKey(derived(secret, 'answer encryption').subarray(0, 16))
  const macKey = createSecretKey(derived(secret, 'answer authentication'))
  return {
    open: (envelope, nonce, source) => {
      const { iv, data, mac } = readEnvelope(envelope, source)
      if (!timingSafeEqual(createHmac('sm3', macKey).update(iv).update(data).digest(), mac)) throw mismatch(source)
      let plain: Buffer
      try {
        const decipher = createDecipheriv('sm4-cbc', cipherKey, iv)
        plain = Buffer.concat([decipher.update(data), decipher.final()])
      } catch {
        throw undecryptable(source)
      }
      let text: string
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(plain)
      } catch {
        throw noText(source)
      }
      if (stringMember(text.slice(0, 200), 'nonce') !== nonce) throw replayed(source)
      return text
    },
  }
}

/** Hex HMAC-SM3 over method, path, query, timestamp, nonce and the body's SM3, one a line. */
export const sm3Signature = (outgoing: Outgoing, timestamp: string, nonce: string, secret: Secret): string => {
  const bodyDigest = createHash('sm3').update(outgoing.body).digest('hex')
  const text = [outgoing.method, outgoing.path, outgoing.query, timestamp, nonce, bodyDigest].join('\n')
  return createHmac('sm3', derived(secret, 'request signature')).update(text).digest('hex')
}

/** Signs each attempt with a timestamp and nonce of its own and opens the answer that bears that nonce. */
export const sealedAnswers = ({ clientId, secret }: Credentials): Authenticator => {
  const seal = sm4Seal(secret)
  return {
    headers: async (outgoing) => {
      const timestamp = String(Math.floor(now().getTime() / 1_000))
      const nonce = randomBytes(16).toString('hex')
      return {
        'x-app-id': clientId,
        'x-timestamp': timestamp,
        'x-nonce': nonce,
        'x-signature': sm3Signature(outgoing, timestamp, nonce, secret),
      }
    },
    open: (answer, headers, source) => seal.open(answer, headers['x-nonce'] ?? '', source),
  }
}
