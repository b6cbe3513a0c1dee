/**
 * One gather of small pushes as one statement (decision 21): classified here by the heads it assumes, compared with those that are and stored there
 * (`push_gather`, migration 12). A gather that assumed wrongly is told the heads and tries again; the first try assumes that all is news.
 */
import type pg from 'pg'
import { auditDetail } from '../access/audit.ts'
import type { AnyFeed } from '../connect/feed.ts'
import type { Database } from '../db/database.ts'
import type { Keyring } from '../kernel/cipher.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { refuseOrphansOf } from '../landing/batch.ts'
import type { Head } from '../landing/classify.ts'
import { countsOf } from '../landing/fill.ts'
import { classifyAll, fillColumns, isSealedFeed, type Pass, quarantineKey } from '../landing/land.ts'
import { fieldsOf } from '../landing/read-row.ts'
import { sealRows } from '../landing/seal.ts'
import { pushError } from './codes.ts'
import { mergeDrift } from './drift.ts'
import { type KnownKey, keyCutoff } from './idempotency.ts'
import { faultsText, keysText, lettersOf } from './receipt.ts'
import { countOutcomes, type Receipt, type RowAnswer, type SmallPush } from './types.ts'

export interface StoreDeps {
  readonly db: Pick<Database, 'pipeline'>
  readonly keyring: Keyring
}

/** `known`: the Idempotency-Key was used before, by a push that is answered for already. */
export type SmallResult =
  | { readonly answers: readonly RowAnswer[]; readonly receipt: Receipt }
  | { readonly known: KnownKey }

/** Tries after which a gather gives up: each fails only where another delivery moved the very same records meanwhile. */
const triesMax = 8

type Told = readonly [hash: string, order: string | null, live: boolean]
type Answer =
  | { readonly answer: 'stored'; readonly detail: null }
  | { readonly answer: 'orphans'; readonly detail: null }
  | { readonly answer: 'heads'; readonly detail: Readonly<Record<string, Told>> }
  | { readonly answer: 'known'; readonly detail: Readonly<Record<string, readonly [receipt: string, print: string]>> }

const bytea = (hex: string): string => `\\x${hex}`

const parameters = [
  ...['text', 'int', 'text', 'timestamptz', 'text', 'jsonb'],
  ...['bytea[]', 'bytea[]', 'text[]', 'boolean[]'],
  ...['text[]', 'bytea[]', 'text[]', 'timestamptz'],
  ...['bytea[]', 'text[]', 'bytea[]', 'text[]', 'boolean[]', 'text[]'],
  ...['text[]', 'bigint[]', 'jsonb[]', 'text[]', 'boolean'],
  ...['text[]', 'text[]', 'bigint[]'],
  ...['int', 'text[]', 'int[]', 'int[]', 'int'],
  ...['text[]', 'text[]', 'text[]', 'text[]', 'int[]', 'jsonb[]'],
  ...['int[]', 'int[]', 'text[]', 'bytea[]', 'jsonb[]'],
  ...['text[]', 'jsonb[]'],
]
const gatherStatement = {
  name: 'push.gather',
  text: `SELECT answer, detail FROM push_gather(${parameters.map((type, i) => `$${i + 1}::${type}`).join(', ')})`,
}

/** Rows of one push out of the results of the whole gather, in order. */
const answersOf = (push: SmallPush, words: Pass['outcomes'], from: number): RowAnswer[] => {
  const seen = new Set<string>()
  return push.rows.map(({ read, at }, i): RowAnswer => {
    if (read.fault) return { row: at.row, outcome: 'quarantined', keyHash: null, fault: read.fault }
    const isFirst = !seen.has(read.keyHash)
    seen.add(read.keyHash)
    const outcome = words[from + i]!
    // Repeated by another push that happened to share the statement: to this sender the record was there already.
    return {
      row: at.row,
      outcome: outcome === 'repeated' && isFirst ? 'unchanged' : outcome,
      keyHash: read.keyHash,
      fault: null,
    }
  })
}

interface Answered {
  readonly push: SmallPush
  readonly answers: readonly RowAnswer[]
  readonly receipt: Receipt
}

const answered = (feed: AnyFeed, pushes: readonly SmallPush[], pass: Pass, receivedAt: Date): Answered[] => {
  let from = 0
  return pushes.map((push) => {
    const answers = answersOf(push, pass.outcomes, from)
    from += push.rows.length
    const { receiptId, mode } = push
    const counts = countOutcomes(answers)
    const receipt = { receiptId, mode, kind: 'records' as const, rows: answers.length, counts }
    return { push, answers, receipt: { ...receipt, feed: feed.id, state: 'admitted', receivedAt } }
  })
}

const assumedHeads = (pushes: readonly SmallPush[], heads: ReadonlyMap<string, Head>): unknown[] => {
  const keys = new Set<string>()
  for (const { rows } of pushes) for (const { read } of rows) if (!read.fault) keys.add(read.keyHash)
  const own = [...keys].map((key) => heads.get(key))
  return [
    [...keys].map(bytea),
    own.map((head) => (head ? bytea(head.contentHash) : null)),
    own.map((head) => head?.sourceOrder ?? null),
    own.map((head) => head?.live ?? null),
  ]
}

const names = (pushes: readonly SmallPush[]): unknown[] => {
  const named = pushes.flatMap((p) => (p.idempotency ? [{ ...p.idempotency, receiptId: p.receiptId }] : []))
  return [named.map((n) => n.key), named.map((n) => bytea(n.fingerprint)), named.map((n) => n.receiptId), keyCutoff()]
}

