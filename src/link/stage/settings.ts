/** The frozen settings that automatic links are made with: estimated once from the register, then kept by version (decisions 10 and 13). */

import { estimateLinkSettings } from '../parties/register.ts'
import type { LinkSettings, RegistrationEntry } from '../parties/types.ts'
import { registerEntries } from './registrations.ts'
import type { Advance } from './scope.ts'

export const newestLinkSettings = async (client: Advance['client']): Promise<LinkSettings | null> => {
  const { rows } = await client.query<{ body: LinkSettings }>(
    `SELECT body FROM settings_version WHERE kind = 'link' ORDER BY version DESC LIMIT 1`,
  )
  return rows[0]?.body ?? null
}

/** The settings in force; the first register that arrives is what they are estimated from. */
export const linkSettings = async (client: Advance['client'], tick: bigint): Promise<LinkSettings> => {
  const stored = await newestLinkSettings(client)
  if (stored) return stored
  const entries: RegistrationEntry[] = []
  for await (const entry of registerEntries(client)) entries.push(entry)
  // What an empty register gives is no version to keep anything by: the first register that arrives estimates version 1.
  const settings = estimateLinkSettings(entries, entries.length > 0 ? 1 : 0)
  if (entries.length > 0)
    await client.query(`INSERT INTO settings_version (kind, version, tick, body) VALUES ('link', $1, $2, $3)`, [
      settings.version,
      tick,
      JSON.stringify(settings),
    ])
  return settings
}
