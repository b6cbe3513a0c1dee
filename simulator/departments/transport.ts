/** 交通运输: how the transport bureau words a contract section and its measurements. Money is 元. */
import { compactMonth, isoDay } from '../world/calendar.ts'
import type { MeasurementEntry, SectionEntry } from '../world/entries.ts'
import { fullName, variantName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import { givenNames, surnames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import {
  type Member,
  type Mention,
  type Row,
  type Said,
  withSiteUnit,
  writeCode,
  writeConsortium,
  writeDocumentNumber,
  writeName,
  yuanText,
} from './wording.ts'

/** One contract section as the bureau has it today. */
export const saySection = (world: World, entry: SectionEntry, updatedAt: string): Said => {
  const { project, contract } = entry
  // One stream per project for what all its sections share: the same clerk typed them.
  const shared = new Random(world.seed, 'say', entry.feed, entry.key[0] ?? '')
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const projectName = shared.chance(0.25)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, shared)
  const approval = project.approvals[project.approvals.length - 1]
  const withCode = shared.chance(0.55)
  const withDocument = shared.chance(0.5)
  const acting = project.actingOwner
  const owner = acting ?? writeName(world.parties.current(project.owner), contract.signed, random)
  const contractor = contractorMention(world, entry, random)
  const ownerMention: Mention = {
    role: 'owner',
    raw: owner,
    members: [{ raw: owner, party: acting ? null : project.owner }],
  }
  const recorded = (day: number | null, lag: number): string | null =>
    day !== null && day + lag <= world.clock ? isoDay(day) : null
  const started = recorded(contract.start, 5)
  const handedOver = recorded(contract.handover, 8)
  const row: Row = {
    xmbh: entry.key[0],
    htdbh: entry.key[1],
    xmmc: projectName,
    lxbh: project.name.route,
    qdzh: project.name.from,
    zdzh: project.name.to,
    xmdm: withCode ? (approval?.code ?? null) : null,
    pfwh: withDocument && approval ? writeDocumentNumber(approval.documentNumber, shared) : null,
    jsdw: owner,
    jsdwdm: acting ? null : nullable(writeCode(project.owner, contract.signed, random, 0.3)),
    sgdw: contractor.raw,
    sgdwdm: nullable(writeCode(contract.members[0] ?? null, contract.signed, random, 0.35)),
    htbh: `${entry.key[0]}-${contract.section}`,
    htj: yuanText(contract.priceFen),
    qdrq: isoDay(contract.signed),
    zjly: project.funding,
    xzqh: random.chance(0.05) ? '410100' : project.county.code,
    jhkg: isoDay(contract.plannedStart),
    sjkg: started,
    jgrq: handedOver,
    zt: handedOver ? '3' : recorded(contract.start, 60) ? '2' : started ? '1' : '0',
    gxsj: updatedAt,
  }
  reviseSection(world, entry, row)
  return { row, mentions: [ownerMention, contractor] }
}

const nullable = (text: string): string | null => (text === '' ? null : text)

const contractorMention = (world: World, entry: SectionEntry | MeasurementEntry, random: Random): Mention => {
  const { project, contract } = entry
  const members: Member[] = contract.members.map((party) => ({
    raw: writeName(world.parties.current(party), contract.signed, random),
    party,
  }))
  if (members.length > 1) {
    return {
      role: 'contractor',
      raw: writeConsortium(
        members.map((member) => member.raw),
        random,
      ),
      members,
    }
  }
  const first = members[0] as Member
  const raw = random.chance(0.2)
    ? withSiteUnit(first.raw, `${project.name.county.short}${project.name.route}`, contract.section, random)
    : first.raw
  return { role: 'contractor', raw, members: [{ ...first, raw }] }
}

const reviseSection = (world: World, entry: SectionEntry, row: Row): void => {
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const random = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    const choice = random.int(0, 3)
    if (choice === 0 && row.xmdm === null)
      row.xmdm = entry.project.approvals[entry.project.approvals.length - 1]?.code ?? null
    else if (choice === 1) row.jhkg = isoDay(entry.contract.plannedStart + random.int(5, 60) + number)
    else row.htj = yuanText(Math.round(entry.contract.priceFen * random.between(0.97, 1.05)))
  }
}

/** One measurement; the contractor is written by the section's own clerk of the month. */
export const sayMeasurement = (world: World, entry: MeasurementEntry, updatedAt: string): Said => {
  const { measurement } = entry
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const contractor = contractorMention(world, entry, random)
  const money = (fen: number): string | number => (random.chance(0.5) ? yuanText(fen) : fen / 100)
  const row: Row = {
    xmbh: entry.key[0],
    htdbh: entry.key[1],
    qs: measurement.sequence,
    jlny: compactMonth(measurement.month),
    bqjl: money(measurement.periodFen),
    ljjl: money(measurement.cumulativeFen),
    xxjd: measurement.progress.toFixed(1),
    shrq: isoDay(measurement.audited),
    sgdw: contractor.raw,
    tbr: random.pick(surnames) + random.pick(givenNames),
    bz: '',
    gxsj: updatedAt,
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    const again = new Random(world.seed, 'revise', entry.feed, ...entry.key, number)
    if (again.chance(0.6)) {
      const cut = Math.round(measurement.periodFen * again.between(0.01, 0.08))
      row.bqjl = yuanText(measurement.periodFen - cut)
      row.ljjl = yuanText(measurement.cumulativeFen - cut)
    }
    row.bz = `审核后更正${number}`
  }
  return { row, mentions: [contractor] }
}
