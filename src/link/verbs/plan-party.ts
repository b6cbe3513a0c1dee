/** A person's word on a party text: is it that registration, is it not, or can nobody say. */
import type { PoolClient } from 'pg'
import { sm3 } from '../../kernel/cipher.ts'
import { today } from '../../kernel/clock.ts'
import { foldName } from '../../normalise/values/index.ts'
import { linkEvidenceDigest, notFirst } from '../stage/evidence.ts'
import { type Act, type AliasWish, type JudgementRow, type Plan, refuse } from './act.ts'
import { shownText } from './shown.ts'

type PartyAct = Extract<Act, { verb: 'confirm' | 'reject' | 'doubt' }>

interface Shown {
  readonly name: string
  readonly registrationId: string | null
  readonly evidence: readonly unknown[]
  readonly candidates: readonly { readonly registrationId: string }[]
  readonly text: string
  readonly key: string | null
  readonly feed: string | null
  readonly role: string | null
}

/** What the judge had before them: the link as it stands, and one mention for the judgement to hang on. */
const shown = async (client: PoolClient, textHash: string): Promise<Shown> => {
  const { rows } = await client.query<Shown>(
    `SELECT p.name, l.registration_id AS "registrationId", l.evidence, l.candidates, ${shownText} AS text, encode(m.key_hash, 'hex') AS key, m.feed, m.role
     FROM party_link l JOIN party p USING (text_hash)
       LEFT JOIN LATERAL (SELECT * FROM mention WHERE mention.text_hash = l.text_hash ORDER BY key_hash, role, seq LIMIT 1) m ON true
     WHERE l.text_hash = decode($1, 'hex') FOR UPDATE OF l`,
    [textHash],
  )
  if (rows[0]) return rows[0]
  throw refuse('judgement.unknown_party')
}

interface Standing {
  readonly registrationId: string | null
  readonly verdict: 'positive' | 'negative' | 'unsure'
  readonly proposedDigest: string | null
}

const standing = async (client: PoolClient, textHash: string): Promise<Standing[]> =>
  (
    await client.query<Standing>(
      `SELECT registration_id AS "registrationId", verdict, encode(proposed_digest, 'hex') AS "proposedDigest" FROM judgement j
       WHERE kind = 'party' AND text_hash = decode($1, 'hex') AND verdict <> 'undo' AND NOT EXISTS (SELECT FROM judgement u WHERE u.undoes = j.judgement_id)`,
      [textHash],
    )
  ).rows

const requireRegistration = async (client: PoolClient, registrationId: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT FROM registration WHERE registration_id = $1', [registrationId])
  if (rowCount === 0) throw refuse('judgement.unknown_registration')
}

/** The registration that the stored evidence is about: the linked one, else the likeliest. */
const proposed = (seen: Shown): string | null => seen.registrationId ?? seen.candidates[0]?.registrationId ?? null

const digestFor = (seen: Shown, registrationId: string): string =>
  proposed(seen) === registrationId ? linkEvidenceDigest(registrationId, seen.evidence) : notFirst

/** One thing is said of a registration at a time; other evidence than a rejection was made on may be judged anew. */
const checkStanding = (said: readonly Standing[], verb: PartyAct['verb'], registrationId: string, digest: string) => {
  const positive = said.find((j) => j.verdict === 'positive')
  const negative = said.some(
    (j) =>
      j.verdict === 'negative' &&
      j.registrationId === registrationId &&
      (j.proposedDigest === null || j.proposedDigest === digest),
  )
  if (verb === 'confirm' && positive)
    throw refuse(positive.registrationId === registrationId ? 'judgement.already_judged' : 'judgement.conflict')
  if (verb === 'confirm' && negative) throw refuse('judgement.conflict')
  if (verb === 'reject' && positive?.registrationId === registrationId) throw refuse('judgement.conflict')
  if (verb === 'reject' && negative) throw refuse('judgement.already_judged')
}

const yearsMax = 5

const aliasOf = (wish: AliasWish | undefined, registrationId: string, name: string): Plan['alias'] => {
  if (wish === undefined) return null
  const first = today()
  const last = `${Number(first.slice(0, 4)) + yearsMax}${first.slice(4)}`
  if (wish.validUntil <= first || wish.validUntil > last) throw refuse('judgement.bad_alias')
  return { ...wish, registrationId, name: foldName(name) }
}

const verdicts = { confirm: 'positive', reject: 'negative', doubt: 'unsure' } as const

/** Throws `judgement.unknown_party`, `.unknown_registration`, `.already_judged`, `.conflict`, `.stale`, `.bad_alias`. */
export const planParty = async (client: PoolClient, act: PartyAct): Promise<Plan> => {
  const seen = await shown(client, act.textHash)
  const digest = sm3(seen.text)
  if (act.seen !== undefined && act.seen !== digest) throw refuse('judgement.stale')
  const registrationId = act.registrationId ?? (act.verb === 'doubt' ? seen.registrationId : proposed(seen))
  if (registrationId === null && act.verb !== 'doubt') throw refuse('judgement.unknown_registration')
  if (registrationId !== null) await requireRegistration(client, registrationId)
  const proposedDigest = act.verb === 'reject' && registrationId !== null ? digestFor(seen, registrationId) : null
  if (registrationId !== null)
    checkStanding(await standing(client, act.textHash), act.verb, registrationId, digestFor(seen, registrationId))
  const row: JudgementRow = {
    kind: 'party',
    verdict: verdicts[act.verb],
    feed: seen.feed,
    keyHash: seen.key,
    role: seen.role,
    textHash: act.textHash,
    registrationId,
    proposedDigest,
  }
  return {
    verb: act.verb,
    subject: `party ${act.textHash}`,
    textHash: act.textHash,
    keyHashes: [],
    undoes: null,
    rows: [row],
    digest,
    alias: act.verb === 'confirm' && registrationId !== null ? aliasOf(act.alias, registrationId, seen.name) : null,
  }
}
