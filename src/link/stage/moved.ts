/** What an advance changed, told from its working tables inside its own transaction: for who asks before it is done. */
import type { Advance } from './scope.ts'

export interface LinkChange {
  /** Hash of the party text, hex. */
  readonly text: string
  readonly name: string
  readonly decisionBefore: 'link' | 'review' | 'none' | null
  readonly registrationBefore: string | null
  readonly decision: 'link' | 'review' | 'none'
  readonly registration: string | null
  readonly registrationName: string | null
  readonly reason: string
}

export interface Moved {
  readonly links: readonly LinkChange[]
  readonly linksChanged: number
  /** Project records of another project now. */
  readonly records: number
  /** Subjects (invoices' words, named records, reports) tied otherwise now. */
  readonly ties: number
  /** Projects that are part of another one now. */
  readonly merged: ReadonlyMap<bigint, bigint>
}

export const linksToldMax = 50

const linkChanges = async (client: Advance['client'], to: bigint): Promise<LinkChange[]> =>
  (
    await client.query<LinkChange>(
      `SELECT encode(n.text_hash, 'hex') AS text, p.name, o.decision AS "decisionBefore", o.registration_id AS "registrationBefore", n.decision, n.registration_id AS registration,
         r.name AS "registrationName", n.reason
       FROM work_relinked w JOIN party_link n USING (text_hash) JOIN party p USING (text_hash) LEFT JOIN registration r ON r.registration_id = n.registration_id
         LEFT JOIN LATERAL (SELECT decision, registration_id FROM party_link_past o WHERE o.text_hash = n.text_hash AND o.known_to = $1) o ON true
       WHERE n.known_from = $1 ORDER BY p.name COLLATE "C", n.text_hash`,
      [to],
    )
  ).rows

/** What the advance to tick `to` did, as long as its transaction is open. */
export const movedBy = async (client: Advance['client'], to: bigint): Promise<Moved> => {
  const links = await linkChanges(client, to)
  const { rows } = await client.query<{ records: number; ties: number }>(
    `SELECT (SELECT count(*) FROM work_moved)::int AS records,
       (SELECT count(*) FROM work_tie JOIN tie USING (subject_hash) WHERE tie.known_from = $1)::int AS ties`,
    [to],
  )
  const { rows: merges } = await client.query<{ id: bigint; into: bigint }>(
    'SELECT project_id AS id, merged_into AS into FROM project_merge WHERE tick = $1 AND merged_into <> project_id',
    [to],
  )
  return {
    links: links.slice(0, linksToldMax),
    linksChanged: links.length,
    ...rows[0]!,
    merged: new Map(merges.map((m) => [m.id, m.into])),
  }
}
