/** One party row of the stand-alone command to its output lines. */
import { readParties } from '../../normalise/values/names.ts'
import type { LinkAnswer, PartyQuery } from '../parties/types.ts'
import { csvLine } from './output-file.ts'
import type { TaxpayerTable } from './taxpayers-file.ts'

export const partyColumns = ['id', 'name', 'uscc', 'address'] as const
export const linkColumns = ['id', 'uscc', 'score', 'decision', 'reason'] as const

export type PartyCells = Readonly<Record<(typeof partyColumns)[number], string>>

export interface PartyLines {
  readonly text: string
  readonly links: number
  readonly reviews: number
}

/**
 * Lines for one party: one a linked member of a 联合体, one a member to review, and a single `none` where there is neither.
 * The code of the row belongs to the leader, or to each member in turn where there are as many.
 */
export const partyLines = (taxpayers: TaxpayerTable, cells: PartyCells): PartyLines => {
  const answers = partyQueries(cells).map((query) => taxpayers.register.resolve(query))
  const telling = answers.filter((answer) => answer.decision !== 'none')
  const lines = telling.length > 0 ? telling : answers.slice(0, 1)
  return {
    text: lines.map((answer) => lineOf(taxpayers, cells.id, answer)).join(''),
    links: telling.filter((answer) => answer.decision === 'link').length,
    reviews: telling.filter((answer) => answer.decision === 'review').length,
  }
}

/** One query for each organisation that a row names. */
export const partyQueries = (cells: PartyCells): PartyQuery[] =>
  membersOf(cells).map((member) => ({
    name: member.name,
    code: member.code,
    siteUnit: member.siteUnit,
    divisionCode: null,
    address: cells.address === '' ? null : cells.address,
  }))

const membersOf = (cells: PartyCells) => {
  const members = readParties(cells.name, cells.uscc, 'contractor')
  if (members.length > 0) return members
  const [nameless] = readParties('无名', cells.uscc, 'contractor')
  return [{ name: '', code: nameless?.code ?? null, siteUnit: null }]
}

const lineOf = (taxpayers: TaxpayerTable, id: string, answer: LinkAnswer): string => {
  const uscc = answer.registrationId === null ? '' : taxpayers.usccOf(answer.registrationId)
  return csvLine([id, uscc, answer.score.toFixed(4), answer.decision, answer.reason])
}
