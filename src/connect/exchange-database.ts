/**
 * The way into a sharing platform's front-end database (前置库). Values come as the text the server writes, so that a record keeps its lexemes.
 * Plain SQL and simple settings only: such platforms run openGauss or KingbaseES as often as PostgreSQL.
 */
import pg from 'pg'
import { asError, codeOf, isHubError } from '../kernel/errors.ts'
import { redact } from '../kernel/redact.ts'
import { retry } from '../kernel/retry.ts'
import type { Secret } from '../kernel/secret.ts'
import { connectCodes, connectError } from './errors.ts'

export interface ExchangeAnswer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface ExchangeDatabase {
  /** Runs one statement that may be repeated. Throws HubError with a `connect.*` code; what may pass by itself is tried again. */
  readonly query: (sql: string, values: readonly unknown[], signal: AbortSignal) => Promise<ExchangeAnswer>
  readonly close: () => Promise<void>
}

export interface ExchangeOptions {
  readonly department: string
  /** `postgresql://user:password@host:port/database`. */
  readonly url: Secret
  readonly connectTimeoutMs?: number
  /** Of one statement, at the server and here. */
  readonly attemptTimeoutMs?: number
  readonly attemptsMax?: number
  readonly budgetMs?: number
  readonly waitMs?: number
}

const defaults = {
  connectTimeoutMs: 10_000,
  attemptTimeoutMs: 60_000,
  attemptsMax: 4,
  budgetMs: 300_000,
  waitMs: 500,
}

const asText = { getTypeParser: () => (text: string) => text }

/** What a failure of the database means (SQLSTATE classes as PostgreSQL and its relatives have them). */
const failure = (thrown: unknown, department: string) => {
  const sqlState = codeOf(thrown) ?? ''
  const { message } = asError(thrown)
  const rest = { context: { department, system: sqlState }, cause: thrown, message: redact(message) }
  const passing = { ...rest, retryable: true }
  if (/^(28|0P)/.test(sqlState))
    return connectError(connectCodes.unauthorized, '前置库拒绝登录', 'the front-end database refuses the login', rest)
  if (sqlState === '57014' || /timeout/i.test(message))
    return connectError(
      connectCodes.timeout,
      '前置库在规定时间内没有应答',
      'the front-end database did not answer in time',
      passing,
    )
  if (/^(22021|22P05|22P04)$/.test(sqlState))
    return connectError(
      connectCodes.wrongEncoding,
      '前置库的数据与其编码不符',
      'the data of the front-end database are not in its encoding',
      rest,
    )
  if (/^(42|3D|3F)/.test(sqlState))
    return connectError(
      connectCodes.exchangeUnreadable,
      '前置库的表不存在、结构不符或无权读写',
      'the front-end tables are missing, of another shape, or may not be read or written',
      rest,
    )
  return /^(53|57|58|XX|40)/.test(sqlState)
    ? connectError(connectCodes.serverError, '前置库出错', 'the front-end database failed', passing)
    : connectError(connectCodes.unreachable, '无法连接前置库', 'the front-end database cannot be reached', passing)
}

const badUrl = (department: string) =>
  connectError(
    connectCodes.notConfigured,
    `sources.${department}.database 应为 postgresql://用户:密码@主机:端口/库名`,
    `sources.${department}.database must read postgresql://user:password@host:port/database`,
    { context: { department } },
  )

/** Opens nothing yet: the first statement connects, and the next one after a failure does so again. */
export const openExchange = (options: ExchangeOptions): ExchangeDatabase => {
  const o = { ...defaults, ...options }
  if (!/^postgres(ql)?:\/\//.test(o.url.reveal())) throw badUrl(o.department)
  let open: Promise<pg.Client> | null = null

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: o.url.reveal(),
      application_name: 'jingwei-exchange',
      connectionTimeoutMillis: o.connectTimeoutMs,
      // Beside the server's own limit, for a line that is dead and does not say so.
      query_timeout: o.attemptTimeoutMs + 1_000,
    })
    client.on('error', () => undefined)
    await client.connect()
    await client.query(`SET statement_timeout = ${o.attemptTimeoutMs}`)
    await client.query(`SET datestyle = 'ISO, YMD'`)
    return client
  }
  const drop = async (): Promise<void> => {
    const closing = open
    open = null
    await closing?.then((client) => client.end()).catch(() => undefined)
  }
  const once = async (sql: string, values: readonly unknown[]): Promise<ExchangeAnswer> => {
    try {
      open ??= connect()
      const client = await open
      const { fields, rows } = await client.query<(string | null)[]>({
        text: sql,
        values: [...values],
        rowMode: 'array',
        types: asText,
      })
      return { columns: fields.map(({ name }) => name), rows }
    } catch (error) {
      await drop()
      throw isHubError(error) ? error : failure(error, o.department)
    }
  }
  return {
    query: (sql, values, signal) =>
      retry(() => once(sql, values), {
        attemptsMax: o.attemptsMax,
        budgetMs: o.budgetMs,
        waitMs: o.waitMs,
        waitMaxMs: 30_000,
        signal,
      }),
    close: drop,
  }
}
