/** What departments send: their own feeds and receipts, and nothing of what the bureau makes of them (征管法 8; 国税发〔2008〕93号). */
import type { z } from 'zod'
import {
  PushHeaders,
  PushParams,
  PushQuery,
  ReceiptAnswer,
  ReceiptParams,
  ReceiptQuery,
  WithdrawParams,
  ZeroReportAnswer,
  ZeroReportInput,
} from '#schemas/api/push.ts'
import type { Actor } from '../../access/actor.ts'
import { recordId } from '../../kernel/opaque-id.ts'
import { pushError } from '../../push/codes.ts'
import { idempotencyDays } from '../../push/idempotency.ts'
import type { Intake, PushAnswer } from '../../push/intake.ts'
import type { Receipt, RowAnswer, Sender } from '../../push/types.ts'
import { partners } from '../access.ts'
import { jsonText } from '../answer.ts'
import { bodyBytes } from '../body.ts'
import type { AppDeps } from '../deps.ts'
import { problemOf } from '../problem.ts'
import { defineRoute, Reply } from '../route.ts'

/** Feeds that a key may push to. */
export const feedsOfPartner = (deps: Pick<AppDeps, 'feeds'>, actor: Actor): AppDeps['feeds'] =>
  deps.feeds.filter(
    (feed) => feed.department === actor.department && (actor.feed === undefined || actor.feed === feed.id),
  )

const senderOf = (actor: Actor): Sender => ({ id: actor.id, department: actor.department ?? '' })

/** The intake for a feed of the actor's. Throws `push.unknown_feed`, the same for a feed of another department. */
const intakeFor = (deps: AppDeps, actor: Actor, feed: string): Intake => {
  const own = feedsOfPartner(deps, actor)
  if (deps.intake && own.some(({ id }) => id === feed)) return deps.intake
  const list = own.map(({ id }) => id).join(' ') || '（无 none）'
  throw pushError('push.unknown_feed', {
    detail: { zh: `此密钥可报送 ${list}`, en: `this key may push to ${list}` },
  })
}

const rowOf = ({ row, outcome, keyHash, fault }: RowAnswer) => ({
  row,
  outcome,
  recordId: keyHash === null || outcome === 'quarantined' ? null : recordId.of(Buffer.from(keyHash, 'hex')),
  fault,
})

const answerOf = (receipt: Receipt, rows: readonly RowAnswer[]): z.input<typeof ReceiptAnswer> => {
  const { rows: rowCount, receivedAt, ...rest } = receipt
  const last = rows.at(-1)?.row ?? rowCount
  return {
    ...rest,
    receivedAt: receivedAt.toISOString(),
    rowCount,
    rows: rows.map(rowOf),
    nextAfter: last < rowCount ? last : null,
  }
}

/** 202 held; 207 some rows faulty; 201 something new was stored; 200 everything was known already. */
const statusOf = ({ state, counts }: Receipt): number => {
  if (state === 'held') return 202
  if (counts.quarantined > 0) return 207
  return counts.new + counts.changed + counts.withdrawn > 0 ? 201 : 200
}

const json = 'application/json; charset=utf-8'

const idempotencyKeyOf = (request: Request): string | null => {
  const key = request.headers.get('idempotency-key')
  if (key !== null && !/^[\x21-\x7e]{1,200}$/.test(key)) throw pushError('push.bad_idempotency_key')
  return key
}

const replyOf = (answer: Exclude<PushAnswer, { faults: unknown }>, key: string | null): Reply =>
  new Reply(
    statusOf(answer.receipt),
    {
      'content-type': json,
      location: `/v1/receipts/${answer.receipt.receiptId}`,
      ...(key === null ? {} : { 'idempotency-life': String(idempotencyDays * 86_400) }),
      ...(answer.isReplay ? { 'idempotency-replayed': 'true' } : {}),
    },
    JSON.stringify(answerOf(answer.receipt, answer.rows)),
  )

