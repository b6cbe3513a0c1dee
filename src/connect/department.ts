/** What the hub knows of a department itself, and how it opens the way to it. */
import { now } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import { type AuthKind, apiKey, type Credentials, hmac, oauth2 } from './auth.ts'
import { connectCodes, connectError } from './errors.ts'
import { type ExchangeOptions, openExchange } from './exchange-database.ts'
import type { SourceAccess } from './feed.ts'
import { createHttpClient, type HttpClient, type HttpOptions } from './http.ts'
import { sealedAnswers } from './sealed-answers.ts'

export interface Department {
  readonly id: string
  /** 中文名称. */
  readonly title: string
  readonly auth: AuthKind
  /** Least time between two requests. */
  readonly pacingMs: number
  /** Duty in the department that answers for its data; people's names stand in the configuration. */
  readonly contact: string
  /** Time of day in Asia/Shanghai after which missing data is late, `HH:mm`. */
  readonly dueTime: string
}

export const defineDepartment = (department: Department): Department => department

/** Where a department's system is and the hub's credentials for it, from the configuration. */
export interface SourceSettings {
  readonly baseUrl?: string | null | undefined
  readonly folder?: string | null | undefined
  /** URL of the front-end database of the sharing platform. */
  readonly database?: Secret | null | undefined
  readonly clientId?: string | null | undefined
  readonly secret?: Secret | null | undefined
}

const missing = (department: Department, what: string) =>
  connectError(
    connectCodes.notConfigured,
    `${department.title}的接入配置缺少 ${what}`,
    `the configuration of ${department.id} lacks ${what}`,
    {
      context: { department: department.id, missing: what },
    },
  )

const authenticator = (department: Department, settings: SourceSettings): HttpOptions['auth'] => {
  const { auth } = department
  if (auth.kind === 'none') return undefined
  const { secret } = settings
  if (!secret) throw missing(department, 'secret')
  if (auth.kind === 'apiKey') return () => apiKey(auth.header, { clientId: '', secret })
  if (!settings.clientId) throw missing(department, 'clientId')
  const credentials: Credentials = { clientId: settings.clientId, secret }
  if (auth.kind === 'hmac') return () => hmac(credentials)
  if (auth.kind === 'sealed') return () => sealedAnswers(credentials)
  return (client) =>
    oauth2(credentials, (body, signal) =>
      client.send(
        {
          method: 'POST',
          path: auth.tokenPath,
          body,
          contentType: 'application/x-www-form-urlencoded',
          signal,
          authenticated: false,
        },
        ({ text }) => text,
      ),
    )
}

/** Limits that hold for statements as they do for requests. */
const exchangeLimits = ({
  attemptTimeoutMs,
  attemptsMax,
  budgetMs,
  waitMs,
}: Partial<HttpOptions>): Partial<ExchangeOptions> => ({
  ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }),
  ...(attemptsMax === undefined ? {} : { attemptsMax }),
  ...(budgetMs === undefined ? {} : { budgetMs }),
  ...(waitMs === undefined ? {} : { waitMs }),
})

/** A client for a source that is reached by files only: any request through it is a mistake in the configuration. */
const noHttp = (department: Department): HttpClient => ({
  send: () => Promise.reject(missing(department, 'baseUrl')),
  troubles: () => [],
  close: () => Promise.resolve(),
})

export interface OpenSource extends SourceAccess {
  readonly close: () => Promise<void>
}

/**
 * Opens the way to a department for its pagers; close it after the run. `limits` override time limits and retries.
 * Throws `connect.not_configured` where the department's kind of identification lacks a credential.
 */
export const openSource = (
  department: Department,
  settings: SourceSettings,
  limits: Partial<HttpOptions> = {},
): OpenSource => {
  const { baseUrl } = settings
  const auth = baseUrl ? authenticator(department, settings) : undefined
  const http = baseUrl
    ? createHttpClient({
        department: department.id,
        pacingMs: department.pacingMs,
        ...limits,
        baseUrl,
        ...(auth ? { auth } : {}),
      })
    : noHttp(department)
  const { database } = settings
  const exchange = database
    ? openExchange({ department: department.id, url: database, ...exchangeLimits(limits) })
    : null
  const close = async (): Promise<void> => {
    await Promise.all([http.close(), exchange?.close()])
  }
  return { http, baseUrl: baseUrl ?? '', folder: settings.folder ?? null, exchange, now, close }
}
