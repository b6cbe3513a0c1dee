/** 自然资源: land granted or allocated for projects. Counties report areas in the unit they are used to; the price is 万元. */
import { forFiles } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { type Day, isoDay, yearOf } from '../world/calendar.ts'
import type { DatasetEntry } from '../world/entries.ts'
import type { ProjectKind } from '../world/project-names.ts'
import { variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random, scatter } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { type Row, type Said, writeCode, writeDate, writeName } from './wording.ts'

const columns = (
  '电子监管号 合同编号 项目代码 项目名称 项目位置 行政区划代码 供应方式 土地用途 ' +
  '土地面积(公顷) 土地面积(㎡) 土地面积(亩) 成交价款(万元) 受让人 受让人代码 签订日期 约定开工时间 约定竣工时间 更新时间'
).split(' ')

interface Parcel {
  readonly number: string
  readonly day: Day
  readonly areaM2: number
  readonly priceWan: number | null
  readonly supply: '挂牌出让' | '协议出让' | '划拨'
  readonly use: string
}

const uses: Partial<Record<ProjectKind, string>> = {
  housing: '城镇住宅用地',
  factory: '工业用地',
  school: '教育用地',
  street: '城镇村道路用地',
}

/** 元 a square metre. */
const landPrice = { housing: [3_000, 14_000], factory: [250, 520], school: [600, 900], street: [0, 0] } as const

/** The land of a project, supplied before or soon after its first approval; null where it needs none of its own. */
const parcelOf = (seed: number, project: Project): Parcel | null => {
  const use = uses[project.kind]
  const random = new Random(seed, 'parcel', project.number)
  if (!use || random.chance(project.kind === 'street' ? 0.7 : 0.1)) return null
  const first = project.approvals[0]?.day ?? 0
  const day = first - random.int(-40, 300)
  const areaM2 = Math.round(random.between(4_000, 60_000))
  const isAllocated = project.funding === '1' || project.kind === 'school' || project.kind === 'street'
  const [low, high] = landPrice[project.kind as keyof typeof landPrice]
  const serial = String(scatter(project.number, 40_009, Math.abs(seed) % 100_000, 100_000)).padStart(5, '0')
  return {
    number: `${project.county.code}${yearOf(day)}${isAllocated ? 'A' : 'B'}${serial}`,
    day,
    areaM2,
    priceWan: isAllocated ? null : Math.round((areaM2 * random.between(low, high)) / 10_000),
    supply: isAllocated ? '划拨' : random.chance(0.85) ? '挂牌出让' : '协议出让',
    use,
  }
}

/** Three counties in four count in hectares, the others in square metres or mu. */
const unitOf = (project: Project): 0 | 1 | 2 => ([0, 0, 1, 2] as const)[Number(project.county.code.slice(4)) % 4] ?? 0

const sayParcel = (world: World, entry: DatasetEntry, updatedAt: string): Said => {
  const { project } = entry
  const parcel = entry.detail as Parcel
  if (!project) throw new RangeError(`${parcel.number} belongs to no project`)
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const raw = writeName(world.parties.current(project.owner), parcel.day, random, 0.7)
  const areas = ['', '', '']
  const unit = unitOf(project)
  areas[unit] =
    unit === 0
      ? (parcel.areaM2 / 10_000).toFixed(4)
      : unit === 1
        ? parcel.areaM2.toFixed(2)
        : ((parcel.areaM2 * 3) / 2_000).toFixed(3)
  const start = parcel.day + random.int(180, 420)
  const row: Row = {
    电子监管号: parcel.number,
    合同编号:
      parcel.priceWan === null ? '' : `豫（${yearOf(parcel.day)}）${project.county.short}出字第${random.int(1, 180)}号`,
    项目代码: random.chance(0.25) ? (project.approvals[0]?.code ?? '') : '',
    项目名称: variantName(project.name, project.owner.name, random),
    项目位置: `${project.county.name}${project.town.name}`,
    行政区划代码: project.county.code,
    供应方式: parcel.supply,
    土地用途: parcel.use,
    '土地面积(公顷)': areas[0],
    '土地面积(㎡)': areas[1],
    '土地面积(亩)': areas[2],
    '成交价款(万元)': parcel.priceWan === null ? '' : parcel.priceWan.toFixed(2),
    受让人: raw,
    受让人代码: writeCode(project.owner, parcel.day, random, 0.3),
    签订日期: writeDate(parcel.day, random),
    约定开工时间: isoDay(start),
    约定竣工时间: isoDay(start + 900),
    更新时间: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    row.约定竣工时间 = isoDay(start + 900 + number * 60)
    if (row.项目代码 === '') row.项目代码 = project.approvals[0]?.code ?? ''
  }
  return { row, mentions: [{ role: 'holder', raw, members: [{ raw, party: project.owner }] }] }
}

const entriesOf = (seed: number, project: Project): DatasetEntry[] => {
  const parcel = parcelOf(seed, project)
  if (!parcel) return []
  const visibleFrom = Math.max(parcel.day + 15, project.knownFrom)
  return [{ feed: 'resources.land', key: [parcel.number], project, visibleFrom, changes: [], detail: parcel }]
}

export const land: ListedSource = {
  kind: 'listed',
  feed: 'resources.land',
  drifted: '约定开工时间',
  faults: forFiles,
  updateTime: '更新时间',
  extract: { file: 'land_{day}.csv', encoding: 'gb18030', columns, sumColumn: null },
  ofProject: entriesOf,
  say: sayParcel,
}
