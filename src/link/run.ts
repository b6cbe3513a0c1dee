/**
 * The link stage: parties to registrations, project records to projects, subjects to projects, for what became known since its cursor.
 * One transaction, so that links, memberships and ties are seen together or not at all.
 */
import type { Database } from '../db/database.ts'
import { advanceCursor, stageTick } from '../db/stage-cursor.ts'
import { transaction } from '../db/transaction.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { updateMembership } from './stage/membership.ts'
import { emptyMemory, type LinkMemory, settleMemory } from './stage/memory.ts'
import {
  changedProjectFacts,
  partyTexts,
  projectFacts,
  storeMentions,
  storeOtherMentions,
  storePartyTexts,
} from './stage/mentions.ts'
import { updateNodes } from './stage/nodes.ts'
import { updatePartyLinks } from './stage/party-links.ts'
import { updateRegistrations } from './stage/registrations.ts'
import { type Advance, byteas } from './stage/scope.ts'
import { linkSettings } from './stage/settings.ts'
import { newSubjects, storeSubjects } from './stage/subjects.ts'
import { updateTies } from './stage/ties.ts'
import { closeUnspoken } from './stage/unspoken.ts'

/** Judgements made since the cursor: the texts and records that they re-open. An undo re-opens what it undoes. */
const judgedSince = async (a: Advance): Promise<{ texts: string[]; records: string[] }> => {
  const { rows } = await a.client.query<{ text: string | null; key: string | null; other: string | null }>(
    `SELECT encode(coalesce(u.text_hash, j.text_hash), 'hex') AS text,
       CASE WHEN coalesce(u.kind, j.kind) = 'record' THEN encode(coalesce(u.key_hash, j.key_hash), 'hex') END AS key,
       encode(coalesce(u.other_key_hash, j.other_key_hash), 'hex') AS other
     FROM judgement j LEFT JOIN judgement u ON u.judgement_id = j.undoes WHERE j.tick > $1 AND j.tick <= $2`,
    [a.from, a.to],
  )
  return {
    texts: rows.flatMap((r) => r.text ?? []),
    records: rows.flatMap((r) => [r.key, r.other].filter((k) => k !== null)),
  }
}

/** Project records that name a party whose link changed: their keys, and so perhaps their project, are not what they were. */
const recordsNaming = async (a: Advance, texts: ReadonlySet<string>): Promise<string[]> =>
  (
    await a.client.query<{ key: string }>(
      `SELECT DISTINCT encode(key_hash, 'hex') AS key FROM mention JOIN project_record USING (key_hash) WHERE text_hash = ANY ($1::bytea[])`,
      [byteas(texts)],
    )
  ).rows.map((r) => r.key)

/** Projects whose facts changed although nothing about their links did. */
const touchByFacts = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    `WITH changed AS (
       SELECT key_hash, subject_hash FROM fact WHERE known_from > $1 AND known_from <= $2
       UNION ALL SELECT key_hash, subject_hash FROM fact_past WHERE known_to > $1 AND known_to <= $2)
     SELECT DISTINCT project FROM (
       SELECT m.project_id AS project FROM changed c JOIN member_by_record m USING (key_hash)
       UNION ALL SELECT t.project_id FROM (SELECT DISTINCT subject_hash FROM changed WHERE subject_hash IS NOT NULL) c JOIN tie t USING (subject_hash)) x
     WHERE project IS NOT NULL`,
    [a.from, a.to],
  )
  for (const r of rows) a.touched.add(r.project)
}

/** Projects that name a party whose link changed are computed anew, whether their membership moved or not. */
const touchByRecords = async (a: Advance, keys: readonly string[]): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    'SELECT DISTINCT project_id AS project FROM member_by_record WHERE key_hash = ANY ($1::bytea[])',
    [byteas(keys)],
  )
  for (const r of rows) a.touched.add(r.project)
}

/** Projects to which something is tied that names a party whose link changed: who was paid is told by the link. */
const touchByNaming = async (a: Advance, texts: ReadonlySet<string>): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    'SELECT DISTINCT t.project_id AS project FROM mention m JOIN tie t USING (subject_hash) WHERE m.text_hash = ANY ($1::bytea[]) AND t.project_id IS NOT NULL',
    [byteas(texts)],
  )
  for (const r of rows) a.touched.add(r.project)
}

const linkWithin = async (a: Omit<Advance, 'settingsVersion'>): Promise<void> => {
  const early: Advance = { ...a, settingsVersion: 0 }
  const registers = await updateRegistrations(early)
  const { present, gone } = await changedProjectFacts(early)
  const subjects = await newSubjects(early)
  const judged = await judgedSince(early)
  const texts = partyTexts([...present.map((f) => f.fact), ...subjects.map((s) => s.fact)])
  const namedBefore = [...(await storeMentions(early, present, gone)), ...(await storeOtherMentions(early, texts))]
  const settings = await linkSettings(a.client, a.to)
  const advance: Advance = { ...a, settingsVersion: settings.version }
  const fresh = await storePartyTexts(advance, texts)
  await storeSubjects(advance, subjects)
  await closeUnspoken(advance, namedBefore, new Set(texts.keys()))
  const relinked = await updatePartyLinks(advance, settings, fresh, judged.texts, registers)
  const named = await recordsNaming(advance, relinked)
  const own = new Set(present.map((f) => f.keyHash))
  const others = await projectFacts(
    a.client,
    named.filter((k) => !own.has(k)),
  )
  const { foundBefore, edged } = await updateNodes(advance, [...present, ...others], gone)
  const seeds = new Set([...own, ...others.map((f) => f.keyHash), ...gone, ...judged.records, ...edged])
  const moved = await updateMembership(advance, [...seeds])
  await touchByRecords(advance, [...own, ...named])
  await updateTies(advance, {
    fresh: subjects.map((s) => s.subjectHash),
    moved,
    relinked: [...relinked],
    registrations: [...registers.changed.map((r) => r.registrationId), ...registers.removed],
    foundBefore,
  })
  await touchByNaming(advance, relinked)
  await touchByFacts(advance)
  await a.client.query(
    'INSERT INTO touched (project_id, tick) SELECT p, $2 FROM unnest($1::bigint[]) AS p ON CONFLICT (project_id) DO UPDATE SET tick = EXCLUDED.tick',
    [[...a.touched], a.to],
  )
}

/**
 * Links everything that became known up to `to`. Nothing to do is cheap.
 * @param memory what one hub keeps between advances; a fresh one is always right and only slower
 */
export const link = async (
  db: Database,
  keyring: Keyring,
  to: bigint,
  memory: LinkMemory = emptyMemory(),
): Promise<void> => {
  try {
    const hasWorked = await transaction(db.pipeline, async (client) => {
      const from = await stageTick(client, 'link')
      if (from >= to) return false
      await linkWithin({ client, keyring, from, to, touched: new Set(), memory })
      await advanceCursor(client, 'link', from, to)
      return true
    })
    if (hasWorked) settleMemory(memory, to)
  } catch (error) {
    // What was put into the register in memory is not in the database.
    memory.held = null
    throw error
  }
}
