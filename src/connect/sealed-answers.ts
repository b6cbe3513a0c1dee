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
   * The text in an envelope that was made for the request with this nonce. Throws `connect.envelope_unreadable` (retryable),
   * `connect.mac_mismatch`, `connect.decrypt_failed`, `connect.wrong_encoding`, `connect.answer_replayed`.
   */
  readonly open: (envelope: string, nonce: string) => string
}

const blockBytes = 16
const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
const Envelope = z.object({
  v: z.literal(1),
  iv: base64,
  data: base64,
  mac: z.string().regex(/^[0-9a-f]{64}$/),
})

const unreadable = () =>
  connectError(
    connectCodes.envelopeUnreadable,
    '供数单位的应答不是约定的加密信封',
    'the answer is not the sealed envelope that was agreed',
    { retryable: true },
  )
const mismatch = () =>
  connectError(
    connectCodes.macMismatch,
    '应答的校验码不符：内容被改动或密钥不一致',
    'the answer does not verify: it was altered, or the keys differ',
  )
const undecryptable = () =>
  connectError(
    connectCodes.decryptFailed,
    '应答校验通过但无法解密：双方的加密密钥或方式不一致',
    'the answer verifies and cannot be decrypted: the keys or the ways of encrypting differ',
  )
const noText = () =>
  connectError(connectCodes.wrongEncoding, '解密后的应答不是 UTF-8 编码', 'the decrypted answer is not in UTF-8')
const replayed = () =>
  connectError(
    connectCodes.answerReplayed,
    '应答属于另一次请求（随机数不符），可能被重放',
    'the answer belongs to another request (its nonce differs); it may have been replayed',
  )

/** A key for one use from the shared secret: HMAC-SM3 over the use's name. */
const derived = (secret: Secret, use: string): Buffer => createHmac('sm3', secret.reveal()).update(use).digest()

const readEnvelope = (text: string): { iv: Buffer; data: Buffer; mac: Buffer } => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable()
  }
  const envelope = Envelope.safeParse(value)
  if (!envelope.success) throw unreadable()
  const iv = Buffer.from(envelope.data.iv, 'base64')
  const data = Buffer.from(envelope.data.data, 'base64')
  if (iv.length !== blockBytes || data.length === 0 || data.length % blockBytes !== 0) throw unreadable()
  return { iv, data, mac: Buffer.from(envelope.data.mac, 'hex') }
}

/** SM4-CBC with HMAC-SM3, encrypt-then-MAC, keys derived from the shared secret. */
export const sm4Seal = (secret: Secret): AnswerSeal => {
  const cipherKey = createSecretKey(derived(secret, 'answer encryption').subarray(0, 16))
  const macKey = createSecretKey(derived(secret, 'answer authentication'))
  return {
    open: (envelope, nonce) => {
      const { iv, data, mac } = readEnvelope(envelope)
      if (!timingSafeEqual(createHmac('sm3', macKey).update(iv).update(data).digest(), mac)) throw mismatch()
      let plain: Buffer
      try {
        const decipher = createDecipheriv('sm4-cbc', cipherKey, iv)
        plain = Buffer.concat([decipher.update(data), decipher.final()])
      } catch {
        throw undecryptable()
      }
      let text: string
      try {
        text = new TextDecoder('utf-8', { fatal: true }).decode(plain)
      } catch {
        throw noText()
      }
      if (stringMember(text.slice(0, 200), 'nonce') !== nonce) throw replayed()
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
    open: (answer, headers) => seal.open(answer, headers['x-nonce'] ?? ''),
  }
}
