/**
 * Sealing before storing (decision 7): a value becomes `sealed:<blind index>:<subject>:<cipher text>` inside the record's text. The key is the
 * subject's own, so destroying it erases the person from every version; equality survives through the blind index.
 */
import type { Queryable } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import type { SoundRow } from './read-row.ts'

/** Data keys of the subjects, made where there is none yet. A destroyed key gives null: nothing of that person is stored again. */
const subjectKeys = async (
  client: Queryable,
  keyring: Keyring,
  subjects: readonly string[],
): Promise<Map<string, Buffer | null>> => {
  const made = new Map(subjects.map((subject) => [subject, keyring.newDataKey()]))
  const { rows: stored } = await client.query<{ subject: string }>(
    `INSERT INTO subject_key (subject, wrapped_key, created_at)
     SELECT decode(s, 'hex'), decode(k, 'hex'), $3 FROM unnest($1::text[], $2::text[]) AS t (s, k) ORDER BY s ON CONFLICT DO NOTHING
     RETURNING encode(subject, 'hex') AS subject`,
    [subjects, subjects.map((subject) => made.get(subject)!.wrapped.toString('hex')), now()],
  )
  const keys = new Map<string, Buffer | null>(stored.map((r) => [r.subject, made.get(r.subject)!.key]))
  const known = subjects.filter((subject) => !keys.has(subject))
  if (known.length === 0) return keys
  const { rows } = await client.query<{ subject: string; wrapped: string | null }>(
    `SELECT encode(subject, 'hex') AS subject, encode(wrapped_key, 'hex') AS wrapped FROM subject_key
     WHERE subject IN (SELECT decode(s, 'hex') FROM unnest($1::text[]) AS s)`,
    [known],
  )
  for (const r of rows) keys.set(r.subject, r.wrapped === null ? null : keyring.unwrap(Buffer.from(r.wrapped, 'hex')))
  return keys
}

const sealedText = (row: SoundRow, key: Buffer | null, keyring: Keyring): string => {
  const { subject, entries } = row.seal!
  let text = ''
  let from = 0
  for (const entry of [...entries].sort((a, b) => a.start - b.start)) {
    const slice = row.text.slice(entry.start, entry.end)
    const token =
      key === null ? 'sealed:erased' : `sealed:${keyring.blind(slice)}:${subject}:${keyring.seal(key, slice)}`
    text += `${row.text.slice(from, entry.start)}"${token}"`
    from = entry.end
  }
  return text + row.text.slice(from)
}

/** Texts as they may be stored, in the order of `rows`. */
export const sealRows = async (client: Queryable, keyring: Keyring, rows: readonly SoundRow[]): Promise<string[]> => {
  const subjects = [...new Set(rows.flatMap((r) => (r.seal ? [r.seal.subject] : [])))]
  if (subjects.length === 0) return rows.map((r) => r.text)
  const keys = await subjectKeys(client, keyring, subjects)
  return rows.map((r) => (r.seal ? sealedText(r, keys.get(r.seal.subject) ?? null, keyring) : r.text))
}
