/** Project records as the nodes that grouping compares, and the edges between them. Only nodes that changed are compared anew. */
import type { PartyMention, ProjectRecord } from '#schemas/canonical/index.ts'
import { canonicalJson } from '#schemas/canonical/position.ts'
import { copyRows } from '../../db/copy.ts'
import { partyTextHash, usableCode } from '../../facts/subject.ts'
import { pacer } from '../../kernel/turn.ts'
import { areOtherByCode, blockKeys, blockMembersMax, compareNodes } from '../projects/group.ts'
import type { Edge, ProjectNode } from '../projects/types.ts'
import type { ProjectFact } from './mentions.ts'
import { type Advance, bytea, byteas } from './scope.ts'

/** What a party text stands for when records are compared: the taxpayer, else the organisation core, else the name. */
export const partyKeys = async (client: Advance['client'], texts: Iterable<string>): Promise<Map<string, string>> => {
  const { rows } = await client.query<{ text: string; key: string }>(
    `SELECT encode(p.text_hash, 'hex') AS text, coalesce(CASE WHEN l.decision = 'link' THEN r.taxpayer_id END, CASE WHEN p.code->>'status' = 'valid' THEN p.code->>'core' END, p.name) AS key
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

const nodeSelect = `SELECT encode(key_hash, 'hex') AS key, kind, name, project_code AS "projectCode", document_number AS "documentNumber", source_project AS "sourceProject",
  section, owner_key AS "ownerKey", owner_name AS "ownerName", contractor_keys AS "contractorKeys", division_code AS "divisionCode", place_text AS "placeText",
  amount_fen AS "amountFen", on_text AS "on" FROM project_record`

export const loadNodes = async (
  client: Advance['client'],
  keys: Iterable<string>,
): Promise<Map<string, ProjectNode>> => {
  const { rows } = await client.query<ProjectNode>(`${nodeSelect} WHERE key_hash = ANY ($1::bytea[])`, [byteas(keys)])
  return new Map(rows.map((n) => [n.key, n]))
}

/** What changed and gone records were found by before. */
export interface FoundBefore {
  readonly keys: readonly string[]
  readonly codes: readonly string[]
  readonly names: readonly { readonly name: string; readonly division: string | null }[]
}

/** Puts these nodes in the place of `replaced`; returns what those were found by. */
const storeNodes = async (
  a: Advance,
  nodes: readonly ProjectNode[],
  feeds: ReadonlyMap<string, string>,
  replaced: readonly string[],
): Promise<FoundBefore> => {
  const { rows: before } = await a.client.query<{
    keys: string[]
    code: string | null
    name: string
    division: string | null
  }>(
    'DELETE FROM project_record WHERE key_hash = ANY ($1::bytea[]) RETURNING array_remove(contractor_keys || owner_key, NULL) AS keys, project_code AS code, name, division_code AS division',
    [byteas(replaced)],
  )
  await a.client.query('DELETE FROM block WHERE key_hash = ANY ($1::bytea[])', [byteas(replaced)])
  await copyRows(
    a.client,
    'project_record (key_hash, feed, kind, name, project_code, document_number, source_project, section, owner_key, owner_name, contractor_keys, division_code, place_text, amount_fen, on_text, known_from)',
    nodes.map((n) => [
      bytea(n.key),
      feeds.get(n.key),
      n.kind,
      n.name,
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
    nodes.flatMap((n) => [...new Set(blockKeys(n))].map((k) => [k, bytea(n.key)])),
  )
  return {
    keys: [...new Set(before.flatMap((r) => r.keys))],
    codes: [...new Set(before.flatMap((r) => r.code ?? []))],
    names: before.map(({ name, division }) => ({ name, division })),
  }
}

/** Blocks of these records that hold more than a comparison looks at. */
const crowdedBlocks = async (client: Advance['client'], keys: readonly string[]): Promise<string[]> =>
  (
    await client.query<{ block: string }>(
      `WITH mine AS (SELECT DISTINCT block_key FROM block WHERE key_hash = ANY ($1::bytea[]))
       SELECT block_key AS block FROM block JOIN mine USING (block_key) GROUP BY block_key HAVING count(*) > ${blockMembersMax}`,
      [byteas(keys)],
    )
  ).rows.map((r) => r.block)

/**
 * Records beside the touched ones whose pairs are others now, because a block that they stand in became crowded, or is no longer: with their
 * edges left as they are, what is an edge would depend on the order of arrival. Never more than `blockMembersMax` a block.
 */
const besideCrossing = async (
  client: Advance['client'],
  touched: readonly string[],
  crowdedBefore: readonly string[],
): Promise<string[]> => {
  const crowded = await crowdedBlocks(client, touched)
  const { rows } = await client.query<{ key: string }>(
    `WITH others AS (SELECT block_key, key_hash, count(*) OVER (PARTITION BY block_key) AS members FROM block
       WHERE block_key = ANY ($1::text[]) AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[]) AS t (k) WHERE t.k = block.key_hash))
     SELECT DISTINCT encode(key_hash, 'hex') AS key FROM others WHERE members <= ${blockMembersMax}`,
    [[...new Set([...crowdedBefore, ...crowded])], byteas(touched)],
  )
  return rows.map((r) => r.key)
}

/**
 * Pairs that share a rare block, of `keys` with whatever is not among `earlier`. Two codes of two owners are never one project (`areOtherByCode`): such pairs, most of them, stay on the server.
 */
const candidatePairs = async (
  client: Advance['client'],
  keys: readonly string[],
  earlier: readonly string[],
): Promise<[string, string][]> => {
  const { rows } = await client.query<{ a: string; b: string }>(
    `WITH mine AS (SELECT block_key, key_hash FROM block WHERE key_hash = ANY ($1::bytea[])),
       small AS (SELECT b.block_key FROM block b WHERE b.block_key IN (SELECT block_key FROM mine) GROUP BY b.block_key HAVING count(*) <= ${blockMembersMax})
     SELECT DISTINCT encode(least(m.key_hash, o.key_hash), 'hex') AS a, encode(greatest(m.key_hash, o.key_hash), 'hex') AS b
     FROM mine m JOIN small USING (block_key) JOIN block o ON o.block_key = m.block_key AND o.key_hash <> m.key_hash
       JOIN project_record x ON x.key_hash = m.key_hash JOIN project_record y ON y.key_hash = o.key_hash
     WHERE NOT (coalesce(x.project_code <> y.project_code, false) AND (x.owner_key = y.owner_key) IS NOT TRUE)
       AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[]) AS e (k) WHERE e.k = o.key_hash)`,
    [byteas(keys), byteas(earlier)],
  )
  return rows.map((r) => [r.a, r.b])
}

export const edgeColumns = 'a, b, weight, veto, rule, evidence, settings, known_from'
const edgeId = (e: { a: string; b: string }): string => `${e.a} ${e.b}`
const edgeSaying = (e: Edge): string => canonicalJson([e.weight, e.veto, e.rule, e.evidence])

/**
 * Makes these the edges of `keys` to whatever is not among `earlier`; returns the records at either end of an edge that is not what it was.
 */
const replaceEdges = async (
  a: Advance,
  keys: readonly string[],
  earlier: readonly string[],
  fresh: readonly Edge[],
): Promise<string[]> => {
  const { rows: present } = await a.client.query<Edge>(
    `SELECT encode(a, 'hex') AS a, encode(b, 'hex') AS b, weight, veto, rule, evidence FROM edge e WHERE (a = ANY ($1::bytea[]) OR b = ANY ($1::bytea[]))
       AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[]) AS t (k) WHERE t.k = e.a)
       AND NOT EXISTS (SELECT 1 FROM unnest($2::bytea[]) AS t (k) WHERE t.k = e.b)`,
    [byteas(keys), byteas(earlier)],
  )
  const saying = new Map(present.map((e) => [edgeId(e), edgeSaying(e)]))
  const isKept = (e: Edge): boolean => {
    const before = saying.get(edgeId(e))
    return before !== undefined && before === edgeSaying(e)
  }
  const kept = new Set(fresh.filter(isKept).map(edgeId))
  const closed = present.filter((e) => !kept.has(edgeId(e)))
  await a.client.query(
    `WITH closed AS (DELETE FROM edge e USING unnest($1::bytea[], $2::bytea[]) AS t (a, b) WHERE e.a = t.a AND e.b = t.b RETURNING e.*)
     INSERT INTO edge_past (${edgeColumns}, known_to) SELECT ${edgeColumns}, $3 FROM closed WHERE known_from < $3`,
    [closed.map((e) => bytea(e.a)), closed.map((e) => bytea(e.b)), a.to],
  )
  const opened = fresh.filter((e) => !kept.has(edgeId(e)))
  await copyRows(
    a.client,
    `edge (${edgeColumns})`,
    opened.map((e) => [
      bytea(e.a),
      bytea(e.b),
      e.weight,
      e.veto,
      e.rule,
      JSON.stringify(e.evidence),
      a.settingsVersion,
      a.to,
    ]),
  )
  return [...new Set([...closed, ...opened].flatMap((e) => [e.a, e.b]))]
}

const compareAll = async (
  client: Advance['client'],
  own: ReadonlyMap<string, ProjectNode>,
  pairs: readonly [string, string][],
): Promise<Edge[]> => {
  const others = new Set(pairs.flat().filter((k) => !own.has(k)))
  const nodes = new Map([...own, ...(await loadNodes(client, others))])
  const pace = pacer(500)
  const edges: Edge[] = []
  for (const [left, right] of pairs) {
    const [one, other] = [nodes.get(left)!, nodes.get(right)!]
    const edge = areOtherByCode(one, other) ? null : compareNodes(one, other)
    if (edge) edges.push({ ...edge, a: left, b: right })
    await pace()
  }
  return edges
}

export interface NodeNews {
  readonly foundBefore: FoundBefore
  /** Records at either end of an edge that is not what it was. */
  readonly edged: readonly string[]
}

/** Writes the nodes of these facts and the edges they have now. `gone` are records that are no longer held true. */
export const updateNodes = async (
  a: Advance,
  facts: readonly ProjectFact[],
  gone: readonly string[],
): Promise<NodeNews> => {
  const keyOf = await partyKeys(a.client, new Set(facts.flatMap((f) => f.fact.parties.map(partyTextHash))))
  const nodes = new Map(facts.map((f) => [f.keyHash, toNode(f, keyOf)]))
  const touched = [...nodes.keys(), ...gone]
  const crowdedBefore = await crowdedBlocks(a.client, touched)
  const feeds = new Map(facts.map((f) => [f.keyHash, f.feed]))
  const foundBefore = await storeNodes(a, [...nodes.values()], feeds, touched)
  const beside = await besideCrossing(a.client, touched, crowdedBefore)
  return { foundBefore, edged: await compareInChunks(a, nodes, [...touched, ...beside]) }
}

/** Records compared at a time: pairs and their edges are the largest thing that this stage holds, tens for each record. */
const comparedAtOnce = 2_000

const compareInChunks = async (
  a: Advance,
  nodes: ReadonlyMap<string, ProjectNode>,
  keys: readonly string[],
): Promise<string[]> => {
  const edged = new Set<string>()
  for (let from = 0; from < keys.length; from += comparedAtOnce) {
    const chunk = keys.slice(from, from + comparedAtOnce)
    // A pair of two of them belongs to the chunk of the first.
    const earlier = keys.slice(0, from)
    const own = new Map(chunk.flatMap((key) => (nodes.has(key) ? [[key, nodes.get(key)!] as const] : [])))
    const fresh = await compareAll(a.client, own, await candidatePairs(a.client, chunk, earlier))
    for (const key of await replaceEdges(a, chunk, earlier, fresh)) edged.add(key)
  }
  return [...edged]
}
