/**
 * `key create --feed F | --department D [--name N] [--days D]`: an API key for a partner department; its text is shown once.
 * `key list`, `key revoke <id>`.
 */
import { parseArgs } from 'node:util'
import { departmentById, departments } from '../../connectors/index.ts'
import { systemActor } from '../access/actor.ts'
import { issueApiKey, listApiKeys, revokeApiKey } from '../access/api-keys.ts'
import { feedNamed, type Hub } from '../hub.ts'
import { nearest } from '../kernel/nearest.ts'
import { badArgument, dayText, expiryArgument } from './arguments.ts'
import { type Output, table } from './output.ts'

const usage = () =>
  badArgument(
    '用法：key create --feed <数据资源> | --department <供数单位> ；key list ；key revoke <编号>',
    'usage: key create --feed <feed> | --department <department>; key list; key revoke <id>',
  )

const knownDepartment = (id: string): string => {
  if (departmentById(id)) return id
  const meant = nearest(
    id,
    departments.map((d) => d.id),
  )
  throw badArgument(
    `没有供数单位 ${id}${meant ? `，是否想写 ${meant}？` : ''}`,
    `there is no department ${id}${meant ? `; did you mean ${meant}?` : ''}`,
  )
}

/** For whom the key is. Throws `cli.bad_argument`, `import.unknown_source`. */
const holderOf = (
  hub: Hub,
  values: { readonly feed?: string | undefined; readonly department?: string | undefined },
): { readonly department: string; readonly feed: string | null } => {
  if ((values.feed === undefined) === (values.department === undefined)) throw usage()
  if (values.feed === undefined) return { department: knownDepartment(values.department ?? ''), feed: null }
  const feed = feedNamed(hub, values.feed)
  return { department: feed.department, feed: feed.id }
}

const list = async (hub: Hub, out: Output): Promise<number> => {
  const keys = await listApiKeys(hub.db)
  out.result({ keys })
  const rows = keys.map((k) => [
    k.id,
    k.department,
    k.feed ?? '*',
    k.name,
    dayText(k.expiresAt),
    dayText(k.lastUsedOn),
    k.revokedAt ? '已吊销 revoked' : '有效 live',
  ])
  for (const line of table(['id', 'department', 'feed', 'name', 'expires', 'lastUsed', 'state'], rows)) out.line(line)
  return 0
}

export const keyCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      feed: { type: 'string' },
      department: { type: 'string' },
      name: { type: 'string' },
      days: { type: 'string', default: '365' },
    },
  })
  const [verb, id] = positionals
  if (verb === 'list') return list(hub, out)
  if (verb === 'revoke' && id) {
    await revokeApiKey(hub.db, id, systemActor)
    out.result({ id, revoked: true })
    out.line(`已吊销 revoked ${id}`)
    return 0
  }
  if (verb !== 'create') throw usage()
  const holder = holderOf(hub, values)
  const expiresAt = expiryArgument(values.days)
  const name = values.name ?? `${holder.feed ?? holder.department} key`
  const made = await issueApiKey(hub.db, { ...holder, name, expiresAt }, systemActor)
  out.result({ id: made.id, key: made.key, ...holder, expiresAt })
  out.line(made.key)
  return 0
}
