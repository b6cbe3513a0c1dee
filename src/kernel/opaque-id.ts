/** Hashes as ids for the outside: `r_` a record, `p_` a party text. The base32 of all bytes, so that the way back needs no table. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const values = new Map([...alphabet].map((character, value) => [character, value]))

const encode = (bytes: Uint8Array): string => {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >>> bits) & 31]
    }
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

const decode = (text: string): Buffer | null => {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const character of text) {
    const value = values.get(character)
    if (value === undefined) return null
    held = ((held << 5) | value) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >>> bits) & 255)
    }
  }
  return Buffer.from(bytes)
}

const opaque = (prefix: string) => ({
  of: (hash: Uint8Array): string => `${prefix}_${encode(hash)}`,
  /** The hash behind an id; null for what is no such id. */
  hashOf: (id: string): Buffer | null => {
    if (!id.startsWith(`${prefix}_`)) return null
    const hash = decode(id.slice(prefix.length + 1))
    return hash !== null && hash.length > 0 && `${prefix}_${encode(hash)}` === id ? hash : null
  },
})

export const recordId = opaque('r')
export const partyId = opaque('p')

/** A project's id outside: `P` and its number. */
export const projectId = {
  of: (id: bigint): string => `P${id}`,
  /** The number behind `P12`; null for what is no such id. */
  numberOf: (text: string): bigint | null => (/^P[1-9]\d{0,17}$/.test(text) ? BigInt(text.slice(1)) : null),
}
