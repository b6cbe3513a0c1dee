/** Codes of everything that can stop a delivery on its way in. They are stable: schedules, pages and partners' tickets name them. */
import { HubError } from '../kernel/errors.ts'

export const connectCodes = {
  unreachable: 'connect.unreachable',
  timeout: 'connect.timeout',
  cutBody: 'connect.cut_body',
  bodyTooLarge: 'connect.body_too_large',
  serverError: 'connect.server_error',
  rateLimited: 'connect.rate_limited',
  refused: 'connect.refused',
  unauthorized: 'connect.unauthorized',
  circuitOpen: 'connect.circuit_open',
  wrongEncoding: 'connect.wrong_encoding',
  answerUnreadable: 'connect.answer_unreadable',
  doctypeRefused: 'connect.doctype_refused',
  departmentError: 'connect.department_error',
  notConfigured: 'connect.not_configured',
  shortDelivery: 'landing.short_delivery',
  earlyEmptyPage: 'landing.early_empty_page',
  repeatedPage: 'landing.repeated_page',
  repeatedCursor: 'landing.repeated_cursor',
  moreThanDeclared: 'landing.more_than_declared',
  totalShrank: 'landing.total_shrank',
  /** Landing starts the delivery anew from the last complete one on these two. */
  cursorExpired: 'connect.cursor_expired',
  checkpointGone: 'connect.checkpoint_gone',
  folderMissing: 'landing.folder_missing',
  nothingDelivered: 'landing.nothing_delivered',
  manifestUnreadable: 'landing.manifest_unreadable',
  digestMismatch: 'landing.digest_mismatch',
  sumMismatch: 'landing.sum_mismatch',
  /** A monthly manifest lists a file that is not there, or does not list all that belong together. */
  fileMissing: 'landing.file_missing',
  fileUnlisted: 'landing.file_unlisted',
  /** Encrypted answers: no envelope; altered or another key; no text under a right MAC; the answer to another request. */
  envelopeUnreadable: 'connect.envelope_unreadable',
  macMismatch: 'connect.mac_mismatch',
  decryptFailed: 'connect.decrypt_failed',
  answerReplayed: 'connect.answer_replayed',
  /** Streams with a sequence number: a number is missing, or one came that lies before what was read. */
  sequenceGap: 'landing.sequence_gap',
  sequenceStepBack: 'landing.sequence_step_back',
  /** Front-end tables: not there or of another shape, a resource that no feed reads, two batches under one number. */
  exchangeUnreadable: 'connect.exchange_unreadable',
  catalogueUnknown: 'landing.catalogue_unknown',
  batchRepeated: 'landing.batch_repeated',
} as const

export const decodeCodes = {
  fileUnreadable: 'decode.file_unreadable',
  fileEmpty: 'decode.file_empty',
  formatUnknown: 'decode.format_unknown',
  keyColumnMissing: 'decode.key_column_missing',
  headerRepeated: 'decode.header_repeated',
  cellTooLarge: 'decode.cell_too_large',
  quoteOpen: 'decode.quote_never_closed',
  raggedRow: 'decode.ragged_row',
  badBytes: 'decode.bad_bytes',
  notAnObject: 'decode.not_an_object',
  notJson: 'decode.not_json',
  notAnArray: 'decode.not_an_array',
  cutFile: 'decode.cut_file',
  xlsxUnreadable: 'decode.xlsx_unreadable',
  xlsxTooLarge: 'decode.xlsx_too_large',
} as const

export type ConnectCode =
  | (typeof connectCodes)[keyof typeof connectCodes]
  | (typeof decodeCodes)[keyof typeof decodeCodes]

interface Rest {
  readonly retryable?: boolean
  readonly context?: Readonly<Record<string, unknown>>
  readonly message?: string
  readonly cause?: unknown
}

export const connectError = (code: ConnectCode, zh: string, en: string, rest: Rest = {}): HubError =>
  new HubError({ code, publicMessage: { zh, en }, ...rest })
