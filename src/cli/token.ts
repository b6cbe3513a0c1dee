/**
 * `token create --role R [--grid G] [--name N] [--days D]`: a bearer token for a machine or a person's tool; its text is shown once.
 * `token list`, `token revoke <id>`.
 */
import { parseArgs } from 'node:util'
import { systemActor } from '../access/actor.ts'
import { issueToken, listTokens, revokeToken } from '../access/tokens.ts'
import type { Hub } from '../hub.ts'
import { badArgument, dayText, expiryArgument, gridArgument, roleArgument } from './arguments.ts'
import { type Output, table } from './output.ts'

const list = async (hub: Hub, out: Output): Promise<number> => {
  const tokens = await listTokens(hub.db)
  out.result({ tokens })
  const rows = tokens.map((t) => [
    t.id,
    t.name,
    t.role,
    t.scopePrefix,
    dayText(t.expiresAt),
    dayText(t.lastUsedOn),
    t.revokedAt ? '已吊销 revoked' : '有效 live',
  ])
  for (const line of table(['id', 'name', 'role', 'grid', 'expires', 'lastUsed', 'state'], rows)) out.line(line)
  return 0
}

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
  const [verb, id] = positionals
  if (verb === 'list') return list(hub, out)
  if (verb === 'revoke' && id) {
    await revokeToken(hub.db, id, systemActor)
    out.result({ id, revoked: true })
    out.line(`已吊销 revoked ${id}`)
    return 0
  }
  if (verb !== 'create')
    throw badArgument(
      '用法：token create --role <角色> [--grid <区划前缀>] | token list | token revoke <编号>',
      'usage: token create --role <role> [--grid <division prefix>] | token list | token revoke <id>',
    )
  const role = roleArgument(values.role)
  const grid = gridArgument(values.grid, hub.config.region.code)
  const expiresAt = expiryArgument(values.days)
  const made = await issueToken(
    hub.db,
    { name: values.name ?? `cli ${role}`, role, scopePrefix: grid, expiresAt },
    systemActor,
  )
  out.result({ id: made.id, token: made.token, role, grid, expiresAt })
  out.line(made.token)
  return 0
}
