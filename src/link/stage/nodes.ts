/** Project records as the nodes that grouping compares, and the edges between them. Only nodes that changed are compared anew. */
import type { PartyMention, ProjectRecord } from '#schemas/canonical/index.ts'
import { copyRows } from '../../db/copy.ts'
import { cursorRows } from '../../db/cursor.ts'
import { partyTextHash, usableCode } from '../../facts/subject.ts'
import { pacer } from '../../kernel/turn.ts'
import { nameFeatures } from '../projects/features.ts'
import { blockKeys, blockMembersMax, compareNodes, looseSchemes } from '../projects/group.ts'
import { nodeColumns } from '../projects/node-row.ts'
import type { Edge, ProjectNode } from '../projects/types.ts'
import { nameKeyOfObject } from '../ties/tie.ts'
import { type ProjectFact, projectFacts } from './records.ts'
import { type Advance, bytea, byteas } from './scope.ts'
import { partyKey } from './subjects.ts'
import { analyseGrown, analyseWork, hasWork } from './work.ts'

const partyKeys = async (client: Advance['client'], texts: Iterable<string>): Promise<Map<string, string>> => {
  const { rows } = await client.query<{ text: string; key: string }>(
    `SELECT encode(p.text_hash, 'hex') AS text, ${partyKey} AS key
     FROM party p LEFT JOIN party_link l USING (text_hash) LEFT JOIN registration r ON r.registration_id = l.registration_id
     WHERE p.text_hash = ANY ($1::bytea[])`,
    [byteas(texts)],
  )
  return new Map(rows.map((r) => [r.text, r.key]))
}

const amountOf = (f: ProjectRecord): bigint | null => {
  switch (f.kind) {
    case 'approval':
    case 'projectEntry':
      return f.totalInvestmentFen
    case 'award':
      return f.awardFen
    default:
      return f.contractFen
  }
}

const dayOf = (f: ProjectRecord): string | null => {
  switch (f.kind) {
    case 'approval':
      return f.approvedOn?.value ?? null
    case 'projectEntry':
      return f.registeredOn?.value ?? null
    case 'permit':
      return f.issuedOn?.value ?? null
    case 'contract':
      return (f.signedOn ?? f.startedOn)?.value ?? null
    case 'award':
      return f.noticedOn?.value ?? null
  }
}

const projectCodeForm = /^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$/

/** The department's own number, and the project's code: some towns write the code where the number belongs (domain.md 1.8). */
const numbersOf = (f: ProjectRecord): { sourceProject: string | null; projectCode: string | null } => {
  const code = usableCode(f.projectCode)
  const own = 'sourceProject' in f ? f.sourceProject : null
  if (own === null) return { sourceProject: null, projectCode: code }
  return projectCodeForm.test(own.value)
    ? { sourceProject: null, projectCode: code ?? own.value }
    : { sourceProject: `${own.scheme}:${own.value}`, projectCode: code }
}

/** What tells one section of a project from another: the contract's label, the permit's number. */
const sectionOf = (f: ProjectRecord): string | null =>
  f.kind === 'contract' ? f.section : f.kind === 'permit' ? f.permitNumber : null

const toNode = ({ keyHash, fact }: ProjectFact, keyOf: ReadonlyMap<string, string>): ProjectNode => {
  const keysOf = (parties: readonly PartyMention[]) => [
    ...new Set(parties.map((p) => keyOf.get(partyTextHash(p)) ?? p.name)),
  ]
  const owner = fact.parties.find((p) => p.role === 'owner')
  return {
    key: keyHash,
    kind: fact.kind,
    name: fact.name,
    ...numbersOf(fact),
    documentNumber: fact.kind === 'award' ? null : fact.documentNumber,
    section: sectionOf(fact),
    ownerKey: owner ? (keysOf([owner])[0] ?? null) : null,
    ownerName: owner?.name ?? null,
    contractorKeys: keysOf(fact.parties.filter((p) => p.role === 'contractor')),
    divisionCode: fact.place.divisionCode,
    placeText: fact.place.text,
    amountFen: amountOf(fact),
    on: dayOf(fact),
  }
}

