/** 财政: appropriations by contract and month, and reviews of settlements, as one daily table. Money is 元. */
import { forFiles } from '../fault-kinds.ts'
import type { SaidRecord, StreamedSource } from '../source.ts'
import { type TreasuryRecord, treasuryRecordsOf } from '../world/appropriations.ts'
import { compactMonth, type Day, isoDay } from '../world/calendar.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import { sizeOf } from '../world/sizes.ts'
import type { World } from '../world/world.ts'
import { type Member, type Row, type Said, writeCode, writeName, yuanText } from './wording.ts'

const columns = (
  '业务编号 业务类型 拨付月份 项目代码 项目名称 合同编号 预算单位 预算单位代码 付款方式 收款单位 收款单位代码 ' +
  '拨付金额(元) 累计拨付(元) 送审金额(元) 审定金额(元) 审减金额(元) 业务日期 备注'
).split(' ')

/** Known to the world from then on; a project told late brings its past with it. */
const visibleFrom = (record: TreasuryRecord): Day => Math.max(record.day + 1, record.project.knownFrom)

/** Records that were put right on advanced days: key → how often. Pure, by day; a few each day. */
const corrected = new WeakMap<
  World,
  { clock: Day; readonly times: Map<string, number>; readonly on: Map<Day, TreasuryRecord[]> }
>()

const pickOf = (world: World, day: Day, draw: number): TreasuryRecord | null => {
  const random = new Random(world.seed, 'revise', 'finance.payments', day, draw)
  const known = sizeOf(world.options.size).projects
  for (let tries = 0; tries < 60; tries++) {
    const project = world.projects[random.int(0, known - 1)] as Project
    const records = treasuryRecordsOf(world.seed, project).filter((record) => visibleFrom(record) < day)
    if (records.length > 0) return random.pick(records)
  }
  return null
}

const correctionsOf = (world: World) => {
  let held = corrected.get(world)
  if (!held) corrected.set(world, (held = { clock: world.begins, times: new Map(), on: new Map() }))
  while (held.clock < world.clock) {
    const day = ++held.clock
    const picked = new Map<string, TreasuryRecord>()
    for (let draw = 0; draw < Math.max(1, Math.round(sizeOf(world.options.size).projects * 0.02)); draw++) {
      const record = pickOf(world, day, draw)
      if (record) picked.set(record.key, record)
    }
    for (const key of picked.keys()) held.times.set(key, (held.times.get(key) ?? 0) + 1)
    held.on.set(day, [...picked.values()])
  }
  return held
}

const projectName = (world: World, project: Project): string => {
  const random = new Random(world.seed, 'say', 'finance.payments', project.number)
  return random.chance(0.5)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, random)
}

const sayRecord = (world: World, record: TreasuryRecord): Said => {
  const { project, contract } = record
  const random = new Random(world.seed, 'say', 'finance.payments', record.key)
  const payer: Member = {
    raw: writeName(world.parties.current(project.owner), record.day, random, 0.5),
    party: project.owner,
  }
  const leader = contract.members[0] ?? null
  const payee: Member = {
    raw: leader ? writeName(world.parties.current(leader), record.day, random, 0.7) : '',
    party: leader,
  }
  const isPaid = record.kind === 'appropriation'
  const row: Row = {
    业务编号: record.key,
    业务类型: isPaid ? '1' : '2',
    拨付月份: isPaid ? compactMonth(record.day) : '',
    项目代码: random.chance(0.45) ? (project.approvals.at(-1)?.code ?? '') : '',
    项目名称: projectName(world, project),
    合同编号: random.chance(0.6) ? `${project.id}-${contract.section}` : '',
    预算单位: payer.raw,
    预算单位代码: writeCode(project.owner, record.day, random, 0.2),
    付款方式: isPaid ? (random.chance(0.8) ? '国库集中支付' : '实有资金账户') : '',
    收款单位: payee.raw,
    收款单位代码: writeCode(leader, record.day, random, 0.3),
    '拨付金额(元)': isPaid ? yuanText(record.amountFen) : '',
    '累计拨付(元)': isPaid ? yuanText(record.cumulativeFen) : '',
    '送审金额(元)': isPaid ? '' : yuanText(record.submittedFen),
    '审定金额(元)': isPaid ? '' : yuanText(record.approvedFen),
    '审减金额(元)': isPaid ? '' : yuanText(record.submittedFen - record.approvedFen),
    业务日期: isoDay(record.day),
    备注: '',
  }
  const times = correctionsOf(world).times.get(record.key) ?? 0
  if (times > 0) {
    row.备注 = `第${times}次更正`
    if (row.项目代码 === '') row.项目代码 = project.approvals.at(-1)?.code ?? ''
  }
  return {
    row,
    mentions: [
      { role: 'payer', raw: payer.raw, members: [payer] },
      { role: 'payee', raw: payee.raw, members: [payee] },
    ],
  }
}

function* records(world: World, day: Day | null): Generator<SaidRecord> {
  const said = (record: TreasuryRecord): SaidRecord => ({
    key: [record.key],
    project: record.project,
    ...sayRecord(world, record),
  })
  for (const project of world.projects) {
    if (day !== null && project.knownFrom > day) continue
    for (const record of treasuryRecordsOf(world.seed, project)) {
      const from = visibleFrom(record)
      if (day === null ? from <= world.clock : from === day) yield said(record)
    }
  }
  if (day !== null) for (const record of correctionsOf(world).on.get(day) ?? []) yield said(record)
}

export const payments: StreamedSource = {
  kind: 'streamed',
  feed: 'finance.payments',
  drifted: '付款方式',
  faults: forFiles,
  updateTime: null,
  extract: { file: 'payments_{day}.csv', encoding: 'gb18030', columns, sumColumn: null },
  records,
}