export const pushRecords = defineRoute({
  id: 'pushRecords',
  method: 'post',
  path: '/v1/feeds/{feed}/records',
  tag: 'partner',
  summary: { zh: '报送记录', en: 'Push records' },
  roles: partners,
  audit: 'verb',
  params: PushParams,
  query: PushQuery,
  headers: PushHeaders,
  consumes: ['application/json', 'application/x-ndjson'],
  answer: ReceiptAnswer,
  status: 201,
  otherStatus: {
    200: { zh: '全部记录此前已收到，无变化', en: 'every row was known already' },
    202: { zh: '已存储，变动过大，待税务人员放行', en: 'stored and held for a person of the bureau' },
    207: { zh: '部分记录不合格，逐条说明', en: 'some rows are faulty, each is told' },
  },
  timeoutMs: 900_000,
  problems: [
    'push.unknown_feed',
    'push.unsupported_type',
    'push.unsupported_encoding',
    'push.bad_body',
    'push.too_large',
    'push.no_rows',
    'push.atomic_refused',
    'push.bad_idempotency_key',
    'push.key_reused',
    'push.in_progress',
    'push.busy',
  ],
  handle: async ({ params, query, actor, deps, request, language, requestId }) => {
    const intake = intakeFor(deps, actor, params.feed)
    const idempotencyKey = idempotencyKeyOf(request)
    const answer = await intake.push({
      feed: params.feed,
      sender: senderOf(actor),
      mode: query.mode,
      idempotencyKey,
      headers: {
        contentType: request.headers.get('content-type'),
        contentEncoding: request.headers.get('content-encoding'),
        contentLength: request.headers.get('content-length'),
      },
      bytes: bodyBytes(request),
    })
    if (!('faults' in answer)) return replyOf(answer, idempotencyKey)
    const problem = problemOf(pushError('push.atomic_refused'), language, requestId)
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' }
    return new Reply(problem.status, headers, jsonText({ ...problem, rows: answer.faults.map(rowOf) }))
  },
})

export const receipt = defineRoute({
  id: 'getReceipt',
  method: 'get',
  path: '/v1/receipts/{receiptId}',
  tag: 'partner',
  summary: { zh: '回执', en: 'A receipt' },
  roles: partners,
  params: ReceiptParams,
  query: ReceiptQuery,
  answer: ReceiptAnswer,
  problems: ['push.unknown_receipt'],
  handle: async ({ params, query, actor, deps }) => {
    if (!deps.intake || actor.department === undefined) throw pushError('push.unknown_receipt')
    const found = await deps.intake.receipt(actor.department, params.receiptId, query.after, query.limit)
    // A key for one feed alone sees that feed's receipts alone.
    if (actor.feed !== undefined && actor.feed !== found.receipt.feed) throw pushError('push.unknown_receipt')
    return answerOf(found.receipt, found.rows)
  },
})

export const withdrawRecord = defineRoute({
  id: 'withdrawRecord',
  method: 'delete',
  path: '/v1/feeds/{feed}/records/{recordId}',
  tag: 'partner',
  summary: { zh: '撤回一条记录', en: 'Withdraw a record' },
  roles: partners,
  audit: 'verb',
  params: WithdrawParams,
  answer: ReceiptAnswer,
  problems: ['push.unknown_feed', 'push.unknown_record'],
  handle: async ({ params, actor, deps }) => {
    const intake = intakeFor(deps, actor, params.feed)
    const keyHash = recordId.hashOf(params.recordId)?.toString('hex')
    if (keyHash?.length !== 32) throw pushError('push.unknown_record')
    const withdrawn = await intake.withdraw(params.feed, senderOf(actor), keyHash)
    return answerOf(withdrawn.receipt, withdrawn.rows)
  },
})

export const zeroReport = defineRoute({
  id: 'reportZero',
  method: 'post',
  path: '/v1/feeds/{feed}/zero-report',
  tag: 'partner',
  summary: { zh: '零报送', en: 'Report that there is nothing to report' },
  roles: partners,
  audit: 'verb',
  params: PushParams,
  body: ZeroReportInput,
  answer: ZeroReportAnswer,
  status: 201,
  problems: ['push.unknown_feed', 'push.future_period'],
  handle: async ({ params, body, actor, deps }) => {
    const intake = intakeFor(deps, actor, params.feed)
    const input = { period: body.period, reason: body.reason ?? null }
    const { receivedAt, ...report } = await intake.reportZero(params.feed, senderOf(actor), input)
    return { ...report, receivedAt: receivedAt.toISOString() }
  },
})