export const loadNodes = async (
  client: Advance['client'],
  keys: Iterable<string>,
): Promise<Map<string, ProjectNode>> => {
  const { rows } = await client.query<ProjectNode>(
    `SELECT ${nodeColumns('r')} FROM project_record r WHERE r.key_hash = ANY ($1::bytea[])`,
    [byteas(keys)],
  )
  return new Map(rows.map((n) => [n.key, n]))
}

const factsAtOnce = 5_000

/** Forgets what the changed and gone records were; what subjects could find them by is noted. */
const forgetNodes = async (a: Advance): Promise<void> => {
  await a.client.query(
    `WITH replaced AS (DELETE FROM project_record p USING work_record w WHERE p.key_hash = w.key_hash RETURNING p.owner_key, p.contractor_keys, p.project_code, p.name_key)
     INSERT INTO work_found_by (kind, value) SELECT DISTINCT kind, value FROM replaced CROSS JOIN LATERAL (
       SELECT 'key', k FROM unnest(contractor_keys || owner_key) AS k UNION ALL VALUES ('code', project_code), ('name', name_key)) AS v (kind, value) WHERE value IS NOT NULL`,
  )
  await a.client.query('DELETE FROM block b USING work_record w WHERE b.key_hash = w.key_hash')
}

const copyNodes = async (a: Advance, facts: readonly ProjectFact[]): Promise<void> => {
  const keyOf = await partyKeys(a.client, new Set(facts.flatMap((f) => f.fact.parties.map(partyTextHash))))
  const nodes = facts.map((f) => ({ feed: f.feed, node: toNode(f, keyOf) }))
  await copyRows(
    a.client,
    'project_record (key_hash, feed, kind, name, name_key, project_code, document_number, source_project, section, owner_key, owner_name, contractor_keys, division_code, place_text, amount_fen, on_text, known_from)',
    nodes.map(({ feed, node: n }) => [
      bytea(n.key),
      feed,
      n.kind,
      n.name,
      nameKeyOfObject(nameFeatures(n).object),
      n.projectCode,
      n.documentNumber,
      n.sourceProject,
      n.section,
      n.ownerKey,
      n.ownerName,
      n.contractorKeys,
      n.divisionCode,
      n.placeText,
      n.amountFen,
      n.on,
      a.to,
    ]),
  )
  await copyRows(
    a.client,
    'block (block_key, key_hash)',
    nodes.flatMap(({ node }) => [...new Set(blockKeys(node))].map((k) => [k, bytea(node.key)])),
  )
}

/** Writes the nodes of the records that are there, some thousand at a time. */
const storeNodes = async (a: Advance): Promise<void> => {
  const keys = cursorRows<{ key: string }>(
    a.client,
    'link_records',
    `SELECT encode(key_hash, 'hex') AS key FROM work_record WHERE state <> 'gone' ORDER BY key_hash`,
    factsAtOnce,
  )
  for await (const rows of keys)
    await copyNodes(
      a,
      await projectFacts(
        a.client,
        rows.map((r) => r.key),
      ),
    )
}

/** Blocks of the touched records that hold more than a comparison looks at. */
const crowdedBlocks = async (client: Advance['client']): Promise<string[]> =>
  (
    await client.query<{ block: string }>(
      `WITH mine AS (SELECT DISTINCT block_key FROM block JOIN work_record USING (key_hash))
       SELECT block_key AS block FROM block JOIN mine USING (block_key) GROUP BY block_key HAVING count(*) > ${blockMembersMax}`,
    )
  ).rows.map((r) => r.block)

