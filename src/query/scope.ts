import { type Actor, scopeRange } from '../access/actor.ts'

export interface ListScope {
  readonly from: string
  readonly to: string
  /** With `shared_prefix < prefixLength` each project shows once. */
  readonly prefixLength: number
}

/**
 * The rows of the list that an actor asks for: its own scope, narrowed to a division where that lies inside. Null: the division lies outside,
 * so there is nothing to see.
 */
export const listScope = (actor: Actor, division: string | undefined): ListScope | null => {
  const own = actor.scopePrefix
  const asked = division ?? own
  if (!asked.startsWith(own) && !own.startsWith(asked)) return null
  const prefix = asked.length > own.length ? asked : own
  return { ...scopeRange(prefix), prefixLength: prefix.length }
}
