/** What the commands for credentials share: how they are asked for, how long a credential lives, how dates are shown. */
import { isRole, type Role, roles } from '../access/actor.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'

const dayMs = 86_400_000

/** `cli.bad_argument`, told in both languages; the command then exits with 2. */
export const badArgument = (zh: string, en: string): HubError =>
  new HubError({ code: 'cli.bad_argument', publicMessage: { zh, en } })

/** Throws `cli.bad_argument`. */
export const roleArgument = (text: string | undefined): Role => {
  if (text === undefined || !isRole(text))
    throw badArgument(`--role 应为其一：${roles.join(' ')}`, `--role takes one of: ${roles.join(' ')}`)
  return text
}

/** A division code or a prefix of one; the city where none is given. Throws `cli.bad_argument`. */
export const gridArgument = (text: string | undefined, regionCode: string): string => {
  const grid = text ?? regionCode.slice(0, 4)
  if (!/^(?:\d{0,12}|\d{4}[A-Z]{2})$/.test(grid))
    throw badArgument('--grid 应为区划代码或其前缀', '--grid takes a division code or a prefix of one')
  return grid
}

/** The instant `text` days from now. Throws `cli.bad_argument`. */
export const expiryArgument = (text: string): Date => {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw badArgument('--days 应为 1–3650', '--days takes 1 to 3650')
  return new Date(now().getTime() + days * dayMs)
}

export const dayText = (instant: Date | null): string => instant?.toISOString().slice(0, 10) ?? '-'