/**
 * Notes the records whose pairs are compared: the touched ones, and beside them those whose pairs are others now because a block that they stand in
 * became crowded, or is no longer: with their edges left as they are, what is an edge would depend on the order of arrival. Never more than
 * `blockMembersMax` a block.
 */
const takeCompared = async (a: Advance, crowdedBefore: readonly string[]): Promise<void> => {
  await a.client.query('INSERT INTO work_compare (key_hash) SELECT key_hash FROM work_record ORDER BY key_hash')
  const crossing = [...new Set([...crowdedBefore, ...(await crowdedBlocks(a.client))])]
  if (crossing.length > 0)
    await a.client.query(
      `WITH others AS (SELECT block_key, key_hash, count(*) OVER (PARTITION BY block_key) AS members FROM block
         WHERE block_key = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM work_record w WHERE w.key_hash = block.key_hash))
       INSERT INTO work_compare (key_hash) SELECT DISTINCT key_hash FROM others WHERE members <= ${blockMembersMax} ORDER BY key_hash`,
      [crossing],
    )
  await analyseWork(a.client, 'work_compare')
}

/** A part of what is compared: the records numbered in [from, to). A pair of two compared records belongs to the part of the first. */
interface Part {
  readonly from: number
  readonly to: number
}

/**
 * Pairs that share a rare block, of the part's records with whatever does not come before them. Two codes of two owners are never one project, nor are
 * two numbers of one department (`areOtherByNumber`): such pairs, most of them, stay on the server.
 */
const candidatePairs = async (client: Advance['client'], { from, to }: Part): Promise<[string, string][]> => {
  const { rows } = await client.query<{ a: string; b: string }>(
    `WITH mine AS (SELECT block_key, key_hash FROM block JOIN work_compare USING (key_hash) WHERE n >= $1 AND n < $2),
       small AS (SELECT b.block_key FROM block b WHERE b.block_key IN (SELECT block_key FROM mine) GROUP BY b.block_key HAVING count(*) <= ${blockMembersMax})
     SELECT DISTINCT encode(least(m.key_hash, o.key_hash), 'hex') AS a, encode(greatest(m.key_hash, o.key_hash), 'hex') AS b
     FROM mine m JOIN small USING (block_key) JOIN block o ON o.block_key = m.block_key AND o.key_hash <> m.key_hash
       JOIN project_record x ON x.key_hash = m.key_hash JOIN project_record y ON y.key_hash = o.key_hash
     WHERE NOT (coalesce(x.project_code <> y.project_code, false) AND (x.owner_key = y.owner_key) IS NOT TRUE)
       AND NOT coalesce(x.source_project <> y.source_project AND split_part(x.source_project, ':', 1) = split_part(y.source_project, ':', 1)
         AND split_part(x.source_project, ':', 1) <> ALL ($3) AND (x.project_code IS NULL OR y.project_code IS NULL), false)
       AND NOT EXISTS (SELECT FROM work_compare e WHERE e.key_hash = o.key_hash AND e.n < $1)`,
    [from, to, looseSchemes],
  )
  return rows.map((r) => [r.a, r.b])
}

export const edgeColumns = 'a, b, weight, veto, rule, settings, known_from'
const edgeId = (e: { a: string; b: string }): string => `${e.a} ${e.b}`
const edgeSaying = (e: Edge): string => `${e.weight} ${e.veto} ${e.rule}`

