/** A person's word on a party: append-only, with who, when, why, and the digest of what they saw (decision 12). An undo is a row of its own. */
import type { PoolClient } from 'pg'
import type { Actor } from '../../access/actor.ts'
import { auditRow } from '../../access/audit.ts'
import type { Database } from '../../db/database.ts'
import { takeTick } from '../../db/tick.ts'
import { transaction } from '../../db/transaction.ts'
import { sm3 } from '../../kernel/cipher.ts'
import { now } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'

export interface PartyJudgement {
  readonly textHash: Buffer
  readonly verdict: 'positive' | 'negative' | 'unsure' | 'undo'
  readonly registrationId?: string | undefined
  readonly undoes?: string | undefined
  readonly reason: string
}

const refuse = (code: string, zh: string, en: string): HubError => new HubError({ code, publicMessage: { zh, en } })

interface Shown {
  readonly registration_id: string | null
  readonly evidence: string
  readonly mention_key: Buffer | null
  readonly feed: string | null
  readonly role: string | null
}

/** What the judge had before them: the link as it stands, and one mention for the judgement to hang on. */
const shown = async (client: PoolClient, textHash: Buffer): Promise<Shown> => {
  const { rows } = await client.query<Shown>(
    `SELECT l.registration_id, l.decision || l.reason || l.evidence::text || l.candidates::text AS evidence, m.key_hash AS mention_key, m.feed, m.role
     FROM party_link l LEFT JOIN LATERAL (SELECT * FROM mention WHERE mention.text_hash = l.text_hash ORDER BY key_hash, role, seq LIMIT 1) m ON true
     WHERE l.text_hash = $1 FOR UPDATE OF l`,
    [textHash],
  )
  if (rows[0]) return rows[0]
  throw refuse('judgement.unknown_party', '没有这个当事方写法', 'there is no such party')
}

const checkUndo = async (client: PoolClient, input: PartyJudgement): Promise<void> => {
  const { rows } = await client.query<{ verdict: string; undone: boolean }>(
    `SELECT verdict, EXISTS (SELECT 1 FROM judgement u WHERE u.undoes = j.judgement_id) AS undone FROM judgement j WHERE judgement_id = $1 AND text_hash = $2`,
    [input.undoes, input.textHash],
  )
  if (!rows[0] || rows[0].verdict === 'undo')
    throw refuse('judgement.unknown', '没有可撤销的认定', 'there is no such judgement to undo')
  if (rows[0].undone) throw refuse('judgement.already_undone', '该认定已被撤销', 'this judgement is undone already')
}

const checkRegistration = async (client: PoolClient, registrationId: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT 1 FROM registration WHERE registration_id = $1', [registrationId])
  if (rowCount === 0)
    throw refuse('judgement.unknown_registration', '税务登记中没有该登记序号', 'the register has no such registration')
}

/**
 * Stores the judgement with its audit row and takes a tick; the pipeline's next advance redoes what hangs on it.
 * Throws `judgement.unknown_party`, `judgement.unknown_registration`, `judgement.unknown`, `judgement.already_undone`.
 */
export const judgeParty = (
  db: Database,
  input: PartyJudgement,
  actor: Actor,
): Promise<{ judgementId: bigint; tick: bigint }> =>
  transaction(db.pipeline, async (client) => {
    const seen = await shown(client, input.textHash)
    if (input.verdict === 'undo') await checkUndo(client, input)
    const registrationId = input.verdict === 'undo' ? null : (input.registrationId ?? seen.registration_id)
    if (registrationId !== null) await checkRegistration(client, registrationId)
    const tick = await takeTick(client, 'judgement', actor.id, { verdict: input.verdict })
    const { rows } = await client.query<{ id: bigint }>(
      `INSERT INTO judgement (kind, feed, key_hash, role, text_hash, registration_id, verdict, undoes, author, reason, evidence_digest, tick, at)
       VALUES ('party', $1, $2, $3, $4, $5, $6, $7, $8, $9, decode($10, 'hex'), $11, $12) RETURNING judgement_id AS id`,
      [
        seen.feed,
        seen.mention_key,
        seen.role,
        input.textHash,
        registrationId,
        input.verdict,
        input.undoes ?? null,
        actor.id,
        input.reason,
        sm3(seen.evidence),
        tick,
        now(),
      ],
    )
    const judgementId = rows[0]!.id
    await auditRow(client, {
      actor,
      action: 'link.judge',
      subject: `judgement ${judgementId}`,
      detail: { verdict: input.verdict, registrationId, reason: input.reason },
      tick,
    })
    return { judgementId, tick }
  })
