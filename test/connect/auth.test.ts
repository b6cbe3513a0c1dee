import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmac, hmacSignature } from '../../src/connect/auth.ts'
import { Secret } from '../../src/kernel/secret.ts'

const outgoing = {
  method: 'GET',
  path: '/transport/open/v1/sections',
  query: 'limit=500&since=2024-01-01%2000%3A00%3A00',
  body: '',
}

describe('a signed request', () => {
  it('has the signature that the page of wire formats describes', () => {
    const text = `GET\n/transport/open/v1/sections\nlimit=500&since=2024-01-01%2000%3A00%3A00\n1700000000\nabc\n${createHash('sha256').update('').digest('hex')}`
    const signature = hmacSignature(outgoing, '1700000000', 'abc', 'demo-secret')
    expect(signature).toBe(createHmac('sha256', 'demo-secret').update(text).digest('hex'))
    // The vector itself, so that a change of both sides shows.
    expect(signature).toBe('0c399e380af2f013317fb8b5c549579e1164d487a67c1ff728ba947a0df8129c')
  })

  it('covers every part of the request', () => {
    const of = (part: object) => hmacSignature({ ...outgoing, ...part }, '1700000000', 'abc', 'demo-secret')
    const all = [of({}), of({ method: 'POST' }), of({ path: '/x' }), of({ query: '' }), of({ body: 'x' })]
    expect(new Set(all).size).toBe(5)
  })

  it('never has the same nonce twice', async () => {
    const signer = hmac({ clientId: 'hub', secret: new Secret('demo-secret') })
    const nonces = await Promise.all(
      Array.from({ length: 50 }, async () => (await signer.headers(outgoing, new AbortController().signal))['x-nonce']),
    )
    expect(new Set(nonces).size).toBe(50)
  })
})
