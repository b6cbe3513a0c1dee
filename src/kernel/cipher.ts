/**
 * The national ciphers behind one interface: SM3 digests, SM4-CBC with HMAC-SM3 (encrypt, then authenticate). GM/T 0002, 0004; GB/T 39786.
 * node:crypto offers both and no SM4-GCM; a hardware module would stand behind the same functions.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto'
import { HubError } from './errors.ts'

/** SM3 of text or bytes, as hex. */
export const sm3 = (input: string | Uint8Array): string => createHash('sm3').update(input).digest('hex')

/** A running SM3, for what is too large to hold. */
export const sm3Stream = () => createHash('sm3')

/** 128 bits of SHA-256 as hex: identity of keys and contents inside the hub, where speed counts and no law asks for SM3. */
export const fingerprint = (text: string): string => hash('sha256', text, 'hex').slice(0, 32)

const label = (master: Buffer, purpose: string): Buffer =>
  createHmac('sm3', master).update(`jingwei ${purpose}`).digest()

export interface Keyring {
  /** Equality without the value: keyed, so that a list of identity numbers cannot be tried against it. 32 hex digits. */
  blind(value: string): string
  /** A fresh data key, wrapped by the master key: only the wrapped form is stored. */
  newDataKey(): { readonly key: Buffer; readonly wrapped: Buffer }
  unwrap(wrapped: Buffer): Buffer
  seal(key: Buffer, value: string): string
  /** HubError `cipher.tampered` where the text is not what `seal` gave. */
  open(key: Buffer, sealed: string): string
  /** A key for one purpose, derived from the master key (database passwords, session cookies). */
  derive(purpose: string): Buffer
}

// Key objects throughout: given bytes, node:crypto makes one at every call, at four times the cost of the work itself.
interface KeyPair {
  readonly cipher: KeyObject
  readonly mac: KeyObject
}

const pairs = new WeakMap<Buffer, KeyPair>()

/** The two keys that the bytes stand for, made once for each buffer: a record's fields are sealed under one. */
const pairOf = (key: Buffer): KeyPair => {
  const known = pairs.get(key)
  if (known !== undefined) return known
  const made = { cipher: createSecretKey(key.subarray(0, 16)), mac: createSecretKey(key) }
  pairs.set(key, made)
  return made
}

const ivBytes = 16
const ivPool = Buffer.alloc(ivBytes * 1_024)
let ivAt = ivPool.length

/** A fresh random vector. The system is asked for many at once: for sixteen bytes the asking is most of the cost. */
const newIv = (): Buffer => {
  if (ivAt === ivPool.length) {
    randomFillSync(ivPool)
    ivAt = 0
  }
  const iv = Buffer.from(ivPool.subarray(ivAt, ivAt + ivBytes))
  ivAt += ivBytes
  return iv
}

const encrypt = (key: Buffer, plain: Buffer): Buffer => {
  const pair = pairOf(key)
  const iv = newIv()
  const cipher = createCipheriv('sm4-cbc', pair.cipher, iv)
  const body = Buffer.concat([iv, cipher.update(plain), cipher.final()])
  return Buffer.concat([body, createHmac('sm3', pair.mac).update(body).digest()])
}

const decrypt = (key: Buffer, bytes: Buffer): Buffer => {
  const body = bytes.subarray(0, -32)
  const isGenuine =
    bytes.length >= 64 && timingSafeEqual(createHmac('sm3', pairOf(key).mac).update(body).digest(), bytes.subarray(-32))
  if (!isGenuine) {
    throw new HubError({
      code: 'cipher.tampered',
      publicMessage: {
        zh: '密文校验失败：数据或密钥不符',
        en: 'sealed data does not verify: wrong key or altered data',
      },
    })
  }
  const decipher = createDecipheriv('sm4-cbc', pairOf(key).cipher, body.subarray(0, 16))
  return Buffer.concat([decipher.update(body.subarray(16)), decipher.final()])
}

/** @param master 32 random bytes; who holds them can read what is sealed */
export const createKeyring = (master: Buffer): Keyring => {
  const wrapKey = label(master, 'wrap')
  const blindKey = createSecretKey(label(master, 'blind'))
  return {
    blind: (value) => createHmac('sha256', blindKey).update(value).digest('hex').slice(0, 32),
    newDataKey: () => {
      const key = randomBytes(32)
      return { key, wrapped: encrypt(wrapKey, key) }
    },
    unwrap: (wrapped) => decrypt(wrapKey, wrapped),
    seal: (key, value) => encrypt(key, Buffer.from(value, 'utf8')).toString('base64'),
    open: (key, sealed) => decrypt(key, Buffer.from(sealed, 'base64')).toString('utf8'),
    derive: (purpose) => label(master, `derive ${purpose}`),
  }
}
