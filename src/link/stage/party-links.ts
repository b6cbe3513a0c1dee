/** Party texts against the register. Resolved are the texts that are new and those that a changed registration could reach, no others. */
import type { Identifier } from '#schemas/canonical/index.ts'
import { canonicalJson } from '#schemas/canonical/position.ts'
import { copyRows } from '../../db/copy.ts'
import { cursorRows } from '../../db/cursor.ts'
import { pacer } from '../../kernel/turn.ts'
import { createRegister } from '../parties/register.ts'
import type { LinkAnswer, LinkSettings, PartyQuery } from '../parties/types.ts'
import { linkEvidenceDigest } from './evidence.ts'
import { currentRegister, followRegister } from './memory.ts'
import type { RegisterNews } from './registrations.ts'
import { type Advance, bytea, byteas } from './scope.ts'
import { analyseWork, hasWork } from './work.ts'

interface PartyRow {
  readonly text: string
  readonly name: string
  readonly code: Identifier | null
  readonly siteUnit: string | null
}

const partySelect = `SELECT encode(p.text_hash, 'hex') AS text, p.name, p.code, p.site_unit AS "siteUnit"
  FROM party p LEFT JOIN party_link l USING (text_hash)`

const query = (p: PartyRow): PartyQuery => ({ name: p.name, code: p.code, siteUnit: p.siteUnit, divisionCode: null })

const textsAtOnce = 5_000

/** Linked texts that the small registers of changed entries, as they are and as they were, could reach. */
const takeReached = async (a: Advance, settings: LinkSettings, news: RegisterNews): Promise<void> => {
  const small = [createRegister(settings, news.changed), createRegister(settings, news.before)]
  const pace = pacer(200)
  const linked = cursorRows<PartyRow>(
    a.client,
    'link_reached',
    `${partySelect} WHERE l.text_hash IS NOT NULL`,
    textsAtOnce,
  )
  for await (const rows of linked) {
    const reached: string[] = []
    for (const p of rows) {
      if (small.some((register) => register.couldReach(query(p)))) reached.push(p.text)
      await pace()
    }
    await a.client.query('INSERT INTO work_resolve (text_hash) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING', [
      byteas(reached),
    ])
  }
}

/**
 * Which texts to resolve: new ones, those whose registration changed or is gone, and those that changed entries could reach. A new or renamed
 * taxpayer re-opens the parties that its blocks reach (decision 13), and so does one that leaves: it may have been what made a name ambiguous. Where
 * a great part of the register changed, every text is.
 */
const takeTexts = async (
  a: Advance,
  settings: LinkSettings,
  reopened: readonly string[],
  news: RegisterNews,
): Promise<void> => {
  await a.client.query(
    `INSERT INTO work_resolve (text_hash) SELECT text_hash FROM work_text WHERE is_fresh
     UNION SELECT text_hash FROM party_link WHERE text_hash = ANY ($1::bytea[])
     UNION SELECT l.text_hash FROM work_registration g JOIN party_link l USING (registration_id)`,
    [byteas(reopened)],
  )
  if (news.isWide)
    await a.client.query('INSERT INTO work_resolve (text_hash) SELECT text_hash FROM party_link ON CONFLICT DO NOTHING')
  else if (news.changed.length > 0 || news.before.length > 0) await takeReached(a, settings, news)
  await analyseWork(a.client, 'work_resolve')
}

interface Judged {
  readonly text: string
  readonly judgementId: bigint
  readonly registrationId: string
  readonly verdict: 'positive' | 'negative' | 'unsure'
  /** Of a rejection: what it was made on; null where that was not kept. */
  readonly proposedDigest: string | null
  /** The register still has the registration that was judged. */
  readonly stands: boolean
}

const judgementsOf = async (client: Advance['client'], texts: readonly string[]): Promise<Map<string, Judged[]>> => {
  const { rows } = await client.query<Judged>(
    `SELECT encode(text_hash, 'hex') AS text, judgement_id AS "judgementId", registration_id AS "registrationId", verdict,
       encode(proposed_digest, 'hex') AS "proposedDigest", EXISTS (SELECT 1 FROM registration r WHERE r.registration_id = j.registration_id) AS stands FROM judgement j
     WHERE kind = 'party' AND text_hash = ANY ($1::bytea[]) AND verdict <> 'undo' AND NOT EXISTS (SELECT 1 FROM judgement u WHERE u.undoes = j.judgement_id)
     ORDER BY judgement_id`,
    [byteas(texts)],
  )
  return Map.groupBy(rows, (r) => r.text) as Map<string, Judged[]>
}

interface Decided extends LinkAnswer {
  readonly judgementId: bigint | null
}

/**
 * A person's word comes first: the newest positive one decides; a rejected registration is no answer, and the party stays unlinked until news gives
 * another. Where the register no longer has what the person named, or other evidence than the person saw speaks for what they rejected, a person must
 * look again (decision 12).
 */
