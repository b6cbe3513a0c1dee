/** `token create --role R [--grid G] [--name N] [--days D]`: a bearer token for a machine or a person's tool; its text is shown once. */
import { parseArgs } from 'node:util'
import { isRole, roles, systemActor } from '../access/actor.ts'
import { auditRow } from '../access/audit.ts'
import { createToken } from '../access/credentials.ts'
import { transaction } from '../db/transaction.ts'
import type { Hub } from '../hub.ts'
import { now } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import type { Output } from './output.ts'

const usage = (zh: string, en: string): HubError =>
  new HubError({ code: 'cli.bad_argument', publicMessage: { zh, en } })

const dayMs = 86_400_000

export const tokenCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      grid: { type: 'string' },
      name: { type: 'string' },
      days: { type: 'string', default: '365' },
    },
  })
  if (positionals[0] !== 'create')
    throw usage(
      '用法：token create --role <角色> [--grid <区划前缀>]',
      'usage: token create --role <role> [--grid <division prefix>]',
    )
  const role = values.role ?? ''
  if (!isRole(role)) throw usage(`--role 应为其一：${roles.join(' ')}`, `--role takes one of: ${roles.join(' ')}`)
  const grid = values.grid ?? hub.config.region.code.slice(0, 4)
  if (!/^\d{0,12}$/.test(grid))
    throw usage('--grid 应为区划代码或其前缀', '--grid takes a division code or a prefix of one')
  const days = Number(values.days)
  if (!Number.isInteger(days) || days < 1 || days > 3_650) throw usage('--days 应为 1–3650', '--days takes 1 to 3650')
  const made = await transaction(hub.db.pipeline, async (client) => {
    const token = await createToken(client, {
      name: values.name ?? `cli ${role}`,
      role,
      scopePrefix: grid,
      expiresAt: new Date(now().getTime() + days * dayMs),
    })
    await auditRow(client, {
      actor: systemActor,
      action: 'token.create',
      subject: token.id,
      detail: { role, grid, days },
    })
    return token
  })
  out.result({ id: made.id, token: made.token, role, grid })
  out.line(made.token)
  return 0
}
