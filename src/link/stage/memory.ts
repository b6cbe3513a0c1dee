/**
 * The register kept in memory between advances of one hub: a day's few changed taxpayers are put into it instead of reading all of them again.
 * It is valid for exactly the tick it stands at; a hub that was not the one to advance last reads anew.
 */

import { pacer } from '../../kernel/turn.ts'
import { createRegister, type Register } from '../parties/register.ts'
import type { LinkSettings } from '../parties/types.ts'
import { type RegisterNews, registerEntries } from './registrations.ts'
import type { Advance } from './scope.ts'

export interface LinkMemory {
  held: { readonly register: Register; readonly settingsVersion: number; readonly tick: bigint } | null
}

export const emptyMemory = (): LinkMemory => ({ held: null })

const readRegister = async (client: Advance['client'], settings: LinkSettings): Promise<Register> => {
  const register = createRegister(settings)
  const pace = pacer(500)
  for await (const entry of registerEntries(client)) {
    register.upsert(entry)
    await pace()
  }
  return register
}

/** Puts this advance's changes into the held register, where it stands at the tick that the advance begins from. Else forgets it. */
export const followRegister = (a: Advance, settings: LinkSettings, news: RegisterNews): void => {
  const { held } = a.memory
  if (held === null) return
  if (held.tick !== a.from || held.settingsVersion !== settings.version || news.isWide) {
    a.memory.held = null
    return
  }
  for (const id of news.removed) held.register.remove(id)
  for (const entry of news.changed) held.register.upsert(entry)
}

/** The register as it stands after this advance's changes: the held one, else read from the database. */
export const currentRegister = async (a: Advance, settings: LinkSettings): Promise<Register> => {
  if (a.memory.held) return a.memory.held.register
  const register = await readRegister(a.client, settings)
  a.memory.held = { register, settingsVersion: settings.version, tick: a.from }
  return register
}

/** After the commit the held register stands at the advance's tick. */
export const settleMemory = (memory: LinkMemory, tick: bigint): void => {
  if (memory.held) memory.held = { ...memory.held, tick }
}

/** Takes an advance's changes out of the held register again: its transaction was rolled back. */
export const takeBack = (memory: LinkMemory, news: RegisterNews): void => {
  const { held } = memory
  if (held === null) return
  if (news.isWide) {
    memory.held = null
    return
  }
  for (const { registrationId } of news.changed) held.register.remove(registrationId)
  for (const entry of news.before) held.register.upsert(entry)
}
