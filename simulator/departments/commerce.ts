/** 市场监管: how the register of commerce words an enterprise and the items of its changes. Capital is 万元 of its currency. */
import type { Fault } from '../fault-kinds.ts'
import type { SaidRecord, StreamedSource } from '../source.ts'
import { type Day, dateTime, isoDay } from '../world/calendar.ts'
import { type ChangeLine, type EnterpriseLog, enterpriseLog } from '../world/enterprise-log.ts'
import { addressOf, isUntaxed, type Life, type LifeEvent, representativeOf } from '../world/enterprises.ts'
import { closedFrom, type FormerName, nameOn, type Party } from '../world/party.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import type { Row } from './wording.ts'

const onStreams: readonly Fault[] = [
  '500', 'hang', 'cut', 'repeatPage', 'shortTotal', 'totalTooLow', '429', 'drift', 'wrongEncoding', 'tokenExpired', 'gone', 'futureDate', 'clockStep',
] // biome-ignore format: one list of words

const formerNamesOn = (party: Party, day: Day): readonly FormerName[] =>
  party.formerNames.filter(({ until }) => until < day)

/** One gets its unified code with the years: a registration given up before has the old number alone. */
const codeOf = (party: Party): string => (party.closed ? '' : party.code)

const currencies = { '156': '人民币', '840': '美元', '344': '港币' } as const

const capitalAfter = (life: Life, changes: number): number => life.capitalWan * (1 + changes)

/** An enterprise as the register had it at the end of `day`. */
export const sayRegistration = (world: World, log: EnterpriseLog, index: number, day: Day, seq: number | null): Row => {
  const party = log.party(index)
  const life = log.life(party)
  const random = new Random(world.seed, 'say', 'commerce.registrations', index)
  const times = (item: LifeEvent['item']): number => log.times(party, life, item, day)
  const ended = life.end !== null && life.end.day <= day ? life.end : null
  const parent = party.branchOf === null ? null : world.parties.at(party.branchOf)
  const person = representativeOf(world.seed, party, times('representative'))
  const isHousehold = party.kind === 'household'
  const named = party.formerNames.map(({ until }) => until + 1)
  const approved = Math.max(
    life.established,
    ...[...life.events.map((event) => event.day), ...named].filter((changed) => changed <= day),
  )
  const capital = capitalAfter(life, times('capital'))
  return {
    ...(seq === null ? {} : { seq }),
    tyshxydm: codeOf(party),
    zch: party.closed || random.chance(0.6) ? (life.licence ?? '') : '',
    qymc: nameOn(party, day),
    cym: formerNamesOn(party, day).map(({ name, until }) => ({ mc: name, jzrq: isoDay(until) })),
    qylx: life.type,
    djzt: ended?.code ?? '1',
    fddbr: person.name,
    fddbrzjhm: person.number,
    lxdh: person.phone,
    zczb: isHousehold || parent ? '' : random.chance(0.5) ? capital.toFixed(2) : capital,
    bz: isHousehold || parent ? '' : random.chance(0.3) ? currencies[life.currency] : life.currency,
    clrq: isoDay(life.established),
    hzrq: isoDay(approved),
    zxrq: ended?.code === '4' ? isoDay(ended.day) : null,
    dxrq: ended?.code === '2' ? isoDay(ended.day) : null,
    zs: addressOf(world.seed, party, times('address')),
    xzqh: random.chance(0.04) ? '410100' : party.county.code,
    hydm: party.industry,
    jyfw: `一般项目：第${times('scope') + 1}版经营范围（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）`,
    djjg: `${random.chance(0.3) ? '郑州市' : party.county.name}市场监督管理局`,
    lsqymc: parent ? nameOn(parent, day) : '',
    lsqydm: parent ? parent.code : '',
    gxsj: dateTime(day, new Random(world.seed, 'updated', 'commerce.registrations', index, day).int(30_000, 66_000)),
  }
}

const items: Record<ChangeLine['item'], string> = {
  name: '01',
  address: '02',
  capital: '03',
  scope: '04',
  representative: '05',
  status: '06',
  branch: '07',
}
const endings = { '2': '吊销，未注销', '4': '注销', '6': '迁出' } as const

/** What stood there before and after. */
const beforeAndAfter = (world: World, log: EnterpriseLog, line: ChangeLine): readonly [string, string] => {
  const party = log.party(line.index)
  const life = log.life(party)
  const { item, day, branch } = line
  if (item === 'name') return [nameOn(party, day - 1), nameOn(party, day)]
  if (item === 'branch') return ['', branch ?? '']
  const after = log.times(party, life, item, day)
  const before = Math.max(0, after - 1)
  switch (item) {
    case 'address':
      return [addressOf(world.seed, party, before), addressOf(world.seed, party, after)]
    case 'capital':
      return [`${capitalAfter(life, before)}万元`, `${capitalAfter(life, after)}万元`]
    case 'representative':
      return [representativeOf(world.seed, party, before).name, representativeOf(world.seed, party, after).name]
    case 'status':
      return ['存续', endings[life.end?.code ?? '4']]
    case 'scope':
      return [`第${before + 1}版经营范围`, `第${after + 1}版经营范围`]
  }
}

/** Change number `seq`, from 1; written down on its day, or with the first of the log. */
export const sayChange = (world: World, log: EnterpriseLog, seq: number): Row => {
  const line = log.changes[seq - 1]
  if (!line) throw new RangeError(`there is no change ${seq}`)
  const party = log.party(line.index)
  const [before, after] = beforeAndAfter(world, log, line)
  return {
    seq,
    tyshxydm: codeOf(party),
    zch: party.closed ? (log.life(party).licence ?? '') : '',
    qymc: nameOn(party, line.day),
    bgsx: items[line.item],
    bgq: before,
    bgh: after,
    bgrq: isoDay(line.day),
    djjg: `${party.county.name}市场监督管理局`,
    gxsj: dateTime(line.day, 36_000 + (seq % 20_000)),
  }
}

const registrationKey = (log: EnterpriseLog, index: number): readonly string[] => {
  const party = log.party(index)
  return party.closed ? ['zch', log.life(party).licence ?? ''] : ['uscc', party.code]
}

function* registrationRecords(world: World, day: Day | null): Generator<SaidRecord> {
  const log = enterpriseLog(world)
  for (const index of day === null ? log.all() : log.on(day)) {
    const party = log.party(index)
    const raw = nameOn(party, day ?? world.clock)
    // A name that two registrations share means the one that is alive.
    const meant = party.closed ? world.parties.at(index - closedFrom) : party
    yield {
      key: registrationKey(log, index),
      project: null,
      row: sayRegistration(world, log, index, day ?? world.clock, null),
      mentions: [{ role: 'holder', raw, members: [{ raw, party: isUntaxed(party) ? party : meant }] }],
    }
  }
}

function* changeRecords(world: World, day: Day | null): Generator<SaidRecord> {
  const log = enterpriseLog(world)
  for (const [i, line] of log.changes.entries())
    if (day === null || line.day === day)
      yield { key: [String(i + 1)], project: null, row: sayChange(world, log, i + 1), mentions: [] }
}

export const registrations: StreamedSource = {
  kind: 'streamed',
  feed: 'commerce.registrations',
  drifted: 'jyfw',
  faults: onStreams,
  updateTime: 'gxsj',
  records: registrationRecords,
}

export const changes: StreamedSource = {
  kind: 'streamed',
  feed: 'commerce.changes',
  drifted: 'djjg',
  faults: onStreams,
  updateTime: 'gxsj',
  records: changeRecords,
}
