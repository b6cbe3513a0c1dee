import { codeOf, HubError, type PublicMessage } from '../kernel/errors.ts'

/** Every code of this stage with what a person reads. */
export const dbErrors = {
  'db.server_too_old': {
    zh: '数据库版本过低，需要 PostgreSQL 15 或更高版本',
    en: 'The database is too old: PostgreSQL 15 or later is needed',
  },
  'db.encoding_not_utf8': {
    zh: '数据库编码不是 UTF8，请用 ENCODING UTF8 重新建库',
    en: 'The database is not encoded in UTF8: create it again with ENCODING UTF8',
  },
  'db.ctype_c': {
    zh: '数据库的字符分类是 C，中文检索会查不到任何结果，请用 UTF-8 区域设置重新建库',
    en: 'The database has ctype C, under which Chinese search silently finds nothing: create it again with a UTF-8 locale',
  },
  'db.unreachable': { zh: '无法连接数据库', en: 'The database cannot be reached' },
  'db.login_refused': {
    zh: '数据库拒绝登录，请检查用户名和密码',
    en: 'The database refuses the login: check user and password',
  },
  'db.roles_missing': {
    zh: '数据库角色不存在，且当前登录无权创建',
    en: 'The database roles are missing and this login may not create them',
  },
  'db.migration_changed': {
    zh: '已执行的迁移文件被改动过',
    en: 'A migration that was already applied has been changed',
  },
  'db.migration_unknown': {
    zh: '数据库比程序新：存在程序不认识的迁移',
    en: 'The database is newer than the program: it holds migrations the program does not know',
  },
  'db.migration_failed': { zh: '数据库迁移失败，已回滚', en: 'A migration failed and was rolled back' },
  'db.embedded_unsupported': {
    zh: '此平台没有内置数据库，请设置 DATABASE_URL',
    en: 'There is no embedded database for this platform: set DATABASE_URL',
  },
  'db.embedded_start_failed': { zh: '内置数据库启动失败', en: 'The embedded database did not start' },
  'db.embedded_password_lost': {
    zh: '内置数据库的口令文件丢失，数据仍在，请从备份恢复该文件',
    en: 'The password file of the embedded database is missing (its data is there): restore that file from a backup',
  },
  'db.embedded_locked': {
    zh: '另一进程长时间占用内置数据库的启动锁',
    en: 'Another process holds the start lock of the embedded database',
  },
  'db.data_folder_foreign': { zh: '数据目录属于其他用户', en: 'The data folder belongs to another user' },
  'db.data_folder_unreachable': {
    zh: '数据库进程的用户无法进入数据目录',
    en: 'The user that runs the database cannot enter the data folder',
  },
  'db.client_leaked': { zh: '数据库连接未归还', en: 'A database connection was not given back' },
} as const satisfies Record<string, PublicMessage>

export type DbErrorCode = keyof typeof dbErrors

/** A HubError of this stage; `detail` follows the public message in both languages where the reader can act on it. */
export const dbError = (
  code: DbErrorCode,
  more: {
    readonly detail?: PublicMessage | string
    readonly context?: Record<string, unknown>
    readonly cause?: unknown
    readonly retryable?: boolean
  } = {},
): HubError => {
  const detail = typeof more.detail === 'string' ? { zh: more.detail, en: more.detail } : more.detail
  const base = dbErrors[code]
  return new HubError({
    code,
    publicMessage: detail ? { zh: `${base.zh}：${detail.zh}`, en: `${base.en}: ${detail.en}` } : base,
    context: more.context ?? {},
    retryable: more.retryable ?? false,
    cause: more.cause,
  })
}

/** SQLSTATE classes and codes, and codes of the system, after which the same work may succeed: lost connection, restart, conflict, deadlock. */
const passing = /^(?:08...|57P0[1-3]|40001|40P01|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/

/** What pg itself says without a code when a connection ended under it. */
const lostConnection = /^Connection terminated|not queryable$/

/** Whether a database error passes by itself, so that the whole transaction may be tried again. */
export const isPassingDbError = (error: unknown): boolean =>
  passing.test(codeOf(error) ?? '') || (error instanceof Error && lostConnection.test(error.message))
