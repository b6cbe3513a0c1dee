/** 跨区域涉税事项报告 (domain.md 3.8): who reported works away from home, who checked in at the site, who filed feedback at the end. */
import type { Day } from './calendar.ts'
import { compactDay, monthStart, yearOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import { crossRegionOf } from './regions.ts'
import { serial } from './tax-watch.ts'
import type { World } from './world.ts'

export interface Report {
  readonly id: string
  readonly party: Party
  readonly project: Project
  readonly contract: Contract
  /** `豫税 跨报〔2024〕123号`. */
  readonly number: string
  /** Day from which the number stands in the core; some come later than the report. */
  readonly numberedOn: Day
  /** 报验管理编号, given at the check-in; invoices, prepayments and payments carry it. */
  readonly siteNumber: string
  readonly reportedOn: Day
  readonly checkedInOn: Day | null
  readonly feedbackOn: Day | null
  readonly voidedOn: Day | null
  readonly validFrom: Day
  readonly validTo: Day
  readonly manner: string
}

/** Tax authorities by the first two digits of the home's code. */
const words: Readonly<Record<string, string>> = {
  '41': '豫',
  '42': '鄂',
  '37': '鲁',
  '61': '陕',
  '34': '皖',
  '13': '冀',
  '14': '晋',
  '43': '湘',
  '51': '川',
}

/** Home of a contractor from elsewhere, six digits; one of the city is at home in its county. */
export const homeDivision = (party: Party): string =>
  party.kind === 'outside' ? party.code.slice(2, 8) : party.county.code

export const owesReport = (party: Party, project: Project): boolean =>
  crossRegionOf(homeDivision(party), project.county.code)

/** True where a report is due and there is none: R04. Those without a registration at the site are the more careless. */
export const isReportMissing = (seed: number, project: Project, contract: Contract, party: Party): boolean => {
  if (!owesReport(party, project)) return false
  const { story } = project
  if (story?.isReported !== undefined) return !story.isReported
  if (story !== null) return false
  const share = party.registration === null ? 0.3 : 0.06
  return new Random(seed, 'report', project.number, contract.index, party.index).chance(share)
}

/** The valid report of a contractor for its contract; null where none is due, or none was made. */
export const reportOf = (seed: number, project: Project, contract: Contract, party: Party): Report | null =>
  owesReport(party, project) && !isReportMissing(seed, project, contract, party)
    ? drawn(seed, project, contract, party, 'valid')
    : null

/** All reports of a contractor for its contract: now and then one was made in error before the valid one, and is void. */
export const reportsOf = (seed: number, project: Project, contract: Contract, party: Party): Report[] => {
  const valid = reportOf(seed, project, contract, party)
  if (valid === null) return []
  const random = new Random(seed, 'report-void', project.number, contract.index, party.index)
  if (!random.chance(0.03)) return [valid]
  const wrong = drawn(seed, project, contract, party, 'void')
  const reportedOn = Math.max(valid.reportedOn - random.int(5, 20), project.knownFrom)
  const voided = { checkedInOn: null, feedbackOn: null, voidedOn: valid.reportedOn }
  return [{ ...wrong, ...voided, reportedOn, numberedOn: reportedOn }, valid]
}

/** 报验管理编号 that a contractor's invoices, prepayments and payments for these works name. */
const siteNumberOf = (seed: number, project: Project, contract: Contract, party: Party): string =>
  serial(seed, `4101${compactDay(contract.start)}`, 6, 'site', project.number, contract.index, party.index)

const drawn = (seed: number, project: Project, contract: Contract, party: Party, which: string): Report => {
  const labels = [project.number, contract.index, party.index] as const
  const random = new Random(seed, 'report-words', which, ...labels)
  // Of a project that became known late everything is dated from then on.
  const known = (day: Day): Day => Math.max(day, project.knownFrom)
  const reportedOn = known(contract.signed + random.int(2, 25))
  const end = contract.handover ?? contract.start + contract.months * 30
  const isEarly = random.chance(0.85)
  const checkedInOn = known(Math.max(reportedOn, contract.start + (isEarly ? random.int(-5, 15) : random.int(35, 90))))
  const hasFeedback = contract.handover !== null && project.story === null && random.chance(0.8)
  const word = words[party.code.slice(2, 4)] ?? '外'
  return {
    id: serial(seed, '4101', 16, 'report', which, ...labels),
    party,
    project,
    contract,
    number: `${word}税 跨报〔${yearOf(reportedOn)}〕${random.int(1, 9_800)}号`,
    numberedOn: reportedOn + (random.chance(0.1) ? random.int(5, 40) : 0),
    siteNumber: siteNumberOf(seed, project, contract, party),
    reportedOn,
    checkedInOn: party.registration === null ? null : checkedInOn,
    feedbackOn:
      party.registration !== null && hasFeedback ? Math.max(checkedInOn + 30, end + random.int(60, 420)) : null,
    voidedOn: null,
    validFrom: contract.start,
    validTo: monthStart(end, random.int(1, 6)) - 1,
    manner: random.weighted([
      ['1', 90],
      ['2', 4],
      ['3', 3],
      ['9', 3],
    ] as const),
  }
}

/** Contractors of a contract in the order of its members; the one that invoices in their place beside them. */
export const contractorsOf = (world: World, project: Project, contract: Contract): Party[] => {
  const parties = [...contract.members, ...(project.story?.seller ? [project.story.seller.party] : [])]
  return [...new Map(parties.map((party) => [party.index, world.parties.current(party)])).values()]
}
