/** 跨区域涉税事项: which contractors had to report, which did, and the advance payments of tax at the site (domain.md 3.1, 3.8). */
import { compactDay, type Day, monthStart, yearOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { dueAfter, monthEnd } from './filing-days.ts'
import { contractInvoices } from './invoices.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import { crossRegionOf } from './regions.ts'
import { sizeOf } from './sizes.ts'
import type { World } from './world.ts'

export interface CrossRegionReport {
  readonly project: Project
  readonly contract: Contract
  readonly party: Party
  /** 报告编号, given at home. */
  readonly number: string
  /** 报验管理编号, given at the site. */
  readonly siteNumber: string
  readonly reportedOn: Day
  readonly checkedInOn: Day
  /** 经营地反馈; null while the works last. */
  readonly feedbackOn: Day | null
  readonly validTo: Day
}

/** 报验管理编号 that the contractor's invoices for these works name. */
export const siteNumberOf = (seed: number, project: Project, contract: Contract, party: Party): string =>
  `4101${compactDay(contract.start)}${new Random(seed, 'report', project.number, contract.index, party.index).digits(6)}`

/** The home of a company: the region of its code. */
export const homeOf = (party: Party): string => party.code.slice(2, 8)

const wordOfProvince: Readonly<Record<string, string>> = {
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

/** Whether a contractor of these works has to report: its home lies in another prefecture. */
export const mustReport = (project: Project, party: Party): boolean =>
  party.kind === 'outside' && crossRegionOf(homeOf(party), project.county.code)

/** Reports of a project's contractors over its whole life. One in ten who had to report did not (R04). */
export const reportsOf = (seed: number, project: Project): CrossRegionReport[] =>
  project.contracts.flatMap((contract) =>
    contract.members.flatMap((party): CrossRegionReport[] => {
      if (!mustReport(project, party)) return []
      const random = new Random(seed, 'cross-region', project.number, contract.index, party.index)
      const isMissing = random.chance(0.1)
      if (!(project.story?.isReported ?? !isMissing)) return []
      const reportedOn = Math.max(contract.start - random.int(3, 40), project.knownFrom)
      const checkedInOn = Math.max(reportedOn, contract.start) + random.int(1, 25)
      const end = contract.start + contract.months * 31
      const settled = contract.handover === null ? null : contract.handover + random.int(60, 240)
      return [
        {
          project,
          contract,
          party,
          number: `${wordOfProvince[homeOf(party).slice(0, 2)] ?? '豫'}税 跨报〔${yearOf(reportedOn)}〕${random.int(1, 999)}号`,
          siteNumber: siteNumberOf(seed, project, contract, party),
          reportedOn,
          checkedInOn,
          feedbackOn: settled === null || random.chance(0.12) ? null : Math.max(settled, checkedInOn + 30),
          validTo: end,
        },
      ]
    }),
  )

export interface Prepayment {
  readonly report: CrossRegionReport
  readonly month: Day
  readonly grossFen: number
  readonly deductedFen: number
  readonly rateBp: number
  readonly taxFen: number
  readonly isAdvance: boolean
  readonly declaredOn: Day
}

/** 2 % of general, 3 % of simplified taxpayers, of the price without tax (公告2026年第14号); halves up. */
export const prepaidTax = (grossFen: number, deductedFen: number, taxBp: number, rateBp: number): number =>
  Math.max(0, Math.round(((grossFen - deductedFen) * rateBp) / (10_000 + taxBp)))

/** Advance payments of a project by the month of their invoices, over its whole life. One contract in twelve pays none (R13). */
export const prepaymentsOf = (world: World, project: Project): Prepayment[] => {
  const reports = reportsOf(world.seed, project)
  if (reports.length === 0) return []
  const { seed, parties, options } = world
  const perProject = sizeOf(options.size).plannedPerProject
  return reports.flatMap((report): Prepayment[] => {
    const { contract, party } = report
    const random = new Random(world.seed, 'prepayments', project.number, contract.index, party.index)
    const isSilent = random.chance(1 / 12)
    if (isSilent) return []
    const invoices = contractInvoices(seed, parties, project, contract, perProject)
    const own = invoices.filter((invoice) => invoice.work?.tier === 1 && invoice.seller.index === party.index)
    const bought = invoices.filter((invoice) => invoice.work?.tier === 2 && invoice.buyer?.index === party.index)
    const inMonth = (list: typeof own, month: Day): number =>
      list
        .filter((invoice) => invoice.day >= month && invoice.day <= monthEnd(month))
        .reduce((sum, invoice) => sum + invoice.grossFen, 0)
    const months = [...new Set(own.map((invoice) => monthStart(invoice.day, 0)))].sort((a, b) => a - b)
    return months.flatMap((month): Prepayment[] => {
      const grossFen = inMonth(own, month)
      if (grossFen <= 0) return []
      const deductedFen = Math.min(Math.max(0, inMonth(bought, month)), Math.round(grossFen * 0.7))
      const first = own.find((invoice) => invoice.day >= month) as (typeof own)[number]
      const isAdvance = first.rateBp === 0
      const taxBp = isAdvance ? 900 : first.rateBp
      const rateBp = party.general ? 200 : 300
      const own15 = new Random(world.seed, 'prepaid-on', project.number, contract.index, party.index, month)
      return [
        {
          report,
          month,
          grossFen,
          deductedFen,
          rateBp,
          taxFen: prepaidTax(grossFen, deductedFen, taxBp, rateBp),
          isAdvance,
          declaredOn: dueAfter(monthEnd(month)) - own15.int(0, 9),
        },
      ]
    })
  })
}
