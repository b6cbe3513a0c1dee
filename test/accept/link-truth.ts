/** How the hub's party links compare with the truth: every mention in every record, those of invoices where they are of works. */
import { sources } from '../../simulator/departments/sources.ts'
import { type TrueParty, trueParties } from '../../simulator/truth.ts'
import { projectFeeds } from '../../simulator/world/entries.ts'
import type { World } from '../../simulator/world/world.ts'
import type { Database } from '../../src/db/database.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'
import { ratio } from './run.ts'

interface FoundMention {
  readonly key: string
  readonly feed: string
  readonly role: string
  readonly place: number
  readonly name: string
  readonly hasCode: boolean
  readonly decision: 'link' | 'review' | 'none' | null
  readonly registrationId: string | null
  readonly taxpayerId: string | null
  readonly linkedName: string | null
  readonly score: number
  readonly reason: string | null
  readonly amountFen: bigint | null
}

export type Verdict = 'right' | 'wrong' | 'review' | 'missed' | 'rightlyUnlinked' | 'unread'

export interface JudgedMention {
  readonly truth: TrueParty
  readonly trueName: string | null
  readonly found: FoundMention | null
  readonly verdict: Verdict
  readonly dirt: string
}

export interface LinkFigures {
  readonly mentions: number
  /** Mentions of somebody who is in the register. */
  readonly linkable: number
  readonly linked: number
  readonly right: number
  readonly wrong: number
  readonly recall: number
  readonly precision: number
  readonly judged: readonly JudgedMention[]
}

const linkSelect = `l.decision, l.registration_id AS "registrationId", r.taxpayer_id AS "taxpayerId", r.name AS "linkedName", coalesce(l.score, 0) AS score, l.reason`

const recordMentions = `
  SELECT encode(m.key_hash, 'hex') AS key, m.feed, m.role, (row_number() OVER (PARTITION BY m.key_hash, m.role ORDER BY m.seq) - 1)::int AS place, p.name,
    p.code IS NOT NULL AS "hasCode", ${linkSelect}, f.amount_fen AS "amountFen"
  FROM mention m JOIN party p USING (text_hash) LEFT JOIN party_link l USING (text_hash) LEFT JOIN registration r USING (registration_id)
    LEFT JOIN fact f ON f.key_hash = m.key_hash`

const invoiceMentions = `
  SELECT encode(f.key_hash, 'hex') AS key, f.feed, x.role, 0 AS place, p.name, p.code IS NOT NULL AS "hasCode", ${linkSelect}, f.amount_fen AS "amountFen"
  FROM fact f JOIN subject s USING (subject_hash) CROSS JOIN LATERAL (VALUES ('seller', s.seller_hash), ('buyer', s.buyer_hash)) AS x (role, text_hash)
    JOIN party p USING (text_hash) LEFT JOIN party_link l USING (text_hash) LEFT JOIN registration r USING (registration_id)
  WHERE s.kind = 'invoice'`

interface Registered {
  readonly taxpayerId: string
  readonly name: string
  readonly formerNames: readonly string[]
}

const squeeze = (name: string): string => name.normalize('NFKC').replace(/[\s。，,.]/g, '')

/** What is odd about the name as written, seen from the true party's names. */
const dirtOf = (truth: TrueParty, real: Registered | undefined): string => {
  if (!real) return 'notRegistered'
  const written = squeeze(truth.memberRaw)
  const names = [real.name, ...real.formerNames].map(squeeze)
  if (written === names[0]) return truth.memberRaw === real.name ? 'exact' : 'spacesOrWidth'
  if (names.slice(1).includes(written)) return 'formerName'
  const within = names.find((name) => written.includes(name))
  if (within) return /项目|指挥部|工区/.test(written) ? 'siteUnit' : 'nameAndMore'
  if (names.some((name) => name.startsWith(written))) return 'cutOff'
  if (names.some((name) => name.endsWith(written))) return 'withoutPlace'
  if (names.some((name) => name.length === written.length)) return 'sameLengthSlip'
  return 'otherWording'
}

const judge = (truth: TrueParty, found: FoundMention | null, real: Registered | undefined): Verdict => {
  if (found === null) return truth.djxh === null ? 'rightlyUnlinked' : 'unread'
  if (found.decision !== 'link') {
    if (truth.djxh === null) return 'rightlyUnlinked'
    return found.decision === 'review' ? 'review' : 'missed'
  }
  const isRight =
    truth.djxh !== null &&
    (found.registrationId === truth.djxh || (real !== undefined && found.taxpayerId === real.taxpayerId))
  return isRight ? 'right' : 'wrong'
}

export const figuresOf = (judged: readonly JudgedMention[]): LinkFigures => {
  const count = (...verdicts: Verdict[]) => judged.filter((j) => verdicts.includes(j.verdict)).length
  const linkable = judged.filter((j) => j.truth.djxh !== null).length
  const [right, wrong] = [count('right'), count('wrong')]
  return {
    mentions: judged.length,
    linkable,
    linked: right + wrong,
    right,
    wrong,
    recall: ratio(right, linkable),
    precision: ratio(right, right + wrong),
    judged,
  }
}

/**
 * A measurement is of a section, whose parties the section's own record names: what it repeats is no mention in the hub.
 * Named here and not taken from what the hub holds, so that a feed that loses its parties counts as unread.
 */
const feedsThatNameNobody: ReadonlySet<string> = new Set(['transport.measurements'])

const measure = async (db: Database, truths: Iterable<TrueParty>, statement: string): Promise<LinkFigures> => {
  const { rows: registered } = await db.pipeline.query<Registered & { registrationId: string }>(
    `SELECT registration_id AS "registrationId", taxpayer_id AS "taxpayerId", name, former_names AS "formerNames" FROM registration`,
  )
  const register = new Map(registered.map((r) => [r.registrationId, r]))
  const { rows } = await db.pipeline.query<FoundMention>(statement)
  const found = new Map(rows.map((m) => [`${m.key}|${m.role}|${m.place}`, m]))
  const keys = new Set(rows.map((m) => m.key))
  const judged: JudgedMention[] = []
  for (const truth of truths) {
    if (feedsThatNameNobody.has(truth.feed)) continue
    const key = recordKeyHash(truth.feed, truth.key)
    if (truth.feed === 'tax.invoices' && !keys.has(key)) continue
    const real = truth.djxh === null ? undefined : register.get(truth.djxh)
    const mention = found.get(`${key}|${truth.role}|${truth.memberIndex}`) ?? null
    judged.push({
      truth,
      trueName: real?.name ?? null,
      found: mention,
      verdict: judge(truth, mention, real),
      dirt: dirtOf(truth, real),
    })
  }
  return figuresOf(judged)
}

function* partiesOfRecords(world: World): Generator<TrueParty> {
  for (const feed of new Set([...projectFeeds, ...sources.map((source) => source.feed)]))
    yield* trueParties(world, feed)
}

/** Links of the parties that records name, all feeds but invoices. */
export const measureLinks = (db: Database, world: World): Promise<LinkFigures> =>
  measure(db, partiesOfRecords(world), recordMentions)

/** Links of sellers and buyers of works invoices; ordinary trade is not linked and not counted. */
export const measureInvoiceLinks = (db: Database, world: World): Promise<LinkFigures> =>
  measure(db, trueParties(world, 'tax.invoices'), invoiceMentions)

/** The same figures for each feed alone. */
export const linksByFeed = (all: LinkFigures): Map<string, LinkFigures> =>
  new Map([...Map.groupBy(all.judged, (j) => j.truth.feed)].map(([feed, own]) => [feed, figuresOf(own)]))
