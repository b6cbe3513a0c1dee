/**
 * A route as data: path, who may, what goes in and comes out, which problems. Registration, the access table and the OpenAPI document
 * are all read from this, so they cannot disagree.
 */
import type { z } from 'zod'
import type { Actor, Role } from '../access/actor.ts'
import type { Queryable } from '../db/transaction.ts'
import type { ProblemCode } from './codes.ts'
import type { AppDeps } from './deps.ts'
import type { Language } from './language.ts'

export type Method = 'get' | 'post' | 'delete'

export interface RouteInput<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly actor: Actor
  readonly deps: AppDeps
  readonly request: Request
  readonly requestId: string
  readonly language: Language
  /** Reads as the actor, on a connection that shows only its scope. */
  readonly read: <T>(fn: (client: Queryable) => Promise<T>) => Promise<T>
}

export type OpenInput<P, Q, B> = Omit<RouteInput<P, Q, B>, 'actor' | 'read'> & { readonly actor: Actor | null }

/** An answer that is not plain JSON with status 200: a page, a redirect, text. */
export class Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  constructor(status: number, headers: Readonly<Record<string, string>>, body = '') {
    this.status = status
    this.headers = headers
    this.body = body
  }
}

export const redirect = (location: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  new Reply(303, { ...headers, location })
export const page = (html: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  new Reply(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }, html)

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

interface RouteShape<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends z.ZodType | undefined,
> {
  /** Names the operation in OpenAPI, logs, metrics and the audit trail. */
  readonly id: string
  readonly method: Method
  /** OpenAPI's form: `/v1/projects/{projectId}`. */
  readonly path: string
  readonly tag: string
  readonly summary: { readonly zh: string; readonly en: string }
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Of a form post instead of JSON: console pages only. */
  readonly isForm?: boolean
  /** Media types of a body that the handler reads itself, as a stream. */
  readonly consumes?: readonly string[]
  /** Request headers that matter beside those of every route; the handler reads them. */
  readonly headers?: z.ZodType
  /** Further statuses with the same answer. */
  readonly otherStatus?: Readonly<Record<number, { readonly zh: string; readonly en: string }>>
  /** Where the work may take longer than the server's own bound. */
  readonly timeoutMs?: number
  /** Schema of the JSON answer; absent for pages and text. */
  readonly answer?: A
  /** What a page or text is. */
  readonly contentType?: string
  readonly status?: 200 | 201 | 202
  /** Codes besides those every route can give. */
  readonly problems?: readonly ProblemCode[]
}

type Answered<A> = Promise<(A extends z.ZodType ? z.input<A> : never) | Reply>

interface GuardedRoute<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends z.ZodType | undefined,
> extends RouteShape<P, Q, B, A> {
  readonly roles: readonly Role[]
  /** `verb`: the verb writes its row in its own transaction. `none`: nothing of anyone is told. Default: a row for each request. */
  readonly audit?: 'read' | 'verb' | 'none'
  /** What the audit row says beside the path; default: the query. */
  readonly auditDetail?: (input: {
    readonly query: Parsed<Q>
    readonly body: Parsed<B>
    readonly deps: AppDeps
  }) => Record<string, unknown>
  readonly handle: (input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>>) => Answered<A>
}

interface OpenRoute<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  A extends z.ZodType | undefined,
> extends RouteShape<P, Q, B, A> {
  readonly handle: (input: OpenInput<Parsed<P>, Parsed<Q>, Parsed<B>>) => Answered<A>
}

/** A route with its types forgotten, as the server holds it. */
export interface Route
  extends RouteShape<z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined> {
  /** Null: open to everyone, also without a token. */
  readonly roles: readonly Role[] | null
  readonly audit: 'read' | 'verb' | 'none'
  readonly auditDetail?: (input: {
    readonly query: unknown
    readonly body: unknown
    readonly deps: AppDeps
  }) => Record<string, unknown>
  readonly handle: (input: RouteInput<unknown, unknown, unknown>) => Promise<unknown>
}

/** A route for listed roles. */
export const defineRoute = <
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(
  route: GuardedRoute<P, Q, B, A>,
): Route => ({ audit: 'read', ...route }) as unknown as Route

/** A route for everyone: it must tell nothing of anyone. */
export const defineOpenRoute = <
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(
  route: OpenRoute<P, Q, B, A>,
): Route => ({ ...route, audit: 'none', roles: null }) as unknown as Route

/** `/v1/projects/{projectId}` → `/v1/projects/:projectId`. */
export const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')
