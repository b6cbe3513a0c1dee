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
import { storeMentions } from './stage/mentions.ts'
import { noteSeeds, updateNodes } from './stage/nodes.ts'
import { updatePartyLinks } from './stage/party-links.ts'
import { takeRecords, takeRecordsNaming } from './stage/records.ts'
import { type RegisterNews, updateRegistrations } from './stage/registrations.ts'
import type { Advance } from './stage/scope.ts'
import { linkSettings } from './stage/settings.ts'
import { storeSubjects, takeSubjects } from './stage/subjects.ts'
import { updateTies } from './stage/ties.ts'
import { closeUnspoken } from './stage/unspoken.ts'
import { analyseGrown, layOutWork } from './stage/work.ts'

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

/** Projects whose records changed, or name a party whose link changed: they are computed anew, whether their membership moved or not. */
const touchByRecords = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    `SELECT DISTINCT project_id AS project FROM work_record JOIN member_by_record USING (key_hash) WHERE state <> 'gone'`,
  )
  for (const r of rows) a.touched.add(r.project)
}

/** Projects to which something is tied that names a party whose link changed: who was paid is told by the link. */
const touchByNaming = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    'SELECT DISTINCT t.project_id AS project FROM work_relinked JOIN mention m USING (text_hash) JOIN tie t USING (subject_hash) WHERE t.project_id IS NOT NULL',
  )
  for (const r of rows) a.touched.add(r.project)
}

/** Projects whose invoices name a seller or a buyer whose link changed, though they are tied as before: the tax ladder goes by who that is. */
const touchByInvoices = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    `SELECT DISTINCT t.project_id AS project FROM (
       SELECT s.subject_hash FROM work_relinked w JOIN subject s ON s.seller_hash = w.text_hash
       UNION SELECT s.subject_hash FROM work_relinked w JOIN subject s ON s.buyer_hash = w.text_hash) n
     JOIN tie t USING (subject_hash) WHERE t.project_id IS NOT NULL`,
  )
  for (const r of rows) a.touched.add(r.project)
}

/**
 * Projects that name a registration of which the register now says something else, though every link stays: how it is taxed and where it sits. Only
 * what is replaced counts; a registration that is new makes its own links.
 */
const touchByRegister = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ project: bigint }>(
    `WITH texts AS (
       SELECT l.text_hash FROM (SELECT DISTINCT key_hash FROM fact_past WHERE kind = 'taxRegistration' AND known_to > $1 AND known_to <= $2) f
         JOIN registration r USING (key_hash) JOIN party_link l USING (registration_id) WHERE l.decision = 'link')
     SELECT m.project_id AS project FROM texts JOIN mention n USING (text_hash) JOIN member_by_record m USING (key_hash)
     UNION SELECT t.project_id FROM texts JOIN mention n USING (text_hash) JOIN tie t USING (subject_hash) WHERE t.project_id IS NOT NULL
     UNION SELECT t.project_id FROM texts JOIN subject s ON s.seller_hash = texts.text_hash JOIN tie t USING (subject_hash) WHERE t.project_id IS NOT NULL`,
    [a.from, a.to],
  )
  for (const r of rows) a.touched.add(r.project)
}

/**
 * One advance on the caller's transaction, for the stage and for who asks what it would change. Notes in `touched` the projects that it concerns;
 * returns what became of the register, which the memory holds from now on: `takeBack` where the transaction is rolled back.
 */
export const linkWithin = async (early: Omit<Advance, 'settingsVersion'>): Promise<RegisterNews> => {
  await layOutWork(early.client)
  await analyseGrown(early.client, 'fact')
  const news = await updateRegistrations({ ...early, settingsVersion: 0 })
  const settings = await linkSettings(early.client, early.to)
  const a: Advance = { ...early, settingsVersion: settings.version }
  const judged = await judgedSince(a)
  await takeRecords(a)
  await storeMentions(a)
  await takeSubjects(a)
  await analyseGrown(a.client, 'registration', 'party', 'mention')
  await closeUnspoken(a)
  await updatePartyLinks(a, settings, judged.texts, news)
  await analyseGrown(a.client, 'party_link')
  await storeSubjects(a)
  await analyseGrown(a.client, 'subject')
  await takeRecordsNaming(a)
  await updateNodes(a)
  await noteSeeds(a, judged.records)
  await updateMembership(a)
  await touchByRecords(a)
  await updateTies(a)
  await touchByNaming(a)
  await touchByInvoices(a)
  await touchByRegister(a)
  await touchByFacts(a)
  await a.client.query(
    'INSERT INTO touched (project_id, tick) SELECT p, $2 FROM unnest($1::bigint[]) AS p ON CONFLICT (project_id) DO UPDATE SET tick = EXCLUDED.tick',
    [[...a.touched], a.to],
  )
  return news
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
