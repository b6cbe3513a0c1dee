/** `trace <record>`: one record's way: page → version → fact → edges → position. A record is named by its opaque id or by feed and key. */
import { parseArgs } from 'node:util'
import { mapRecord } from '#connect'
import { feedNamed, type Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import { projectId, recordId } from '../kernel/opaque-id.ts'
import { parseJsonRecord } from '../kernel/parse-json.ts'
import { recordKeyHash } from '../kernel/record-key.ts'
import type { Output } from './output.ts'

const hashOf = (hub: Hub, names: readonly string[]): string => {
  const [first, ...key] = names
  if (first && key.length === 0) {
    const hash = recordId.hashOf(first)
    if (hash) return hash.toString('hex')
  }
  if (first && key.length > 0) return recordKeyHash(feedNamed(hub, first).id, key)
  throw new HubError({
    code: 'cli.bad_argument',
    publicMessage: {
      zh: '用法：trace <记录编号> 或 trace <数据资源> <主键…>',
      en: 'usage: trace <record id> or trace <feed> <key…>',
    },
  })
}

interface VersionRow {
  readonly feed: string
  readonly batchId: bigint
  readonly ord: number
  readonly op: string
  readonly payload: string | null
  readonly state: string
  readonly tick: bigint | null
  readonly runId: string
  readonly page: string | null
}

const versionsOf = async (hub: Hub, hash: string): Promise<VersionRow[]> =>
  (
    await hub.db.pipeline.query<VersionRow>(
      `SELECT v.feed, v.batch_id AS "batchId", v.ord, v.op, v.payload, b.state, b.admitted_tick AS tick, b.run_id AS "runId",
         (SELECT p.source FROM batch_page p WHERE p.batch_id = v.batch_id AND v.ord >= p.first_ord AND v.ord < p.first_ord + p.versions) AS page
       FROM raw_version v JOIN batch b USING (batch_id) WHERE v.key_hash = decode($1, 'hex') ORDER BY v.batch_id, v.ord`,
      [hash],
    )
  ).rows

const readings = (hub: Hub, v: VersionRow | undefined) => {
  const feed = v ? hub.feeds.get(v.feed) : undefined
  if (!v?.payload || !feed) return []
  const record = feed.record.safeParse(parseJsonRecord(v.payload))
  return record.success ? mapRecord(feed, record.data as object, { trace: true }).trace : []
}

const rowsOf = async (hub: Hub, hash: string, sql: string): Promise<Record<string, unknown>[]> =>
  (await hub.db.pipeline.query(sql, [hash])).rows

/** The records that lead from this one to a project, nearest first: reading → account → installation. */
const namedRecords = `WITH RECURSIVE way (key_hash, subject_hash, steps) AS (
    SELECT f.key_hash, f.subject_hash, 0 FROM fact f WHERE f.key_hash = decode($1, 'hex')
    UNION ALL SELECT s.ref_key_hash, f.subject_hash, w.steps + 1 FROM way w JOIN subject s ON s.subject_hash = w.subject_hash LEFT JOIN fact f ON f.key_hash = s.ref_key_hash
      WHERE s.ref_key_hash IS NOT NULL AND w.steps < 5)
  SELECT encode(w.key_hash, 'hex') AS record, f.feed, f.kind FROM way w LEFT JOIN fact f ON f.key_hash = w.key_hash WHERE w.steps > 0 ORDER BY w.steps`

const traceOf = async (hub: Hub, hash: string) => {
  const versions = await versionsOf(hub, hash)
  if (versions.length === 0)
    throw new HubError({
      code: 'trace.unknown_record',
      publicMessage: { zh: '没有这条记录', en: 'there is no such record' },
    })
  const project = (
    await rowsOf(
      hub,
      hash,
      `SELECT coalesce(m.project_id, t.project_id) AS id, t.reason AS tie, t.score, t.tier FROM (SELECT decode($1, 'hex') AS k) x LEFT JOIN member_by_record m ON m.key_hash = x.k
    LEFT JOIN fact f ON f.key_hash = x.k LEFT JOIN tie t ON t.subject_hash = f.subject_hash`,
    )
  )[0]
  const id = (project?.id ?? null) as bigint | null
  return {
    record: recordId.of(Buffer.from(hash, 'hex')),
    versions: versions.map(({ payload, ...v }) => ({ ...v, payload })),
    readings: readings(
      hub,
      versions.findLast((v) => v.state === 'admitted'),
    ),
    facts: await rowsOf(
      hub,
      hash,
      `SELECT feed, kind, mapping, known_from AS "knownFrom", NULL::bigint AS "knownTo", body FROM fact WHERE key_hash = decode($1, 'hex')
      UNION ALL SELECT feed, kind, mapping, known_from, known_to, body FROM fact_past WHERE key_hash = decode($1, 'hex') ORDER BY 4`,
    ),
    issues: await rowsOf(
      hub,
      hash,
      `SELECT pointer, code, raw, message FROM issue WHERE key_hash = decode($1, 'hex') ORDER BY seq`,
    ),
    parties: await rowsOf(
      hub,
      hash,
      `SELECT m.role, p.name, l.decision, l.registration_id AS "registrationId", l.score, l.reason FROM mention m JOIN party p USING (text_hash) LEFT JOIN party_link l USING (text_hash)
      WHERE m.key_hash = decode($1, 'hex')
      UNION ALL SELECT x.role, p.name, l.decision, l.registration_id, l.score, l.reason FROM fact f JOIN subject s USING (subject_hash)
        CROSS JOIN LATERAL (VALUES ('buyer', s.buyer_hash), ('seller', s.seller_hash)) AS x (role, h) JOIN party p ON p.text_hash = x.h LEFT JOIN party_link l USING (text_hash)
      WHERE f.key_hash = decode($1, 'hex') AND f.kind = 'invoice' ORDER BY 1, 2`,
    ),
    edges: await rowsOf(
      hub,
      hash,
      `SELECT encode(CASE WHEN a = decode($1, 'hex') THEN b ELSE a END, 'hex') AS other, weight, veto, rule FROM edge WHERE a = decode($1, 'hex') OR b = decode($1, 'hex') ORDER BY weight DESC LIMIT 20`,
    ),
    tie: project?.tie == null ? null : { reason: project.tie, score: project.score, tier: project.tier },
    named: await rowsOf(hub, hash, namedRecords),
    project: id === null ? null : projectId.of(id),
    position:
      id === null
        ? null
        : ((
            await rowsOf(
              hub,
              id.toString(),
              `SELECT known_from AS "knownFrom", changes_on AS "changesOn", body FROM position WHERE project_id = $1::bigint`,
            )
          )[0] ?? null),
  }
}

export const traceCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
  const trace = await traceOf(hub, hashOf(hub, positionals))
  out.result(trace)
  out.line(`记录 record ${trace.record}`)
  for (const v of trace.versions)
    out.line(
      `  版本 version  batch ${v.batchId} #${v.ord} ${v.op} (${v.state}, tick ${v.tick ?? '-'})  ← ${v.page ?? '-'}  run ${v.runId}`,
    )
  for (const r of trace.readings)
    out.line(
      `  读取 reading  ${r.field} = ${JSON.stringify(r.raw)} → ${r.rule} → ${JSON.stringify(r.value, (_k, x) => (typeof x === 'bigint' ? x.toString() : x))}`,
    )
  for (const i of trace.issues) out.line(`  问题 issue    ${i.pointer} ${i.code} ${JSON.stringify(i.raw)}`)
  for (const f of trace.facts)
    out.line(`  事实 fact     ${f.kind} known from ${f.knownFrom}${f.knownTo === null ? '' : ` to ${f.knownTo}`}`)
  for (const p of trace.parties)
    out.line(`  当事方 party  ${p.role} ${p.name} → ${p.decision} ${p.registrationId ?? ''} (${p.score}, ${p.reason})`)
  for (const e of trace.edges)
    out.line(
      `  关系 edge     ${e.veto ? '✗' : '—'} ${recordId.of(Buffer.from(String(e.other), 'hex'))} ${e.weight} ${e.rule}`,
    )
  for (const n of trace.named)
    out.line(
      `  所指 names    ${recordId.of(Buffer.from(String(n.record), 'hex'))} ${n.feed ?? '库中没有 not held'} ${n.kind ?? ''}`,
    )
  if (trace.tie) out.line(`  归入 tie      ${trace.tie.reason} (${trace.tie.score})`)
  out.line(
    `  项目 project  ${trace.project ?? '未归入项目 none'}${trace.position ? `  position known from ${trace.position.knownFrom}` : ''}`,
  )
  return 0
}
