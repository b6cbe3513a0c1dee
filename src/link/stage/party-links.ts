/** Party texts against the register. Resolved are the texts that are new and those that a changed registration could reach, no others. */
import type { Identifier } from '#schemas/canonical/index.ts'
import { canonicalJson } from '#schemas/canonical/position.ts'
import { copyRows } from '../../db/copy.ts'
import { pacer } from '../../kernel/turn.ts'
import { createRegister } from '../parties/register.ts'
import type { LinkAnswer, LinkSettings, PartyQuery } from '../parties/types.ts'
import { currentRegister, followRegister } from './memory.ts'
import type { RegisterNews } from './registrations.ts'
import { type Advance, bytea, byteas } from './scope.ts'

interface PartyRow {
  readonly text: string
  readonly name: string
  readonly code: Identifier | null
  readonly siteUnit: string | null
  readonly registrationId: string | null
}

const partySelect = `SELECT encode(p.text_hash, 'hex') AS text, p.name, p.code, p.site_unit AS "siteUnit", l.registration_id AS "registrationId"
  FROM party p LEFT JOIN party_link l USING (text_hash)`

const query = (p: PartyRow): PartyQuery => ({ name: p.name, code: p.code, siteUnit: p.siteUnit, divisionCode: null })

/**
 * Which texts to resolve: new ones, those whose registration changed or is gone, and those that the small registers of changed entries, as they
 * are and as they were, could reach. A new or renamed taxpayer re-opens the parties that its blocks reach (decision 13), and so does one that
 * leaves: it may have been what made a name ambiguous.
 */
const textsToResolve = async (
  a: Advance,
  settings: LinkSettings,
  fresh: ReadonlySet<string>,
  reopened: readonly string[],
  news: RegisterNews,
): Promise<PartyRow[]> => {
  if (news.changed.length === 0 && news.removed.length === 0) {
    return (
      await a.client.query<PartyRow>(
        `${partySelect} WHERE p.text_hash = ANY ($1::bytea[]) OR l.text_hash = ANY ($2::bytea[]) ORDER BY p.text_hash`,
        [byteas(fresh), byteas(reopened)],
      )
    ).rows
  }
  const { rows } = await a.client.query<PartyRow>(
    `${partySelect} WHERE l.text_hash IS NOT NULL OR p.text_hash = ANY ($1::bytea[]) ORDER BY p.text_hash`,
    [byteas(fresh)],
  )
  const asked = new Set([...fresh, ...reopened])
  const touched = new Set([...news.changed.map((c) => c.registrationId), ...news.removed])
  const small = [createRegister(settings, news.changed), createRegister(settings, news.before)]
  const pace = pacer(200)
  const chosen: PartyRow[] = []
  for (const p of rows) {
    if (
      asked.has(p.text) ||
      (p.registrationId !== null && touched.has(p.registrationId)) ||
      small.some((register) => register.couldReach(query(p)))
    )
      chosen.push(p)
    await pace()
  }
  return chosen
}

interface Judged {
  readonly text: string
  readonly judgementId: bigint
  readonly registrationId: string
  readonly verdict: 'positive' | 'negative' | 'unsure'
  /** The register still has the registration that was judged. */
  readonly stands: boolean
}

const judgementsOf = async (client: Advance['client'], texts: readonly string[]): Promise<Map<string, Judged[]>> => {
  const { rows } = await client.query<Judged>(
    `SELECT encode(text_hash, 'hex') AS text, judgement_id AS "judgementId", registration_id AS "registrationId", verdict,
       EXISTS (SELECT 1 FROM registration r WHERE r.registration_id = j.registration_id) AS stands FROM judgement j
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
 * another. Where the register no longer has what the person named, a person must look again (decision 12).
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
  const rejected = judged.findLast((j) => j.verdict === 'negative' && j.registrationId === answer.registrationId)
  if (!rejected) return { ...answer, judgementId: null }
  return {
    ...answer,
    decision: 'none',
    registrationId: null,
    reason: 'judgement.negative' as LinkAnswer['reason'],
    judgementId: rejected.judgementId,
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

/** Moves the links of these texts into the past. */
export const closeLinks = (a: Advance, texts: readonly string[]) =>
  a.client.query(
    `WITH closed AS (DELETE FROM party_link WHERE text_hash = ANY ($1::bytea[]) RETURNING *)
     INSERT INTO party_link_past (${linkColumns}, known_to) SELECT ${linkColumns}, $2 FROM closed WHERE known_from < $2`,
    [byteas(texts), a.to],
  )

const storeLinks = async (a: Advance, links: ReadonlyMap<string, Decided>): Promise<Set<string>> => {
  const present = await presentSayings(a.client, [...links.keys()])
  const changed = [...links].filter(([text, link]) => {
    const before = present.get(text)
    return before === undefined || before !== sayingOf(link)
  })
  const texts = changed.map(([text]) => text)
  await closeLinks(a, texts)
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
  return new Set(texts)
}

/** Texts linked to registrations whose taxpayer or office is another now: the link says the same, and what hangs on it does not. */
const textsOfMoved = async (a: Advance, moved: readonly string[]): Promise<string[]> =>
  (
    await a.client.query<{ text: string }>(
      `SELECT encode(text_hash, 'hex') AS text FROM party_link WHERE registration_id = ANY ($1)`,
      [moved],
    )
  ).rows.map((r) => r.text)

/** Resolves what needs resolving and returns the texts whose link, or the taxpayer behind it, is not what it was. */
export const updatePartyLinks = async (
  a: Advance,
  settings: LinkSettings,
  fresh: ReadonlySet<string>,
  reopened: readonly string[],
  news: RegisterNews,
): Promise<Set<string>> => {
  followRegister(a, settings, news.changed, news.removed)
  const rows = await textsToResolve(a, settings, fresh, reopened, news)
  if (rows.length === 0) return new Set()
  const register = await currentRegister(a, settings)
  const judged = await judgementsOf(
    a.client,
    rows.map((r) => r.text),
  )
  const pace = pacer(50)
  const links = new Map<string, Decided>()
  for (const p of rows) {
    links.set(p.text, decide(register.resolve(query(p)), judged.get(p.text) ?? []))
    await pace()
  }
  return new Set([...(await storeLinks(a, links)), ...(await textsOfMoved(a, news.moved))])
}
