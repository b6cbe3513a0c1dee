import { randomBytes, randomFillSync } from 'node:crypto'

/** Crockford's base32 in lower case: no i, l, o, u, so an id read over the telephone survives. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const base32 = (bytes: Uint8Array): string => {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >>> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return text
}

const idBytes = 10
/** Random bytes drawn ahead, since asking for ten costs as much as asking for thousands. Ids only: secrets are drawn one by one. */
const pool = Buffer.alloc(idBytes * 400)
let used = pool.length

const drawn = (): Uint8Array => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += idBytes
  return pool.subarray(used - idBytes, used)
}

/** An opaque id: `<prefix>_` and 80 random bits as 16 characters, e.g. `run_7h2k9x0c4m8q3t6v`. Says nothing about order or content. */
export const newId = (prefix: string): string => `${prefix}_${base32(drawn())}`

/** True for a string of the shape `newId(prefix)` gives; for refusing a mistyped id before asking the database. */
export const isId = (prefix: string, text: string): boolean =>
  text.length === prefix.length + 17 &&
  text.startsWith(`${prefix}_`) &&
  /^[0-9a-hjkmnp-tv-z]{16}$/.test(text.slice(-16))

/** A secret a machine carries (API key, token): prefix and 160 random bits. */
export const newSecret = (prefix: string): string => `${prefix}_${base32(randomBytes(20))}`
