/** Every project by what subjects could name of it. */
import { nameKeyOf, type ProjectCard } from '../ties/tie.ts'
import type { Advance } from './scope.ts'

interface MemberRow {
  readonly project: bigint
  readonly name: string
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
    nameKeys: unique(members.map((r) => nameKeyOf(r.name, r.division))),
    ownerKeys: unique(members.map((r) => r.owner)),
    contractorKeys: unique(members.flatMap((r) => r.contractors)),
    projectCodes: unique(members.map((r) => r.code)),
    divisionCodes: unique(members.map((r) => r.division)),
    placeTexts: unique(members.map((r) => r.place)),
    begunOn: unique(begun.map((r) => r.on)),
  }
}

export const projectCards = async (client: Advance['client']): Promise<ProjectCard[]> => {
  const { rows } = await client.query<MemberRow>(
    `SELECT m.project_id AS project, r.name, r.owner_key AS owner, r.contractor_keys AS contractors, r.project_code AS code, r.division_code AS division, r.place_text AS place, r.kind, r.on_text AS on
     FROM member_by_record m JOIN project_record r USING (key_hash) ORDER BY m.project_id, m.key_hash`,
  )
  return [...Map.groupBy(rows, (r) => r.project)].map(([project, members]) => cardOf(project, members))
}
