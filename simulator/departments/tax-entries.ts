/** 社保费, 风险应对任务 of the province, and 信息采集 by officers. */
import { compactMonth, type Day, isoDay, monthStart } from '../world/calendar.ts'
import type { Contract } from '../world/contracts.ts'
import { measurementsOf, payableOn } from '../world/lifecycle.ts'
import type { Party } from '../world/party.ts'
import { fullName, variantName } from '../world/project-names.ts'
import type { Project } from '../world/projects.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { type ToldRow, taxExtract } from './tax-extract.ts'
import { type Mention, writeName, yuanText } from './wording.ts'

/** Months of social insurance that the extract goes back. */
const monthsBack = 12

/** The city's contractors as the world begins. */
function* contractors(world: World): Generator<Party> {
  for (let i = 0; i < world.parties.taxpayers; i++) {
    const party = world.parties.local(i)
    if (party.kind === 'contractor') yield party
  }
}

/** One contractor in six pays for its staff month by month; the base stays the year. */
function* monthlyInsurance(world: World): Generator<ToldRow> {
  for (const party of contractors(world)) {
    if (party.index % 6 !== 0) continue
    const random = new Random(world.seed, 'insurance', party.index)
    const persons = random.int(6, 180)
    const baseFen = random.int(3_600, 9_000) * 100
    for (
      let month = monthStart(world.begins, -monthsBack);
      monthStart(month, 1) <= world.clock;
      month = monthStart(month, 1)
    ) {
      const key = `${party.registration}${compactMonth(month)}`
      const paidOn = monthStart(month, 1) + 14
      yield {
        key,
        told: paidOn + 1,
        row: () => ({
          JFXH: key,
          DJXH: party.registration ?? '',
          XZ_DM: '1',
          FKSSQ: compactMonth(month),
          JFRS: String(persons),
          JFJS: yuanText(baseFen * persons),
          JFJE: yuanText(Math.round(baseFen * persons * 0.24)),
          JKRQ: isoDay(paidOn),
          XMMC: '',
        }),
      }
    }
  }
}

/** 按项目参加工伤保险, once before the works begin; one contract in nine does without. */
function* projectInsurance(world: World): Generator<ToldRow> {
  for (const project of world.projects) {
    for (const contract of project.contracts) {
      const party = world.parties.current(contract.members[0] as Contract['members'][number])
      const random = new Random(world.seed, 'injury', project.number, contract.index)
      if (party.registration === null || random.chance(1 / 9)) continue
      const paidOn = Math.max(contract.start - random.int(1, 20), project.knownFrom)
      const key = `GS${project.number}-${contract.index}-${random.digits(6)}`
      yield {
        key,
        project,
        told: paidOn + 1,
        row: () => ({
          JFXH: key,
          DJXH: party.registration ?? '',
          XZ_DM: '5',
          FKSSQ: compactMonth(paidOn),
          JFRS: '',
          JFJS: yuanText(contract.priceFen),
          JFJE: yuanText(Math.round(contract.priceFen * 0.001)),
          JKRQ: isoDay(paidOn),
          XMMC: fullName(project.name, project.owner.name),
        }),
      }
    }
  }
}

function* insuranceRows(world: World): Generator<ToldRow> {
  yield* monthlyInsurance(world)
  yield* projectInsurance(world)
}

const risks = [
  '增值税申报收入低于开票金额',
  '长期零申报',
  '跨区域经营未预缴',
  '红字发票占比偏高',
  '进项构成异常',
] as const

function* taskRows(world: World): Generator<ToldRow> {
  for (const party of contractors(world)) {
    const random = new Random(world.seed, 'risk-task', party.index)
    // Some in every city, however small.
    const isFirst = party.index % 500 === 0
    if (!isFirst && !random.chance(0.03)) continue
    const key = `FX41${random.digits(12)}`
    const issuedOn: Day = world.begins - random.int(isFirst ? 20 : -60, 700)
    const closedOn = random.chance(0.7) ? issuedOn + random.int(15, 120) : null
    yield {
      key,
      told: issuedOn + 1,
      changes: [closedOn],
      row: () => {
        const isClosed = closedOn !== null && closedOn <= world.clock
        const recovered = random.chance(0.4) ? random.int(1, 900) * 10_000 : 0
        return {
          RWBH: key,
          DJXH: party.registration ?? '',
          FXD: risks[party.index % risks.length] as string,
          FXDJ_DM: String(1 + (party.index % 3)),
          YDFS_DM: String(1 + (party.index % 6)),
          ZT_DM: isClosed ? '1' : '0',
          CBSK: isClosed ? yuanText(recovered) : '',
          XDRQ: isoDay(issuedOn),
          BJRQ: isClosed && closedOn !== null ? isoDay(closedOn) : '',
        }
      },
    }
  }
}

interface EntryDraft {
  readonly kind: '1' | '2' | '3' | '4' | '5' | '6'
  readonly on: Day
  readonly fen?: number
  readonly ratio?: number
  readonly retention?: number
  readonly note?: string
}

