/** 公共资源交易: how the trading centre words an award notice. It knows no project code. */
import { isoDay, yearOf } from '../world/calendar.ts'
import type { AwardEntry } from '../world/entries.ts'
import { nameOn } from '../world/party.ts'
import { fullName, variantName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import { type Member, type Mention, type Row, type Said, writeConsortium, writeName, yuanText } from './wording.ts'

const numerals = ['一', '二', '三', '四']

/** One award notice. */
export const sayAward = (world: World, entry: AwardEntry): Said => {
  const { project, contract } = entry
  const shared = new Random(world.seed, 'say', entry.feed, project.number)
  const random = new Random(world.seed, 'say', entry.feed, ...entry.key)
  const base = shared.chance(0.4)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, shared)
  const acting = project.actingOwner !== null && random.chance(0.5) ? project.actingOwner : null
  const tenderee = acting ?? writeName(world.parties.current(project.owner), contract.awarded, random, 0.7)
  const members: Member[] = contract.members.map((party) => ({
    raw: writeName(world.parties.current(party), contract.awarded, random, 0.7),
    party,
  }))
  const names = members.map((member) => member.raw)
  const winner = names.length > 1 ? writeConsortium(names, random) : (names[0] ?? '')
  const agent = world.parties.local(random.int(0, world.parties.taxpayers - 1))
  const agency = random.chance(0.85) && agent.kind === 'company' ? agent : null
  const agencyName = agency ? nameOn(agency, contract.awarded) : ''
  const price =
    contract.priceFen + (random.chance(0.05) ? Math.round(contract.priceFen * random.between(-0.01, 0.01)) : 0)
  const empty = random.chance(0.15)
  const row: Row = {
    award_id: entry.key[0],
    notice_date: isoDay(contract.awarded),
    lot_no: `ZZ${project.county.code.slice(4)}${yearOf(contract.awarded)}-${random.digits(6)}-0${contract.index + 1}`,
    lot_name: base + lotSuffix(contract.index, project.contracts.length, contract.section, random),
    tenderee,
    agency: agencyName,
    site: random.pick([
      `${project.county.name}${project.town.name}`,
      project.county.name,
      `郑州市${project.county.name}。`,
    ]),
    winner_raw: winner,
    winners: names,
    is_consortium: names.length > 1,
    amount_cny: empty ? '' : yuanText(price),
    price_text: empty ? random.pick(['下浮率3.5%', '', `${(price / 1_000_000).toFixed(4)}万元`]) : '',
    period_text: `${contract.months * 30}日历天`,
    scope: '施工图纸及工程量清单范围内的全部内容。',
    quality: '合格',
    qualification_cert: random.pick(['公路工程施工总承包贰级', '市政公用工程施工总承包壹级', '建筑工程施工总承包贰级']),
    safety_licence: `（豫）JZ安许证字[${random.int(2012, 2024)}]${random.digits(6)}`,
    area_code: random.chance(0.4) ? project.county.code : '',
    area_name: random.chance(0.4) ? project.county.name : '',
  }
  for (const { number } of world.revisions(entry.feed, entry.key.join('|'))) {
    row.scope = `施工图纸及工程量清单范围内的全部内容（更正公告${number}）。`
    if (row.amount_cny !== '') row.amount_cny = yuanText(price + number * 100_000)
  }
  const mentions: Mention[] = [
    { role: 'owner', raw: tenderee, members: [{ raw: tenderee, party: acting ? null : project.owner }] },
    { role: 'contractor', raw: winner, members },
  ]
  if (agency) mentions.push({ role: 'agency', raw: agencyName, members: [{ raw: agencyName, party: agency }] })
  return { row, mentions }
}

const lotSuffix = (index: number, count: number, section: string, random: Random): string => {
  if (count === 1) return random.pick(['', '', '施工', '（施工）'])
  return random.pick([
    `第${index + 1}标段`,
    `（施工${numerals[index]}标段）`,
    `${section}标段施工`,
    `${numerals[index]}标段`,
  ])
}
