/** Taking back what a person said: every judgement of the act by a row of its own. What was said before stands again, and nothing else changes. */
import type { PoolClient } from 'pg'
import { sm3 } from '../../kernel/cipher.ts'
import { type Act, type Plan, refuse } from './act.ts'

type Undo = Extract<Act, { verb: 'undo' }>

interface Said {
  readonly id: bigint
  readonly act: bigint | null
  readonly kind: 'party' | 'record'
  readonly verdict: string
  readonly feed: string | null
  readonly key: string | null
  readonly other: string | null
  readonly role: string | null
  readonly text: string | null
  readonly isUndone: boolean
}

const judgements = async (client: PoolClient, where: string, id: string): Promise<Said[]> =>
  (
    await client.query<Said>(
      `SELECT judgement_id AS id, act_id AS act, kind, verdict, feed, encode(key_hash, 'hex') AS key, encode(other_key_hash, 'hex') AS other, role,
         encode(text_hash, 'hex') AS text, EXISTS (SELECT FROM judgement u WHERE u.undoes = j.judgement_id) AS "isUndone"
       FROM judgement j WHERE ${where} ORDER BY judgement_id`,
      [id],
    )
  ).rows

/** The judgements of an act, or one that was made before acts were kept. */
const saidBy = async (client: PoolClient, undo: Undo): Promise<Said[]> => {
  if ('act' in undo) return judgements(client, 'act_id = $1', undo.act)
  const [one] = await judgements(client, 'judgement_id = $1', undo.judgement)
  if (!one || one.text !== undo.textHash) return []
  return one.act === null ? [one] : judgements(client, 'act_id = $1', one.act.toString())
}

/** Throws `judgement.unknown`, `.already_undone`. */
export const planUndo = async (client: PoolClient, undo: Undo): Promise<Plan> => {
  const said = await saidBy(client, undo)
  const [first] = said
  if (!first || first.verdict === 'undo') throw refuse('judgement.unknown')
  if (said.some((j) => j.isUndone)) throw refuse('judgement.already_undone')
  const keys = said.flatMap((j) => [j.key, j.other].filter((key) => key !== null))
  return {
    verb: 'undo',
    subject: `undo ${first.act === null ? `judgement ${first.id}` : first.act}`,
    textHash: first.text,
    keyHashes: first.kind === 'record' ? [...new Set(keys)].sort() : [],
    undoes: first.act,
    rows: said.map((j) => ({
      kind: j.kind,
      verdict: 'undo',
      feed: j.feed,
      keyHash: j.key,
      otherKeyHash: j.other,
      role: j.role,
      textHash: j.text,
      undoes: j.id,
    })),
    digest: sm3(said.map((j) => j.id).join(' ')),
    alias: null,
  }
}
