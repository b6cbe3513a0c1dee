/** 发展和改革: how the development commission words an approval. */
import type { Day } from '../world/calendar.ts'
import { isoDay } from '../world/calendar.ts'
import { phoneNumber } from '../world/codes.ts'
import type { ApprovalEntry } from '../world/entries.ts'
import { fullName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import { givenNames, surnames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { type Row, type Said, writeCode, writeDate, writeDocumentNumber, writeName, writeWan } from './wording.ts'

const typeOfStage = { '2': '01', '3': '01', '4': '01', '5': '03', '6': '02' } as const
const scaleOf = {
  road: '路线全长{n}公里，二级公路，路基宽12米',
  housing: '总建筑面积{n}万平方米',
  street: '道路长{n}公里，含雨污水管网',
  water: '治理河道{n}公里',
  factory: '新建厂房{n}万平方米',
  school: '建筑面积{n}千平方米',
  village: '涉及农户{n}百户',
} as const

/** One approval as the commission has it today, `gxsj` set by the caller. */
export const sayApproval = (world: World, entry: ApprovalEntry, updatedAt: string): Said => {
  const { project, approval } = entry
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const late = new Set(random.chance(0.12) ? ['pfwh'] : random.chance(0.1) ? ['xmdm'] : [])
  const filled = entry.changes.every((day) => day <= world.clock)
  const withheld = (field: string): boolean => late.has(field) && !filled
  const owner = writeName(world.parties.current(project.owner), approval.day, random, 0.7)
  const row: Row = {
    slbh: entry.key[0],
    xmdm: withheld('xmdm') || random.chance(0.02) ? '' : approval.code,
    xmmc: fullName(project.name, project.owner.name) + suffix(approval.stage, random),
    xmdw: owner,
    xmdwdm: writeCode(project.owner, approval.day, random, 0.08),
    jsdd: random.pick([
      `${project.county.name}${project.town.name}`,
      `郑州市${project.county.name}${project.town.name}`,
      project.county.name,
    ]),
    xzqh: random.chance(0.05) ? '410100' : project.county.code,
    jsgm: scaleOf[project.kind].replace('{n}', String(random.int(2, 40) / 2)),
    ztz: writeWan(approval.investmentFen, random),
    zjly: project.funding,
    hydm: random.weighted([
      [project.industry, 85],
      [`E${project.industry}`, 8],
      [`E${project.industry.slice(0, 2)}`, 7],
    ] as const),
    xmlx: typeOfStage[approval.stage],
    spjd: approval.stage,
    xmzt: random.chance(0.03) ? '3' : '1',
    pfwh: withheld('pfwh')
      ? ''
      : random.chance(0.05)
        ? writeDocumentNumber(approval.documentNumber, random)
        : approval.documentNumber,
    pfrq: writeDate(approval.day, random),
    nkgsj: looseDate(project.contracts[0]?.plannedStart ?? approval.day + 200, random),
    njcsj: looseDate(completionOf(entry), random),
    lxr: random.pick(surnames) + random.pick(givenNames),
    lxdh: phoneNumber(random),
    bz: random.chance(0.1) ? '代办件' : '',
    gxsj: updatedAt,
  }
  revise(world, entry, row)
  return { row, mentions: [{ role: 'owner', raw: owner, members: [{ raw: owner, party: project.owner }] }] }
}

const completionOf = (entry: ApprovalEntry): Day => {
  const contract = entry.project.contracts[0]
  return contract ? contract.plannedStart + contract.months * 30 : entry.approval.day + 700
}

const suffix = (stage: string, random: Random): string =>
  stage === '4'
    ? random.pick(['（变更）', '概算调整'])
    : random.chance(0.03)
      ? random.pick(['（变更）', '(变更)', '（重新备案）', '可行性研究报告'])
      : ''

/** 拟开工 and 拟建成 come as a month, a year or a day. */
const looseDate = (day: Day, random: Random): string =>
  isoDay(day).slice(
    0,
    random.weighted([
      [7, 6],
      [4, 3],
      [10, 1],
    ] as const),
  )

const revise = (world: World, entry: ApprovalEntry, row: Row): void => {
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const random = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    switch (random.int(0, 4)) {
      case 0:
        row.xmmc = `${String(row.xmmc).replace(/（变更）$/, '')}（变更${number > 1 ? number : ''}）`
        break
      case 1:
        row.ztz = writeWan(Math.round(entry.approval.investmentFen * random.between(0.9, 1.1)), random)
        break
      case 2:
        row.xmzt = row.xmzt === '1' ? '3' : '1'
        break
      case 3:
        row.lxdh = phoneNumber(random)
        break
      default:
        row.bz = `信息更正${number}`
    }
  }
}
