/** 取水: the permit register, a system of its own with Chinese element names. Water is 万m³. */
import { isoDay, yearOf } from '../world/calendar.ts'
import { phoneNumber } from '../world/codes.ts'
import type { DatasetEntry } from '../world/entries.ts'
import { variantName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import type { WaterPermit, WaterUse } from '../world/water-permits.ts'
import { givenNames, surnames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { type Mention, type Row, type Said, writeCode, writeName } from './wording.ts'

/** Cubic metres as 万m³: exact to the cubic metre, or as few places as a clerk cares for. */
const tenThousandM3 = (cubicMetres: number, random: Random): string => {
  const exact = String(cubicMetres / 10_000)
  return random.chance(0.3) ? (cubicMetres / 10_000).toFixed(2) : exact
}

const stateOf = (world: World, permit: WaterPermit): string => {
  if (permit.cancelled !== null && permit.cancelled < world.clock) return '注销'
  return permit.to < world.clock ? '过期' : '有效'
}

/** A person's name stands in clear here; whoever reads the register has to seal it. Such a record names no organisation. */
const holderOf = (world: World, permit: WaterPermit, random: Random): { raw: string; mentions: Mention[] } => {
  const raw = writeName(world.parties.current(permit.holder), permit.from, random, 0.8)
  if (permit.holder.kind === 'person') return { raw: permit.holder.name, mentions: [] }
  return { raw, mentions: [{ role: 'holder', raw, members: [{ raw, party: permit.holder }] }] }
}

export const sayWaterPermit = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const permit = entry.detail as WaterPermit
  const { project } = permit
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const { raw, mentions } = holderOf(world, permit, random)
  const isPerson = permit.holder.kind === 'person'
  const approval = project?.approvals[project.approvals.length - 1]
  const named = project && (permit.purpose === '施工降水' || random.chance(0.4))
  const row: Row = {
    取水许可证号: permit.number,
    取水权人: raw,
    统一社会信用代码: isPerson ? permit.holder.code : writeCode(permit.holder, permit.from, random, 0.1),
    项目名称: named ? variantName(project.name, project.owner.name, random) : '',
    项目代码: named && random.chance(0.3) ? (approval?.code ?? '') : '',
    取水地点: `${permit.county.name}${permit.town.name}`,
    行政区划: random.chance(0.05) ? '410100' : permit.county.code,
    水源类型:
      permit.source === 'G'
        ? random.pick(['地下水', '浅层地下水', '地下水'])
        : random.pick(['地表水', '河道水', '水库水']),
    取水用途: permit.purpose,
    年许可水量: tenThousandM3(permit.permittedM3, random),
    有效期起: isoDay(permit.from),
    有效期止: isoDay(permit.to),
    许可状态: stateOf(world, permit),
    联系人: random.pick(surnames) + random.pick(givenNames),
    联系电话: phoneNumber(random),
    更新时间: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.5)) row.联系电话 = phoneNumber(again)
    else row.年许可水量 = tenThousandM3(Math.round((permit.permittedM3 * again.between(0.8, 1.2)) / 100) * 100, again)
  }
  return { row, mentions }
}

export const sayWaterUse = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const { permit, volumeM3, ended, quarter } = entry.detail as WaterUse
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const row: Row = {
    取水许可证号: permit.number,
    年度: yearOf(ended),
    季度: quarter,
    取水权人: holderOf(world, permit, random).raw,
    实取水量: tenThousandM3(volumeM3, random),
    上报日期: isoDay(ended + random.int(2, 5)),
    备注: random.chance(0.1) ? '水表更换' : '',
    更新时间: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    row.实取水量 = tenThousandM3(Math.round(volumeM3 * again.between(0.85, 1.1)), again)
    row.备注 = `核定更正${number}`
  }
  return { row, mentions: [] }
}
