/** How the bureau's gateway seals its answers (docs/feeds/security.md): SM4-CBC with a fresh IV, then HMAC-SM3 over IV and cipher text. */
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'

export interface SealedAnswer {
  readonly v: 1
  readonly iv: string
  readonly data: string
  readonly mac: string
}

const derived = (secret: string, use: string): Buffer => createHmac('sm3', secret).update(use).digest()

export const sealAnswer = (secret: string, plain: Buffer): SealedAnswer => {
  const iv = randomBytes(16)
  const cipher = createCipheriv('sm4-cbc', derived(secret, 'answer encryption').subarray(0, 16), iv)
  const data = Buffer.concat([cipher.update(plain), cipher.final()])
  const mac = createHmac('sm3', derived(secret, 'answer authentication')).update(iv).update(data).digest('hex')
  return { v: 1, iv: iv.toString('base64'), data: data.toString('base64'), mac }
}

export interface SignedParts {
  readonly method: string
  readonly path: string
  /** As it was sent, its parts sorted by name. */
  readonly query: string
  readonly timestamp: string
  readonly nonce: string
  readonly body: string
}

export const signatureOf = (secret: string, p: SignedParts): string =>
  createHmac('sm3', derived(secret, 'request signature'))
    .update(
      [p.method, p.path, p.query, p.timestamp, p.nonce, createHash('sm3').update(p.body).digest('hex')].join('\n'),
    )
    .digest('hex')
