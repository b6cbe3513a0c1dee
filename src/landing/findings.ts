/**
 * What a run's report says besides its figures: each thing that went wrong, in words of the person who has to act: what happened, where, how often,
 * and what to do. A fault that passed by itself (a 429, a cut answer that came whole the next time) is told too: it shows how a source is.
 */
import type { Trouble } from '../connect/http.ts'
import type { Database } from '../db/database.ts'
import { isHubError, type PublicMessage } from '../kernel/errors.ts'
import type { BatchFigures, HoldReason } from './batch-figures.ts'
import { landingCodes } from './codes.ts'
import { remedyOf } from './remedies.ts'

export interface Finding {
  /** `stopped`: the run ended here. `healed`: passed by itself. */
  readonly kind: 'stopped' | 'refused' | 'held' | 'quarantined' | 'drift' | 'healed'
  readonly code: string
  readonly what: PublicMessage
  /** Page, file and row, field: as the source names them; null where it is the delivery as a whole. */
  readonly where: string | null
  readonly times: number
  readonly todo: PublicMessage
}

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

/** Page or file, with row and sheet where they are known, of an error's context. */
export const placeOf = (context: Readonly<Record<string, unknown>>): string | null => {
  const source = text(context.file) ?? text(context.source) ?? text(context.path) ?? text(context.folder)
  if (source === null) return text(context.department)
  const sheet = text(context.sheet)
  const row = text(context.row)
  return `${source}${sheet === null ? '' : `!${sheet}`}${row === null ? '' : `:${row}`}`
}

const internal: PublicMessage = { zh: '内部错误，详见日志', en: 'internal error, see the log' }

const stopped = (error: unknown, troubles: readonly Trouble[]): Finding[] => {
  if (error === null) return []
  if (!isHubError(error)) {
    return [
      { kind: 'stopped', code: 'hub.internal', what: internal, where: null, times: 1, todo: remedyOf('hub.internal') },
    ]
  }
  const before = troubles.find(({ code }) => code === error.code)?.times ?? 0
  const { code, publicMessage, context } = error
  return [
    { kind: 'stopped', code, what: publicMessage, where: placeOf(context), times: before + 1, todo: remedyOf(code) },
  ]
}

const healed = (error: unknown, troubles: readonly Trouble[]): Finding[] =>
  troubles
    .filter(({ code }) => !isHubError(error, code))
    .map(({ code, what, where, times }) => ({ kind: 'healed', code, what, where, times, todo: remedyOf(code) }))

const heldAs = (kind: 'refused' | 'held' | 'healed', reason: HoldReason, feed: string): Finding => ({
  kind,
  code: reason.code,
  what: {
    zh: `${reason.message.zh}（${reason.found}，界限 ${reason.bound}）`,
    en: `${reason.message.en} (${reason.found}, bound ${reason.bound})`,
  },
  where: feed,
  times: 1,
  todo: remedyOf(reason.code),
})

const ofBatches = (batches: readonly BatchFigures[]): Finding[] =>
  batches.flatMap((b) => {
    if (b.holdReason === null || !['refused', 'held', 'queued'].includes(b.state)) return []
    if (b.holdReason.code === landingCodes.restarted) return [heldAs('healed', b.holdReason, b.feed)]
    return [heldAs(b.state === 'refused' ? 'refused' : 'held', b.holdReason, b.feed)]
  })

const quarantined = async (db: Database, batchIds: readonly bigint[]): Promise<Finding[]> =>
  (
    await db.pipeline.query<{ code: string; what: PublicMessage; where: string; times: number }>(
      `SELECT code, (array_agg(message ORDER BY quarantine_id))[1] AS what, min(source || ':' || row || pointer) AS where, count(*)::int AS times
       FROM quarantine WHERE batch_id = ANY ($1::bigint[]) GROUP BY code ORDER BY count(*) DESC, code LIMIT 20`,
      [batchIds],
    )
  ).rows.map((r) => ({ kind: 'quarantined', ...r, todo: remedyOf(r.code) }))

const drifted = async (db: Database, batchIds: readonly bigint[]): Promise<Finding[]> =>
  (
    await db.pipeline.query<{ field: string; kind: 'unknown' | 'missing'; rows: number }>(
      `SELECT field, kind, rows::int AS rows FROM drift WHERE last_batch_id = ANY ($1::bigint[]) ORDER BY kind, field LIMIT 50`,
      [batchIds],
    )
  ).rows.map(({ field, kind, rows }) => ({
    kind: 'drift',
    code: 'landing.drift',
    what:
      kind === 'unknown'
        ? { zh: `多出约定之外的字段 ${field}`, en: `the field ${field} is not in the contract` }
        : { zh: `缺少约定的字段 ${field}`, en: `the field ${field} of the contract is missing` },
    where: `/${field}`,
    times: rows,
    todo: remedyOf('landing.drift'),
  }))

/**
 * Everything about a run that somebody should know, the gravest first.
 * @param error what the run stopped with, null where it did not
 * @param troubles what passed by itself on the way (`HttpClient.troubles`)
 */
export const findingsOf = async (
  db: Database,
  batches: readonly BatchFigures[],
  error: unknown,
  troubles: readonly Trouble[],
): Promise<Finding[]> => {
  const faulty = batches.filter((b) => b.quarantined > 0n).map((b) => b.batchId)
  const read = batches.filter((b) => b.fetched > 0n).map((b) => b.batchId)
  const stored = [
    ...(faulty.length === 0 ? [] : await quarantined(db, faulty)),
    ...(read.length === 0 ? [] : await drifted(db, read)),
  ]
  return [...stopped(error, troubles), ...ofBatches(batches), ...stored, ...healed(error, troubles)]
}