/** Retention of 5 % to 2017-06-30, 3 % since (建质〔2017〕138号). */
const retentionOf = (signed: Day): number => (signed < 17_348 ? 0.05 : 0.03)

/** What an officer who looks after these works enters over the time: contract and terms, receipts, settlement, stoppage. */
const draftsOf = (world: World, project: Project, contract: Contract): EntryDraft[] => {
  const random = new Random(world.seed, 'entries', project.number, contract.index)
  const measurements = measurementsOf(world.seed, project, contract)
  const drafts: EntryDraft[] = [
    { kind: '1', on: contract.signed + 12, fen: contract.priceFen },
    { kind: '3', on: contract.signed + 12, ratio: contract.paymentRatio, retention: retentionOf(contract.signed) },
  ]
  let received = 0
  for (let n = 1; n <= 3; n++) {
    const on = contract.start + Math.round((contract.months * 30 * n) / 3) + random.int(10, 40)
    const due = payableOn(contract, measurements, on)
    if (due > received) drafts.push({ kind: '4', on, fen: due - received })
    received = Math.max(received, due)
  }
  if (contract.handover === null)
    drafts.push({ kind: '6', on: contract.start + Math.round(contract.months * 13), note: '现场停工，原因待查' })
  else if (random.chance(0.6)) {
    const total = measurements.at(-1)?.cumulativeFen ?? contract.priceFen
    drafts.push({ kind: '5', on: contract.handover + random.int(100, 260), fen: total })
  }
  return drafts
}

/** One project in four, and every case, has an officer who enters. */
const isLookedAfter = (project: Project): boolean => project.story !== null || project.number % 4 === 1

function* entryRows(world: World): Generator<ToldRow> {
  for (const project of world.projects.filter(isLookedAfter)) {
    for (const contract of project.contracts) {
      for (const [i, draft] of draftsOf(world, project, contract).entries()) {
        const random = new Random(world.seed, 'say', 'tax.officer-entries', project.number, contract.index, i)
        const key = `CJ${String(project.number).padStart(6, '0')}${contract.index}${i}${random.digits(4)}`
        const contractor = world.parties.current(contract.members[0] as Contract['members'][number])
        const names = {
          contractor: writeName(contractor, contract.signed, random, 0.6),
          owner: project.actingOwner ?? writeName(world.parties.current(project.owner), contract.signed, random, 0.6),
        }
        const on = Math.max(draft.on, project.knownFrom)
        yield {
          key,
          project,
          told: on + 1,
          mentions: mentionsOf(world, project, names, contractor),
          row: () => entryRow(world, project, key, draft, on, names, random, contractor.code),
        }
      }
    }
  }
}

type Names = { readonly contractor: string; readonly owner: string }

const mentionsOf = (
  world: World,
  project: Project,
  names: Names,
  contractor: Contract['members'][number],
): Mention[] => [
  { role: 'contractor', raw: names.contractor, members: [{ raw: names.contractor, party: contractor }] },
  {
    role: 'owner',
    raw: names.owner,
    members: [{ raw: names.owner, party: project.actingOwner ? null : world.parties.current(project.owner) }],
  },
]

const entryRow = (
  world: World,
  project: Project,
  key: string,
  draft: EntryDraft,
  on: Day,
  names: Names,
  random: Random,
  code: string,
): Record<string, string> => ({
  CJXH: key,
  CJLX_DM: draft.kind,
  XMDM: random.chance(0.5) ? (project.approvals.at(-1)?.code ?? '') : '',
  XMMC: random.chance(0.5)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, random),
  NSRMC: names.contractor,
  NSRSBH: random.chance(0.6) ? code : '',
  HTDF_MC: names.owner,
  JE: draft.fen === undefined ? '' : yuanText(draft.fen),
  ZFBL: draft.ratio === undefined ? '' : `${Math.round(draft.ratio * 100)}%`,
  ZBJBL: draft.retention === undefined ? '' : `${Math.round(draft.retention * 100)}%`,
  FSRQ: isoDay(on),
  BZ: draft.note ?? '',
  SSGLY_DM: `1${project.county.code}${project.town.code.slice(6)}0${String((world.seed + project.number) % 12 || 12).padStart(2, '0')}`,
})

export const entrySources = [
  taxExtract({
    feed: 'tax.social-insurance',
    columns: 'JFXH DJXH XZ_DM FKSSQ JFRS JFJS JFJE JKRQ XMMC',
    sumColumn: 'JFJE',
    drifted: 'JFJS',
    all: insuranceRows,
  }),
  taxExtract({
    feed: 'tax.risk-tasks',
    columns: 'RWBH DJXH FXD FXDJ_DM YDFS_DM ZT_DM CBSK XDRQ BJRQ',
    sumColumn: null,
    drifted: 'FXD',
    all: taskRows,
  }),
  taxExtract({
    feed: 'tax.officer-entries',
    columns: 'CJXH CJLX_DM XMDM XMMC NSRMC NSRSBH HTDF_MC JE ZFBL ZBJBL FSRQ BZ SSGLY_DM',
    sumColumn: null,
    drifted: 'BZ',
    all: entryRows,
  }),
]
