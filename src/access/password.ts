/** Passwords of people: scrypt (RFC 7914), its parameters and salt beside the digest, so that they can grow without a migration. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

// OWASP's second choice after Argon2id: N=2^17, r=8, p=1, 128 MiB and about 0.3 s. The thread pool runs four at a time at most.
const cost = { N: 131_072, r: 8, p: 1 } as const
const digestBytes = 32

const derive = (password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, bytes, { ...options, maxmem: 256 * 1_024 * 1_024 }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  )

/** `scrypt$N$r$p$salt$digest`, salt and digest in base64url. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16)
  const digest = await derive(password, salt, digestBytes, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), digest.toString('base64url')].join('$')
}

/** True where this is the password behind the hash. A hash of unknown form fits nothing. */
export const isPassword = async (password: string, stored: string): Promise<boolean> => {
  const [scheme, n, r, p, salt, digest] = stored.split('$')
  if (scheme !== 'scrypt' || !n || !r || !p || !salt || !digest) return false
  const wanted = Buffer.from(digest, 'base64url')
  const options = { N: Number(n), r: Number(r), p: Number(p) }
  const given = await derive(password, Buffer.from(salt, 'base64url'), wanted.length, options)
  return timingSafeEqual(given, wanted)
}

const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/]
export const passwordCharsMax = 200

/** 等保 2.0 level 3 asks for complexity: 10 characters, three kinds of four, and never the user's own name. */
export const isStrongPassword = (password: string, userName: string): boolean =>
  [...password].length >= 10 &&
  password.length <= passwordCharsMax &&
  kinds.filter((kind) => kind.test(password)).length >= 3 &&
  !password.toLowerCase().includes(userName.toLowerCase())