/** Makes these the edges of the part's records to whatever does not come before them; notes the records at either end of one that is not what it was. */
const replaceEdges = async (a: Advance, { from, to }: Part, fresh: readonly Edge[]): Promise<void> => {
  // One probe an end: no statistics keep up with edges that are written while they are read.
  const { rows: present } = await a.client.query<Edge>(
    `WITH found AS (
       SELECT e.* FROM work_compare w CROSS JOIN LATERAL (SELECT * FROM edge WHERE a = w.key_hash OFFSET 0) e WHERE w.n >= $1 AND w.n < $2
       UNION SELECT e.* FROM work_compare w CROSS JOIN LATERAL (SELECT * FROM edge WHERE b = w.key_hash OFFSET 0) e WHERE w.n >= $1 AND w.n < $2)
     SELECT encode(a, 'hex') AS a, encode(b, 'hex') AS b, weight, veto, rule FROM found
     WHERE NOT EXISTS (SELECT FROM work_compare w WHERE w.key_hash IN (found.a, found.b) AND w.n < $1)`,
    [from, to],
  )
  const saying = new Map(present.map((e) => [edgeId(e), edgeSaying(e)]))
  const isKept = (e: Edge): boolean => {
    const before = saying.get(edgeId(e))
    return before !== undefined && before === edgeSaying(e)
  }
  const kept = new Set(fresh.filter(isKept).map(edgeId))
  const closed = present.filter((e) => !kept.has(edgeId(e)))
  if (closed.length > 0)
    await a.client.query(
      `WITH closed AS (DELETE FROM edge e USING unnest($1::bytea[], $2::bytea[]) AS t (a, b) WHERE e.a = t.a AND e.b = t.b RETURNING e.*)
       INSERT INTO edge_past (${edgeColumns}, known_to) SELECT ${edgeColumns}, $3 FROM closed WHERE known_from < $3`,
      [closed.map((e) => bytea(e.a)), closed.map((e) => bytea(e.b)), a.to],
    )
  const opened = fresh.filter((e) => !kept.has(edgeId(e)))
  if (opened.length > 0)
    await copyRows(
      a.client,
      `edge (${edgeColumns})`,
      opened.map((e) => [bytea(e.a), bytea(e.b), e.weight, e.veto, e.rule, a.settingsVersion, a.to]),
    )
  const ends = new Set([...closed, ...opened].flatMap((e) => [e.a, e.b]))
  await noteSeeds(a, [...ends])
}

/** Notes records that may be of another project now. */
export const noteSeeds = (a: Advance, keys: readonly string[]) =>
  a.client.query('INSERT INTO work_seed (key_hash) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING', [byteas(keys)])

const compareAll = async (client: Advance['client'], pairs: readonly [string, string][]): Promise<Edge[]> => {
  const nodes = await loadNodes(client, new Set(pairs.flat()))
  const pace = pacer(500)
  const edges: Edge[] = []
  for (const [left, right] of pairs) {
    const [one, other] = [nodes.get(left)!, nodes.get(right)!]
    const edge = compareNodes(one, other)
    if (edge) edges.push({ ...edge, a: left, b: right })
    await pace()
  }
  return edges
}

/** Records compared at a time: pairs and their edges are the largest thing that this stage holds, tens for each record. */
const comparedAtOnce = 2_000

const compareInParts = async (a: Advance): Promise<void> => {
  const { rows } = await a.client.query<{ first: number | null; last: number | null }>(
    'SELECT min(n) AS first, max(n) AS last FROM work_compare',
  )
  const { first, last } = rows[0]!
  if (first === null || last === null) return
  for (let from = first; from <= last; from += comparedAtOnce) {
    const part = { from, to: from + comparedAtOnce }
    await replaceEdges(a, part, await compareAll(a.client, await candidatePairs(a.client, part)))
    await analyseGrown(a.client, 'edge')
  }
}

/** Writes the nodes of this advance's project records and the edges they have now, and notes whose project could be another. */
export const updateNodes = async (a: Advance): Promise<void> => {
  if (!(await hasWork(a.client, 'work_record'))) return
  const crowdedBefore = await crowdedBlocks(a.client)
  await forgetNodes(a)
  await storeNodes(a)
  await analyseGrown(a.client, 'project_record', 'block')
  await takeCompared(a, crowdedBefore)
  await compareInParts(a)
  await a.client.query('INSERT INTO work_seed (key_hash) SELECT key_hash FROM work_record ON CONFLICT DO NOTHING')
}
