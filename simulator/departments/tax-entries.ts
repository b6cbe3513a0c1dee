/** 信息采集 as officers type it into the core: names, dates and sums with slips, as they stand in the papers. */
import { type Day, isoDay } from '../world/calendar.ts'
import type { Party } from '../world/party.ts'
import { Random } from '../world/random.ts'
import { type OfficerEntry, officerEntriesOf } from '../world/tax-entries.ts'
import { serial } from '../world/tax-watch.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract, typedName } from './tax-extract.ts'
import { type Mention, writeCode, writeDate, writeName, yuanText } from './wording.ts'

const kinds = { contract: '1', subcontract: '2', terms: '3', receipt: '4', settlement: '5', stoppage: '6' } as const

const named = (role: Mention['role'], party: Party | null, raw: string): Mention => ({
  role,
  raw,
  members: [{ raw, party }],
})

/** With thousands separators as it was pasted from a table, or without. */
const sum = (fen: number | null, random: Random): string => {
  const text = fen === null ? '' : yuanText(fen)
  return random.chance(0.3) ? text.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',') : text
}

const remarks: Readonly<Record<OfficerEntry['kind'], readonly string[]>> = {
  contract: ['', '合同原件已核对', '业主提供复印件'],
  subcontract: ['', '分包合同未备案', '劳务分包'],
  terms: ['按月进度支付', '按节点支付，竣工验收后付至结算价款'],
  receipt: ['', '银行回单', '业主台账'],
  settlement: ['', '以财政评审结论为准', '结算审计报告'],
  stoppage: ['资金不到位', '征迁未完成', '环保管控停工'],
}

/** The other side of the contract: the subcontractor of a subcontract, the owner of everything else. */
const otherSide = (world: World, entry: OfficerEntry, random: Random): Mention => {
  const { project, contract, subcontractor } = entry
  if (subcontractor) {
    const party = world.parties.current(subcontractor)
    return named('subcontractor', party, writeName(party, contract.signed, random))
  }
  if (project.actingOwner) return named('owner', null, project.actingOwner)
  const party = world.parties.current(project.owner)
  return named('owner', party, writeName(party, contract.signed, random))
}

const sayEntry = (world: World, key: string, entry: OfficerEntry): ReturnType<ToldRow['say']> => {
  const { project, contract, kind, amountFen, correctedOn } = entry
  const random = new Random(world.seed, 'say', 'tax.officer-entries', key)
  const contractor = world.parties.current(entry.contractor)
  const own = named('contractor', contractor, writeName(contractor, contract.signed, random))
  const other = otherSide(world, entry, random)
  const isWrong = correctedOn !== null && correctedOn > world.clock
  const isTerms = kind === 'terms'
  const row = {
    CJXH: key,
    CJLX_DM: kinds[kind],
    XMDM: random.chance(0.4) ? (project.approvals.at(-1)?.code ?? '') : '',
    XMMC: typedName(project, random),
    NSRMC: own.raw,
    NSRSBH: writeCode(contractor, contract.signed, random, 0.35),
    HTDF_MC: other.raw,
    JE: sum(amountFen !== null && isWrong ? amountFen * 10 : amountFen, random),
    ZFBL: isTerms ? `${Math.round(contract.paymentRatio * 100)}%` : '',
    ZBJBL: isTerms ? `${isoDay(contract.signed) < '2017-07-01' ? 5 : 3}%` : '',
    FSRQ: writeDate(entry.happenedOn, random),
    BZ: random.pick(remarks[kind]),
    SSGLY_DM: `1${project.county.code}${project.town.code.slice(6)}0${String(random.int(1, 12)).padStart(2, '0')}`,
  }
  return { row, mentions: [own, other] }
}

function* allEntries(world: World, day: Day | null): Generator<ToldRow> {
  for (const project of world.projects)
    for (const contract of project.contracts) {
      // Entries come between the signing and half a year after the settlement.
      const end = (contract.handover ?? contract.start + contract.months * 30) + 1_200
      const isOver = day !== null && Math.max(end, project.knownFrom + 60) < day
      if (contract.signed > world.clock || isOver) continue
      for (const entry of officerEntriesOf(world, project, contract)) {
        const key = serial(world.seed, 'CJ', 18, 'entry', project.number, contract.index, entry.kind, entry.sequence)
        const days = entry.correctedOn === null ? [entry.enteredOn] : [entry.enteredOn, entry.correctedOn]
        yield { key, project, days, say: () => sayEntry(world, key, entry) }
      }
    }
}

export const taxOfficerEntries = taxExtract({
  feed: 'tax.officer-entries',
  columns: 'CJXH CJLX_DM XMDM XMMC NSRMC NSRSBH HTDF_MC JE ZFBL ZBJBL FSRQ BZ SSGLY_DM',
  sumColumn: null,
  drifted: 'BZ',
  all: allEntries,
})
