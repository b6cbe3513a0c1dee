import { knownSecrets } from './secret.ts'

/**
 * What must not reach a log line: secrets by value, identifiers by shape.
 * Company codes (18 characters, mostly with letters) are public and stay; a citizen's number is told from them by its embedded date.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // GB 11643 identity number: 6 region digits, 8 digits of a date, 3 digits, check digit; and its 15-digit form.
  [
    /(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])/g,
    '[id-card]',
  ],
  [/(?<![0-9A-Za-z])[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])/g, '[id-card]'],
  [/(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])/g, '[phone]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [token]'],
  // Our own tokens and keys: prefix and 160 bits of base32.
  [/\b[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{32}\b/g, '[token]'],
  [/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/g, '[token]'],
  [/(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g, '***'],
]

const escapedForms = new Map<string, string>()

/** As it stands inside a JSON text; asked for with every line, so it is kept. */
const escapeForJson = (secret: string): string => {
  const kept = escapedForms.get(secret)
  if (kept !== undefined) return kept
  const escaped = JSON.stringify(secret).slice(1, -1)
  escapedForms.set(secret, escaped)
  return escaped
}

/** The text with every known secret and every identifier by shape replaced. Works on plain text and on JSON lines. */
export const redact = (text: string): string => {
  let clean = text
  for (const secret of knownSecrets()) {
    if (clean.includes(secret)) clean = clean.replaceAll(secret, '***')
    const escaped = escapeForJson(secret)
    if (escaped !== secret && clean.includes(escaped)) clean = clean.replaceAll(escaped, '***')
  }
  for (const [shape, mark] of shapes) clean = clean.replace(shape, mark)
  return clean
}
