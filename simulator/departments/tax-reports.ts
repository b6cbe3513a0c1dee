/** 跨区域涉税事项报告 as the core holds them: states −2 已报告未报验, 0 已报告未反馈, 1 已反馈, 2 作废. */
import { type Day, isoDay } from '../world/calendar.ts'
import { nameOn } from '../world/party.ts'
import { Random } from '../world/random.ts'
import { contractorsOf, homeDivision, type Report, reportsOf } from '../world/tax-reports.ts'
import type { World } from '../world/world.ts'
import { dayText, type ToldRow, taxExtract, typedName } from './tax-extract.ts'
import { type Mention, writeDocumentNumber, writeName, yuanText } from './wording.ts'

const stateOf = (world: World, report: Report): string => {
  const is = (day: Day | null): boolean => day !== null && day <= world.clock
  if (is(report.voidedOn)) return '2'
  if (is(report.feedbackOn)) return '1'
  return is(report.checkedInOn) ? '0' : '-2'
}

const sayReport = (world: World, report: Report): ReturnType<ToldRow['say']> => {
  const { party, project, contract } = report
  const random = new Random(world.seed, 'say', 'tax.cross-region-reports', report.id)
  const name = nameOn(party, report.reportedOn)
  const owner = project.actingOwner ?? writeName(world.parties.current(project.owner), contract.signed, random, 0.5)
  const isHere = report.checkedInOn !== null && report.checkedInOn <= world.clock
  const number = writeDocumentNumber(report.number, random)
  const row = {
    BGXH: report.id,
    BGBH: report.numberedOn <= world.clock ? number : '',
    KQYSSXBYGLBH: isHere ? report.siteNumber : '',
    DJXH: isHere ? (party.registration ?? '') : '',
    NSRMC: name,
    NSRSBH: party.code,
    JGD_DM: homeDivision(party),
    JYD_DM: random.chance(0.06) ? '410100' : project.county.code,
    JYDZ: `郑州市${project.county.name}${random.chance(0.8) ? project.town.name : ''}`,
    JYFS_DM: report.manner,
    HTMC: `${project.fullName}${project.contracts.length > 1 ? `${contract.section}标段` : ''}施工合同`,
    XMMC: typedName(project, random),
    HTBH: `HT${project.number}-${contract.index + 1}`,
    HTJE: yuanText(contract.priceFen),
    HTDF_MC: owner,
    YXQQ: isoDay(report.validFrom),
    YXQZ: isoDay(report.validTo),
    BGRQ: isoDay(report.reportedOn),
    BYRQ: dayText(world, report.checkedInOn),
    FKRQ: dayText(world, report.feedbackOn),
    ZT_DM: stateOf(world, report),
  }
  const mentions: Mention[] = [
    { role: 'contractor', raw: name, members: [{ raw: name, party }] },
    { role: 'owner', raw: owner, members: [{ raw: owner, party: project.actingOwner ? null : project.owner }] },
  ]
  return { row, mentions }
}

function* allReports(world: World): Generator<ToldRow> {
  for (const project of world.projects)
    for (const contract of project.contracts) {
      if (contract.signed > world.clock) continue
      for (const party of contractorsOf(world, project, contract))
        for (const report of reportsOf(world.seed, project, contract, party)) {
          const { reportedOn, numberedOn, checkedInOn, feedbackOn, voidedOn } = report
          const days = [reportedOn, numberedOn, checkedInOn, feedbackOn, voidedOn].filter((day) => day !== null)
          yield { key: report.id, project, days, say: () => sayReport(world, report) }
        }
    }
}

export const taxCrossRegionReports = taxExtract({
  feed: 'tax.cross-region-reports',
  columns:
    'BGXH BGBH KQYSSXBYGLBH DJXH NSRMC NSRSBH JGD_DM JYD_DM JYDZ JYFS_DM HTMC XMMC HTBH HTJE HTDF_MC YXQQ YXQZ BGRQ BYRQ FKRQ ZT_DM',
  sumColumn: 'HTJE',
  drifted: 'HTMC',
  all: allReports,
})
