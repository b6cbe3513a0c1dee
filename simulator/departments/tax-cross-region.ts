/** 跨区域涉税事项报告: from the report at home to the site's check-in and feedback. */
import { isoDay } from '../world/calendar.ts'
import { type CrossRegionReport, homeOf, reportsOf } from '../world/cross-region.ts'
import { nameOn } from '../world/party.ts'
import { fullName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { dayText, type ToldRow, taxExtract } from './tax-extract.ts'
import { type Mention, writeName, yuanText } from './wording.ts'

/** Codes of the core: −2 reported and not checked in, 0 checked in, 1 fed back. */
const stateOf = (world: World, r: CrossRegionReport): string =>
  r.feedbackOn !== null && r.feedbackOn <= world.clock ? '1' : r.checkedInOn <= world.clock ? '0' : '-2'

const mentionsOf = (world: World, r: CrossRegionReport, owner: string): Mention[] => {
  const name = nameOn(r.party, r.reportedOn)
  const isActing = r.project.actingOwner !== null
  return [
    { role: 'contractor', raw: name, members: [{ raw: name, party: r.party }] },
    {
      role: 'owner',
      raw: owner,
      members: [{ raw: owner, party: isActing ? null : world.parties.current(r.project.owner) }],
    },
  ]
}

function* reportRows(world: World): Generator<ToldRow> {
  for (const project of world.projects) {
    for (const r of reportsOf(world.seed, project)) {
      const random = new Random(
        world.seed,
        'say',
        'tax.cross-region-reports',
        project.number,
        r.contract.index,
        r.party.index,
      )
      const key = `4101${random.digits(16)}`
      const owner =
        project.actingOwner ?? writeName(world.parties.current(project.owner), r.contract.signed, random, 0.5)
      const name = fullName(project.name, project.owner.name)
      yield {
        key,
        project,
        mentions: mentionsOf(world, r, owner),
        told: r.reportedOn + 1,
        changes: [r.checkedInOn, r.feedbackOn],
        row: () => {
          const isHere = r.checkedInOn <= world.clock
          return {
            BGXH: key,
            BGBH: r.number,
            KQYSSXBYGLBH: isHere ? r.siteNumber : '',
            DJXH: isHere ? (r.party.registration ?? '') : '',
            NSRMC: nameOn(r.party, r.reportedOn),
            NSRSBH: r.party.code,
            JGD_DM: homeOf(r.party),
            JYD_DM: project.county.code,
            JYDZ: `郑州市${project.county.name}${project.town.name}`,
            JYFS_DM: '1',
            HTMC: `${name}${project.contracts.length > 1 ? `${r.contract.section}标段` : ''}施工合同`,
            XMMC: name,
            HTBH: `HT${project.number}-${r.contract.index + 1}`,
            HTJE: yuanText(r.contract.priceFen),
            HTDF_MC: owner,
            YXQQ: isoDay(r.reportedOn),
            YXQZ: isoDay(r.validTo),
            BGRQ: isoDay(r.reportedOn),
            BYRQ: dayText(world, r.checkedInOn),
            FKRQ: dayText(world, r.feedbackOn),
            ZT_DM: stateOf(world, r),
          }
        },
      }
    }
  }
}

export const crossRegionSource = taxExtract({
  feed: 'tax.cross-region-reports',
  columns:
    'BGXH BGBH KQYSSXBYGLBH DJXH NSRMC NSRSBH JGD_DM JYD_DM JYDZ JYFS_DM HTMC XMMC HTBH HTJE HTDF_MC YXQQ YXQZ BGRQ BYRQ FKRQ ZT_DM',
  sumColumn: 'HTJE',
  drifted: 'HTMC',
  all: reportRows,
})