const versions = (pass: Pass, texts: readonly string[]): unknown[] => [
  pass.versions.map((v) => bytea(v.row.keyHash)),
  pass.versions.map((v) => v.classified.op),
  pass.versions.map((v) => bytea(v.row.contentHash)),
  pass.versions.map((v) => v.row.sourceOrder),
  pass.versions.map((v) => v.classified.head.live),
  texts,
]

const quarantined = async (deps: StoreDeps, feed: AnyFeed, pass: Pass): Promise<unknown[]> => {
  const { faulty } = pass
  const key =
    isSealedFeed(feed) && faulty.length > 0 ? await quarantineKey(deps.db.pipeline, deps.keyring, feed.id) : null
  return [
    faulty.map(({ at }) => at.source),
    faulty.map(({ at }) => at.row),
    faulty.map(({ row }) => faultsText(row.fault)),
    faulty.map(({ row }) => (key ? deps.keyring.seal(key, row.text) : row.text.replaceAll('\u0000', '\ufffd'))),
    isSealedFeed(feed),
  ]
}

const counted = (feed: AnyFeed, pushes: readonly SmallPush[]): unknown[] => {
  const counts = countsOf(
    pushes.flatMap((push) => push.shapes),
    fieldsOf(feed),
  )
  const drift = mergeDrift(counts.drift)
  return [drift.map((d) => d.field), drift.map((d) => d.kind), drift.map((d) => d.rows), ...fillColumns(counts.fill)]
}

const receipts = (all: readonly Answered[], pass: Pass): unknown[] => [
  all.map(({ push }) => push.receiptId),
  all.map(({ push }) => push.sender.department),
  all.map(({ push }) => push.sender.id),
  all.map(({ push }) => push.mode),
  all.map(({ answers }) => answers.length),
  all.map(({ receipt }) => JSON.stringify(receipt.counts)),
  all.map(({ push }) => pass.pages.get(push.receiptId)?.firstOrd ?? 0),
  all.map(({ push }) => pass.pages.get(push.receiptId)?.versions ?? 0),
  all.map(({ answers }) => lettersOf(answers)),
  all.map(({ answers }) => bytea(keysText(answers))),
  all.map(({ answers }) => faultsText(answers.flatMap((r) => (r.fault ? [{ row: r.row, ...r.fault }] : [])))),
]

const audited = (pushes: readonly SmallPush[]): unknown[] => {
  const senders = [...Map.groupBy(pushes, (push) => push.sender.id)]
  const detail = (own: readonly SmallPush[]): string =>
    auditDetail({
      receipts: own.map((push) => push.receiptId),
      rows: own.reduce((sum, push) => sum + push.rows.length, 0),
    })
  return [senders.map(([id]) => id), senders.map(([, own]) => detail(own))]
}

const headsTold = (told: Readonly<Record<string, Told>>): Map<string, Head> =>
  new Map(
    Object.entries(told).map(([key, [contentHash, sourceOrder, live]]) => [
      key,
      { contentHash, sourceOrder, live, isOurs: false },
    ]),
  )

const ask = async (pool: pg.Pool, values: unknown[]): Promise<Answer> =>
  (await pool.query<Answer>({ ...gatherStatement, values })).rows[0]!

/**
 * Stores and admits these pushes of a feed in one transaction, or none of them. No Idempotency-Key may be named twice. Throws `push.busy` where
 * other deliveries keep moving the same records.
 */
export const storeGather = async (
  deps: StoreDeps,
  feed: AnyFeed,
  pushes: readonly SmallPush[],
): Promise<Map<SmallPush, SmallResult>> => {
  const results = new Map<SmallPush, SmallResult>()
  const runId = newId('run')
  let heads = new Map<string, Head>()
  let fresh = pushes
  for (let tries = 0; tries < triesMax && fresh.length > 0; tries++) {
    const pass = classifyAll({ rows: fresh.flatMap((push) => push.rows) }, new Map(heads), 0)
    const texts = await sealRows(
      deps.db.pipeline,
      deps.keyring,
      pass.versions.map((v) => v.row),
    )
    const at = now()
    const all = answered(feed, fresh, pass, at)
    const told = await ask(deps.db.pipeline, [
      ...[feed.id, feed.mapping, runId, at, fresh[0]!.sender.id, JSON.stringify(pass.counts)],
      ...assumedHeads(fresh, heads),
      ...names(fresh),
      ...versions(pass, texts),
      ...(await quarantined(deps, feed, pass)),
      ...counted(feed, fresh),
      ...receipts(all, pass),
      ...audited(fresh),
    ])
    if (told.answer === 'stored') {
      for (const { push, answers, receipt } of all) results.set(push, { answers, receipt })
      return results
    }
    if (told.answer === 'heads') heads = headsTold(told.detail)
    else if (told.answer === 'orphans') await refuseOrphansOf(deps.db, feed.id)
    else {
      const used = new Map(Object.entries(told.detail))
      for (const push of fresh) {
        const known = push.idempotency ? used.get(push.idempotency.key) : undefined
        if (known) results.set(push, { known: { receiptId: known[0], fingerprint: known[1] } })
      }
      fresh = fresh.filter((push) => !results.has(push))
    }
  }
  if (fresh.length > 0) throw pushError('push.busy')
  return results
}
