import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sealedAnswers, sm3Signature, sm4Seal } from '../../src/connect/sealed-answers.ts'
import { Secret } from '../../src/kernel/secret.ts'

const secret = 'shared-by-both-sides'
const nonce = '0123456789abcdef0123456789abcdef'
const plain = `{"nonce":"${nonce}","code":"0","total":1,"rows":[{"cqrzjhm":"41992019900101001X"}]}`

const derived = (of: string, use: string): Buffer => createHmac('sm3', of).update(use).digest()

/** An envelope as docs/feeds/security.md says, written here once more and not taken from either side. */
const envelope = (
  o: { text?: string | Buffer; cipher?: string; mac?: string; data?: (data: Buffer) => Buffer } = {},
) => {
  const iv = Buffer.alloc(16, 7)
  const cipher = createCipheriv('sm4-cbc', derived(o.cipher ?? secret, 'answer encryption').subarray(0, 16), iv)
  const sealed = Buffer.concat([cipher.update(o.text ?? plain), cipher.final()])
  const data = o.data?.(sealed) ?? sealed
  const mac = createHmac('sm3', derived(o.mac ?? secret, 'answer authentication'))
    .update(iv)
    .update(data)
    .digest('hex')
  return { v: 1, iv: iv.toString('base64'), data: data.toString('base64'), mac }
}
const seal = sm4Seal(new Secret(secret))
const errorOf = (text: string, by = seal): { code: string; all: string } => {
  try {
    by.open(text, nonce, '/gateway/v1/rentals')
  } catch (error) {
    const { code, context, publicMessage, message, cause } = error as Record<string, unknown>
    return { code: String(code), all: JSON.stringify([context, publicMessage, message, cause ?? null]) }
  }
  return { code: 'no error', all: '' }
}
const json = (value: unknown): string => JSON.stringify(value)

describe('the national ciphers of this runtime', () => {
  it('agree with the published vectors', () => {
    expect(createHash('sm3').update('abc').digest('hex')).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    )
    const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex')
    // One block under an IV of zeros is the block cipher itself.
    const cipher = createCipheriv('sm4-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
    expect(Buffer.concat([cipher.update(key), cipher.final()]).toString('hex')).toBe('681edf34d206965e86b3e94f536e4246')
  })
})

describe('a sealed answer', () => {
  it('opens for the request that it answers', () => {
    expect(seal.open(json(envelope()), nonce, '')).toBe(plain)
  })

  it('is refused for any other request', () => {
    expect(errorOf(json(envelope({ text: plain.replace(nonce, 'f'.repeat(32)) }))).code).toBe('connect.answer_replayed')
    expect(errorOf(json(envelope({ text: '{"rows":[]}' }))).code).toBe('connect.answer_replayed')
  })

  it('is refused before it is decrypted where a bit of it, its IV or its MAC differs, or the key is another', () => {
    const right = envelope()
    const flipped = (text: string): string => {
      const bytes = Buffer.from(text, 'base64')
      bytes[3] = (bytes[3] ?? 0) ^ 1
      return bytes.toString('base64')
    }
    for (const wrong of [
      { ...right, iv: flipped(right.iv) },
      { ...right, data: flipped(right.data) },
      { ...right, mac: right.mac.replace(/^./, (c) => (c === '0' ? '1' : '0')) },
      envelope({ mac: 'another secret' }),
      envelope({ mac: 'another secret', cipher: 'another secret' }),
      // Broken cipher text under a MAC that does not fit it: nothing is decrypted, so the padding is never asked.
      { ...right, data: Buffer.alloc(32).toString('base64') },
    ])
      expect(errorOf(json(wrong)).code).toBe('connect.mac_mismatch')
  })

  it('is refused where the MAC fits and the rest does not', () => {
    expect(errorOf(json(envelope({ data: (data) => data.subarray(0, data.length - 16) }))).code).toBe(
      'connect.decrypt_failed',
    )
    expect(errorOf(json(envelope({ text: Buffer.from([0xb3, 0xf6, 0xd7, 0xe2]) }))).code).toBe('connect.wrong_encoding')
  })

  it.each([
    'no JSON',
    '[]',
    '{}',
    json({ ...envelope(), v: 2 }),
    json({ ...envelope(), iv: 'AAAA' }),
    json({ ...envelope(), data: '' }),
    json({ ...envelope(), data: 'AAAA' }),
    json({ ...envelope(), data: '***' }),
    json({ ...envelope(), mac: 'abc' }),
    plain,
  ])('is no envelope: %s', (text) => {
    expect(errorOf(text).code).toBe('connect.envelope_unreadable')
  })

  it('leaves nothing of its body or keys in any error', () => {
    const texts = [
      json(envelope({ text: plain.replace(nonce, 'f'.repeat(32)) })),
      json(envelope({ mac: 'x' })),
      json(envelope({ data: (data) => data.subarray(0, 16) })),
      plain,
    ]
    for (const text of texts) {
      const { code, all } = errorOf(text)
      expect(code).toMatch(/^connect\./)
      expect(all).not.toMatch(/4199|rows|cqrz|shared-by/)
      expect(all).not.toContain(envelope().data.slice(0, 12))
    }
  })
})

describe('a signed request', () => {
  const outgoing = { method: 'GET', path: '/gateway/v1/seals', query: 'page=1&size=500', body: '' }

  it('bears a nonce of its own each time, and its answer must bear the same', async () => {
    const auth = sealedAnswers({ clientId: 'jingwei-hub', secret: new Secret(secret) })
    const { signal } = new AbortController()
    const [one, two] = [await auth.headers(outgoing, signal), await auth.headers(outgoing, signal)]
    expect(one['x-nonce']).toMatch(/^[0-9a-f]{32}$/)
    expect(one['x-nonce']).not.toBe(two['x-nonce'])
    const answer = json(envelope({ text: `{"nonce":"${one['x-nonce']}","rows":[]}` }))
    expect(auth.open?.(answer, one, '')).toContain('"rows":[]')
    expect(() => auth.open?.(answer, two, '')).toThrow()
  })

  it('signs method, path, query, time, nonce and body', () => {
    const sign = (o = outgoing, at = '1716163200', by = nonce): string => sm3Signature(o, at, by, new Secret(secret))
    const text = ['GET', outgoing.path, outgoing.query, '1716163200', nonce, createHash('sm3').update('').digest('hex')]
    expect(sign()).toBe(createHmac('sm3', derived(secret, 'request signature')).update(text.join('\n')).digest('hex'))
    const others = [
      sign({ ...outgoing, method: 'POST' }),
      sign({ ...outgoing, path: '/x' }),
      sign({ ...outgoing, query: 'page=2' }),
      sign({ ...outgoing, body: '{}' }),
      sign(outgoing, '1716163201'),
      sign(outgoing, '1716163200', 'f'.repeat(32)),
    ]
    expect(new Set([sign(), ...others]).size).toBe(7)
  })
})
