/** Names that persons gave registrations. */
import { z } from 'zod'
import type { AliasItem } from '#schemas/api/act.ts'
import type { Queryable } from '../db/transaction.ts'
import { statement } from './statement.ts'

const Row = z.object({
  alias_id: z.bigint(),
  registration_id: z.string(),
  name: z.string(),
  kind: z.enum(['shortName', 'siteName', 'rename']),
  valid_until: z.string(),
  owner_name: z.string(),
  at: z.date(),
  is_living: z.boolean(),
  ended_why: z.enum(['expired', 'withdrawn']).nullable(),
})
const byRegistration = statement<typeof Row, [string]>(
  'aliases_by_registration',
  'SELECT alias_id, registration_id, name, kind, valid_until::text AS valid_until, owner_name, at, is_living, ended_why FROM alias WHERE registration_id = $1 ORDER BY alias_id DESC LIMIT 50',
  Row,
)

/** Names that persons gave a registration, the newest first, with those that have ended; none where the registration is out of sight. */
export const aliasesOf = async (client: Queryable, registrationId: string): Promise<AliasItem[]> =>
  (await byRegistration(client, registrationId)).map((row) => ({
    id: row.alias_id.toString(),
    registrationId: row.registration_id,
    name: row.name,
    kind: row.kind,
    validUntil: row.valid_until,
    ownerName: row.owner_name,
    at: row.at.toISOString(),
    living: row.is_living,
    endedWhy: row.ended_why,
  }))

const IdRow = z.object({ alias_id: z.bigint() })
const visible = statement<typeof IdRow, [bigint]>(
  'alias_visible',
  'SELECT alias_id FROM alias WHERE alias_id = $1',
  IdRow,
)

export const isAliasVisible = async (client: Queryable, aliasId: bigint): Promise<boolean> =>
  (await visible(client, aliasId)).length > 0