const decide = (answer: LinkAnswer, judged: readonly Judged[]): Decided => {
  const positive = judged.findLast((j) => j.verdict === 'positive')
  if (positive && !positive.stands)
    return {
      ...answer,
      decision: 'review',
      registrationId: positive.registrationId,
      score: 0.5,
      reason: 'judgement.gone' as LinkAnswer['reason'],
      judgementId: positive.judgementId,
    }
  if (positive)
    return {
      ...answer,
      decision: 'link',
      registrationId: positive.registrationId,
      score: 1,
      reason: 'judgement.positive' as LinkAnswer['reason'],
      judgementId: positive.judgementId,
    }
  return rejected(answer, judged) ?? { ...answer, judgementId: null }
}

const rejected = (answer: LinkAnswer, judged: readonly Judged[]): Decided | null => {
  const { registrationId } = answer
  const said = judged.filter((j) => j.verdict === 'negative' && j.registrationId === registrationId)
  if (registrationId === null || said.length === 0) return null
  const digest = linkEvidenceDigest(registrationId, answer.evidence)
  const standing = said.findLast((j) => j.proposedDigest === null || j.proposedDigest === digest)
  if (standing)
    return {
      ...answer,
      decision: 'none',
      registrationId: null,
      reason: 'judgement.negative' as LinkAnswer['reason'],
      judgementId: standing.judgementId,
    }
  return {
    ...answer,
    decision: 'review',
    reason: 'judgement.reopened' as LinkAnswer['reason'],
    judgementId: said.at(-1)!.judgementId,
  }
}

export const linkColumns =
  'text_hash, decision, registration_id, score, reason, evidence, candidates, settings, judgement_id, known_from'

/** What a link says, as text: one that says the same as before keeps the settings version and the tick it was made with. */
const sayingOf = (l: Omit<Decided, 'reason'> & { readonly reason: string }): string =>
  canonicalJson([l.decision, l.registrationId, l.score, l.reason, l.evidence, l.candidates, l.judgementId])

const presentSayings = async (client: Advance['client'], texts: readonly string[]): Promise<Map<string, string>> => {
  const { rows } = await client.query<Decided & { text: string }>(
    `SELECT encode(text_hash, 'hex') AS text, decision, registration_id AS "registrationId", score, reason, evidence, candidates, judgement_id AS "judgementId"
     FROM party_link WHERE text_hash = ANY ($1::bytea[])`,
    [byteas(texts)],
  )
  return new Map(rows.map((r) => [r.text, sayingOf(r)]))
}

const closeLinks = (a: Advance, texts: readonly string[]) =>
  a.client.query(
    `WITH closed AS (DELETE FROM party_link WHERE text_hash = ANY ($1::bytea[]) RETURNING *)
     INSERT INTO party_link_past (${linkColumns}, known_to) SELECT ${linkColumns}, $2 FROM closed WHERE known_from < $2`,
    [byteas(texts), a.to],
  )

/** Stores the links that say something new, and notes their texts. */
const storeLinks = async (a: Advance, links: ReadonlyMap<string, Decided>): Promise<void> => {
  const present = await presentSayings(a.client, [...links.keys()])
  const changed = [...links].filter(([text, link]) => {
    const before = present.get(text)
    return before === undefined || before !== sayingOf(link)
  })
  if (changed.length === 0) return
  const texts = changed.map(([text]) => text)
  if (present.size > 0) await closeLinks(a, texts)
  await copyRows(
    a.client,
    `party_link (${linkColumns})`,
    changed.map(([text, l]) => [
      bytea(text),
      l.decision,
      l.registrationId,
      l.score,
      l.reason,
      canonicalJson(l.evidence),
      canonicalJson(l.candidates),
      a.settingsVersion,
      l.judgementId,
      a.to,
    ]),
  )
  await a.client.query('INSERT INTO work_relinked (text_hash) SELECT unnest($1::bytea[])', [byteas(texts)])
}

const resolveTexts = async (a: Advance, settings: LinkSettings): Promise<void> => {
  const register = await currentRegister(a, settings)
  const pace = pacer(50)
  const texts = cursorRows<PartyRow>(
    a.client,
    'link_texts',
    `${partySelect} JOIN work_resolve USING (text_hash)`,
    textsAtOnce,
  )
  for await (const rows of texts) {
    const judged = await judgementsOf(
      a.client,
      rows.map((r) => r.text),
    )
    const links = new Map<string, Decided>()
    for (const p of rows) {
      links.set(p.text, decide(register.resolve(query(p)), judged.get(p.text) ?? []))
      await pace()
    }
    await storeLinks(a, links)
  }
}

/**
 * Resolves what needs resolving, and notes as relinked the texts whose link, or the taxpayer behind it, is not what it was: also those linked to
 * registrations whose taxpayer or office is another now.
 */
export const updatePartyLinks = async (
  a: Advance,
  settings: LinkSettings,
  reopened: readonly string[],
  news: RegisterNews,
): Promise<void> => {
  followRegister(a, settings, news)
  await takeTexts(a, settings, reopened, news)
  if (await hasWork(a.client, 'work_resolve')) await resolveTexts(a, settings)
  await a.client.query(
    `INSERT INTO work_relinked (text_hash) SELECT l.text_hash FROM work_registration g JOIN party_link l USING (registration_id) WHERE g.is_moved ON CONFLICT DO NOTHING`,
  )
  await analyseWork(a.client, 'work_relinked')
}
