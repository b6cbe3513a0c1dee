/** Names by which registrations are called beside those that the tax register has: what commerce calls them, and what persons confirmed (aliases). */
import type { Advance } from './scope.ts'

type Client = Pick<Advance['client'], 'query'>

/** Registrations whose aliases are others now: one was given, has ended, or the judgement that it hangs on was undone. */
export const aliasedSince = async (a: Advance): Promise<string[]> =>
  (
    await a.client.query<{ id: string }>(
      `SELECT registration_id AS id FROM alias WHERE tick > $1 AND tick <= $2
       UNION SELECT a.registration_id FROM alias_end e JOIN alias a USING (alias_id) WHERE e.tick > $1 AND e.tick <= $2
       UNION SELECT a.registration_id FROM judgement u JOIN alias a ON a.judgement_id = u.undoes WHERE u.tick > $1 AND u.tick <= $2
       ORDER BY id`,
      [a.from, a.to],
    )
  ).rows.map((r) => r.id)

/** The other names of each of these registrations, each list in order. */
export const otherNames = async (
  client: Client,
  registrations: readonly { readonly registrationId: string; readonly core: string | null }[],
): Promise<Map<string, readonly string[]>> => {
  if (registrations.length === 0) return new Map()
  const { rows } = await client.query<{ id: string; names: string[] }>(
    `SELECT id, array_agg(DISTINCT name COLLATE "C" ORDER BY name COLLATE "C") AS names FROM (
       SELECT t.id, c.name FROM unnest($1::text[], $2::text[]) AS t (id, core) JOIN commerce_name c ON c.core = t.core
       UNION ALL SELECT registration_id, name FROM living_alias WHERE registration_id = ANY ($1)) n GROUP BY id`,
    [registrations.map((r) => r.registrationId), registrations.map((r) => r.core)],
  )
  return new Map(rows.map((r) => [r.id, r.names]))
}
