/** A hub fed by hand and the people who judge in it. */
import type { Actor } from '../../../src/access/actor.ts'
import type { ActDeps } from '../../../src/acts.ts'
import type { Database } from '../../../src/db/database.ts'
import type { Act } from '../../../src/link/verbs/act.ts'
import type { ContentPart } from '../../support/digest.ts'
import { type HandFed, handFed } from '../../support/hand-fed.ts'

export const steward = (id: string, scopePrefix = '4101'): Actor => ({
  id,
  kind: 'user',
  role: 'steward',
  scopePrefix,
  name: `管理员${id}`,
})
export const first = steward('a')
export const second = steward('b')

/** No act here is large enough for a second person unless a test says so. */
export const actDeps = (hub: HandFed, secondPersonFromFen = 1n << 60n): ActDeps => ({ ...hub, secondPersonFromFen })

export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )

/** What link and track derive: all that a judgement can change. */
export const derived: readonly ContentPart[] = [
  'registrations',
  'links',
  'edges',
  'projects',
  'membership',
  'ties',
  'positions',
  'list',
  'tokens',
]

export interface Known {
  readonly hub: HandFed
  readonly projectOf: (name: string) => Promise<string>
  readonly recordsOf: (name: string) => Promise<string[]>
  readonly textOf: (name: string) => Promise<string>
  readonly linkOf: (name: string) => Promise<{ decision: string; registration: string | null; reason: string }>
  readonly clusters: () => Promise<string[]>
}

/** Ways to name what the tests speak of: projects and records by a record's name, texts by a party's. */
export const knownIn = (db: Database): Known => {
  const all = async <T extends object>(sql: string, ...values: unknown[]): Promise<T[]> =>
    (await db.pipeline.query<T>(sql, values)).rows
  return {
    hub: handFed(db),
    projectOf: async (name) =>
      (
        await all<{ id: string }>(
          'SELECT m.project_id::text AS id FROM project_record r JOIN member_by_record m USING (key_hash) WHERE r.name = $1',
          name,
        )
      )[0]!.id,
    recordsOf: async (name) =>
      (
        await all<{ key: string }>(
          `SELECT encode(key_hash, 'hex') AS key FROM project_record WHERE name = $1 ORDER BY 1`,
          name,
        )
      ).map((r) => r.key),
    textOf: async (name) =>
      (await all<{ text: string }>(`SELECT encode(text_hash, 'hex') AS text FROM party WHERE name = $1`, name))[0]!
        .text,
    linkOf: async (name) =>
      (
        await all<{ decision: string; registration: string | null; reason: string }>(
          `SELECT l.decision, l.registration_id AS registration, l.reason FROM party p JOIN party_link l USING (text_hash) WHERE p.name = $1`,
          name,
        )
      )[0]!,
    clusters: async () =>
      (
        await all<{ names: string }>(
          `SELECT string_agg(r.kind || ' ' || r.name, ' + ' ORDER BY r.kind, r.name COLLATE "C") AS names FROM member_by_project m JOIN project_record r USING (key_hash) GROUP BY m.project_id ORDER BY 1`,
        )
      ).map((r) => r.names),
  }
}

export const ask = (act: Act, actor: Actor = first, reason = '核实') => ({ act, reason, actor, dryRun: false })
