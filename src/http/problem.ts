/** What stops a request, as RFC 9457 says it. Only public words leave; the rest is in the log under the same request id. */
import { z } from 'zod'
import type { Problem } from '#schemas/api/problem.ts'
import { codeOf, HubError, isHubError } from '../kernel/errors.ts'
import { isProblemCode, type ProblemCode, problemKind } from './codes.ts'
import type { Language } from './language.ts'

export type Fault = NonNullable<Problem['errors']>[number]
export type InputPart = Fault['in']

/** An error with one of the server's own codes. */
export const problemError = (
  code: ProblemCode,
  more: { readonly context?: Record<string, unknown>; readonly cause?: unknown } = {},
): HubError => {
  const { zh, en } = problemKind(code)
  return new HubError({ code, publicMessage: { zh, en }, ...more })
}

/** Input that does not fit its schema: each fault with its place, in words of the reader's language. */
export const inputError = (part: InputPart, error: z.ZodError): HubError =>
  problemError('http.bad_input', { context: { part, issues: error.issues } })

const locales = { zh: z.locales.zhCN().localeError, en: z.locales.en().localeError }

const wordsOf = (issue: z.core.$ZodIssue, language: Language): string => {
  // What a schema says in its own words stays; the rest is told in the reader's language.
  const told = issue.code === 'custom' ? issue.message : locales[language](issue as z.core.$ZodRawIssue)
  return (typeof told === 'string' ? told : told?.message) ?? issue.message
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const faultsOf = (error: HubError, language: Language): Fault[] => {
  const { part, issues } = error.context as { part?: InputPart; issues?: readonly z.core.$ZodIssue[] }
  return (issues ?? []).map((issue) => ({
    in: part ?? 'body',
    pointer: pointerOf(issue.path),
    message: wordsOf(issue, language),
  }))
}

/** Connection losses, restarts, statement timeouts and a full pool: the same request may succeed later. */
const isPassing = (error: unknown): boolean => {
  const code = codeOf(error)
  return (
    code !== null &&
    (/^(08|53|57P|40)/.test(code) || ['57014', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code))
  )
}

/** The code of the answer to any thrown value. A code that is not in the table is ours to know and nobody's to read. */
export const codeOfThrown = (thrown: unknown): ProblemCode => {
  if (isHubError(thrown)) {
    if (isProblemCode(thrown.code)) return thrown.code
    return thrown.retryable ? 'http.unavailable' : 'http.internal'
  }
  if (thrown instanceof Error && /timeout exceeded when trying to connect|Connection terminated/.test(thrown.message))
    return 'http.unavailable'
  return isPassing(thrown) ? 'http.unavailable' : 'http.internal'
}

/** The problem to send. 5xx words are fixed; a verb's own public words are used for the rest. */
export const problemOf = (thrown: unknown, language: Language, requestId: string): Problem => {
  const code = codeOfThrown(thrown)
  const kind = problemKind(code)
  const isOurs = isHubError(thrown) && thrown.code === code && kind.status < 500
  const detail = isOurs ? thrown.publicMessage[language] : kind[language]
  const errors = isOurs && code === 'http.bad_input' ? faultsOf(thrown, language) : []
  return {
    type: `urn:jingwei:problem:${code}`,
    title: kind[language],
    status: kind.status,
    detail,
    code,
    requestId,
    ...(errors.length > 0 ? { errors } : {}),
  }
}
