/** Projects by what subjects could name of them: read as they are asked for, so that a day's few subjects read few. */
import type { ProjectCard, ProjectFinder, TieSubject } from '../ties/tie.ts'
import type { Advance } from './scope.ts'

interface MemberRow {
  readonly project: bigint
  readonly name: string
  readonly nameKey: string | null
  readonly owner: string | null
  readonly contractors: readonly string[]
  readonly code: string | null
  readonly division: string | null
  readonly place: string | null
  readonly kind: string
  readonly on: string | null
}

const unique = (values: readonly (string | null)[]): string[] => [...new Set(values.filter((v) => v !== null))].sort()

const cardOf = (project: bigint, members: readonly MemberRow[]): ProjectCard => {
  const begun = members.filter((r) => r.kind === 'contract' || r.kind === 'award' || r.kind === 'permit')
  return {
    projectId: project.toString(),
    names: unique(members.map((r) => r.name)),
    nameKeys: unique(members.map((r) => r.nameKey)),
    ownerKeys: unique(members.map((r) => r.owner)),
    contractorKeys: unique(members.flatMap((r) => r.contractors)),
    projectCodes: unique(members.map((r) => r.code)),
    divisionCodes: unique(members.map((r) => r.division)),
    placeTexts: unique(members.map((r) => r.place)),
    begunOn: unique(begun.map((r) => r.on)),
  }
}

const cardsOf = async (client: Advance['client'], projects: readonly string[]): Promise<ProjectCard[]> => {
  const { rows } = await client.query<MemberRow>(
    `SELECT m.project_id AS project, r.name, r.name_key AS "nameKey", r.owner_key AS owner, r.contractor_keys AS contractors, r.project_code AS code, r.division_code AS division, r.place_text AS place, r.kind, r.on_text AS on
     FROM member_by_project m JOIN project_record r USING (key_hash) WHERE m.project_id = ANY ($1::bigint[]) ORDER BY m.project_id, m.key_hash`,
    [projects],
  )
  return [...Map.groupBy(rows, (r) => r.project)].map(([project, members]) => cardOf(project, members))
}

/** Projects that have one of these keys as owner or contractor, or one of these pieces of a name. */
const projectsWith = async (
  client: Advance['client'],
  keys: readonly string[],
  nameKeys: readonly string[],
): Promise<string[]> => {
  const { rows } = await client.query<{ project: string }>(
    `SELECT DISTINCT m.project_id::text AS project FROM (
       SELECT key_hash FROM project_record WHERE owner_key = ANY ($1::text[])
       UNION ALL SELECT key_hash FROM project_record WHERE contractor_keys && $1::text[]
       UNION ALL SELECT key_hash FROM project_record WHERE name_key = ANY ($2::text[])) r JOIN member_by_record m USING (key_hash)`,
    [keys, nameKeys],
  )
  return rows.map((r) => r.project)
}

/** Those of `wanted` that were not asked for yet; they count as asked for from now on. */
const notAsked = (asked: Set<string>, wanted: Iterable<string | null | undefined>): string[] => {
  const fresh = new Set<string>()
  for (const one of wanted) if (one !== null && one !== undefined && !asked.has(one)) fresh.add(one)
  for (const one of fresh) asked.add(one)
  return [...fresh]
}

/** Cards held before all are forgotten and those of the next piece are read anew. */
const cardsHeldMax = 50_000

export interface CardReader {
  /** A finder that knows every project which these subjects could be tied to, and those named. */
  finderFor(subjects: readonly TieSubject[], projects: Iterable<bigint>): Promise<ProjectFinder>
}

/** @param create makes a finder without projects */
export const cardReader = (client: Advance['client'], create: () => ProjectFinder): CardReader => {
  let finder = create()
  const asked = { keys: new Set<string>(), nameKeys: new Set<string>(), projects: new Set<string>() }
  const forget = (): void => {
    finder = create()
    for (const set of Object.values(asked)) set.clear()
  }
  return {
    async finderFor(subjects, projects) {
      if (asked.projects.size > cardsHeldMax) forget()
      const keys = notAsked(
        asked.keys,
        subjects.flatMap((s) => [s.sellerKey, s.buyerKey, s.holderKey]),
      )
      const nameKeys = notAsked(
        asked.nameKeys,
        subjects.map((s) => s.nameKey),
      )
      const reached = keys.length + nameKeys.length > 0 ? await projectsWith(client, keys, nameKeys) : []
      const missing = notAsked(asked.projects, [...reached, ...Array.from(projects, String)])
      if (missing.length > 0) await finder.add(await cardsOf(client, missing))
      return finder
    },
  }
}
