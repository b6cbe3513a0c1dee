/**
 * `user create --name N --display D --role R [--grid G] [--password-stdin]`: a person who signs in on the pages; without `--password-stdin` a password
 * is made and shown once. `user password <name> [--password-stdin]`, `user list`, `user disable <name>`.
 */
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { systemActor } from '../access/actor.ts'
import { createUser, disableUser, listUsers, newPassword, setPassword } from '../access/users.ts'
import type { Hub } from '../hub.ts'
import { badArgument, dayText, gridArgument, roleArgument } from './arguments.ts'
import { type Output, table } from './output.ts'

const usage = () =>
  badArgument(
    '用法：user create --name <用户名> --role <角色> [--display <姓名>] [--grid <区划前缀>] [--password-stdin] ；user password <用户名> [--password-stdin] ；user list ；user disable <用户名>',
    'usage: user create --name <name> --role <role> [--display <name shown>] [--grid <division prefix>] [--password-stdin]; user password <name> [--password-stdin]; user list; user disable <name>',
  )

/** A password is never an argument: those stand in the list of processes and in the shell's history. */
const passwordOf = async (fromStdin: boolean): Promise<{ readonly password: string; readonly isMade: boolean }> =>
  fromStdin
    ? { password: (await text(process.stdin)).replace(/\r?\n$/, ''), isMade: false }
    : { password: newPassword(), isMade: true }

interface Values {
  readonly name?: string | undefined
  readonly display?: string | undefined
  readonly role?: string | undefined
  readonly grid?: string | undefined
  readonly 'password-stdin': boolean
}

const create = async (hub: Hub, values: Values, out: Output): Promise<number> => {
  const name = values.name ?? ''
  if (!/^[A-Za-z\d][\w.-]{1,63}$/.test(name))
    throw badArgument('--name 应为 2–64 个字母、数字或 . _ -', '--name takes 2 to 64 letters, digits or . _ -')
  const role = roleArgument(values.role)
  const grid = gridArgument(values.grid, hub.config.region.code)
  const { password, isMade } = await passwordOf(values['password-stdin'])
  const user = { name, displayName: values.display ?? name, role, scopePrefix: grid, password }
  const { id } = await createUser(hub.db, user, systemActor)
  out.result({ id, name, role, grid, ...(isMade ? { password } : {}) })
  out.line(isMade ? password : `已建立 created ${id}`)
  return 0
}

const list = async (hub: Hub, out: Output): Promise<number> => {
  const users = await listUsers(hub.db)
  out.result({ users })
  const rows = users.map((u) => [
    u.id,
    u.name,
    u.displayName,
    u.role,
    u.scopePrefix,
    dayText(u.createdAt),
    u.disabledAt ? '已停用 disabled' : '有效 live',
  ])
  for (const line of table(['id', 'name', 'display', 'role', 'grid', 'created', 'state'], rows)) out.line(line)
  return 0
}

export const userCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      display: { type: 'string' },
      role: { type: 'string' },
      grid: { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
    },
  })
  const [verb, who] = positionals
  if (verb === 'create') return create(hub, values, out)
  if (verb === 'list') return list(hub, out)
  if (verb === 'disable' && who) {
    const { id } = await disableUser(hub.db, who, systemActor)
    out.result({ id, disabled: true })
    out.line(`已停用 disabled ${id}`)
    return 0
  }
  if (verb === 'password' && who) {
    const { password, isMade } = await passwordOf(values['password-stdin'])
    const { id } = await setPassword(hub.db, who, password, systemActor)
    out.result({ id, ...(isMade ? { password } : {}) })
    out.line(isMade ? password : `已更改 changed ${id}`)
    return 0
  }
  throw usage()
}
