/** What a person outside may read: 5xx answers, receipts and pages show this and nothing else of an error. */
export interface PublicMessage {
  readonly zh: string
  readonly en: string
}

export interface HubErrorInput {
  /** Dotted and stable, e.g. `landing.short_delivery`; each stage lists its codes in one const object. */
  readonly code: string
  readonly publicMessage: PublicMessage
  /** For the log; the English public message where there is nothing more to say. */
  readonly message?: string
  /** True only where the same call may succeed later without anyone changing anything. */
  readonly retryable?: boolean
  readonly context?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The one error class: what stops a unit of work (a record, page, batch or request). A fault in data is an issue, not an error. */
export class HubError extends Error {
  readonly code: string
  readonly publicMessage: PublicMessage
  readonly retryable: boolean
  readonly context: Readonly<Record<string, unknown>>

  constructor(input: HubErrorInput) {
    super(input.message ?? input.publicMessage.en, input.cause === undefined ? undefined : { cause: input.cause })
    this.name = 'HubError'
    this.code = input.code
    this.publicMessage = input.publicMessage
    this.retryable = input.retryable ?? false
    this.context = input.context ?? {}
  }
}

/** True for errors of the hub; with a code, only for that one. Survives errors that crossed a module boundary twice. */
export const isHubError = (error: unknown, code?: string): error is HubError =>
  error instanceof Error && error.name === 'HubError' && (code === undefined || (error as HubError).code === code)

/** Any thrown value as an Error, so that a `cause` is never a bare string. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** The SQLSTATE or system code (`23505`, `ECONNRESET`) of a foreign error, null where it has none. */
export const codeOf = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}
