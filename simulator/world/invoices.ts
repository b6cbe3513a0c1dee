/** True invoices: those a contract causes (tier 1 contractor → owner, tier 2 subcontractor → contractor) and the majority that has nothing to do with works. */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { measurementsOf, payableOn } from './lifecycle.ts'
import type { Parties } from './parties.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

export interface Invoice {
  /** Distinct over the world, below 10^11; number and code are made of it. */
  readonly ordinal: number
  readonly day: Day
  readonly second: number
  readonly seller: Party
  /** Null: a body without code and registration, named by `buyerName`. */
  readonly buyer: Party | null
  readonly buyerName: string | null
  /** With tax; negative for a red one. */
  readonly grossFen: number
  /** 1/10000. */
  readonly rateBp: number
  readonly goods: string
  readonly special: boolean
  readonly blueOrdinal: number | null
  /** Day of the blue invoice that a red one names. */
  readonly blueDay: Day | null
  readonly void: boolean
  readonly work: { readonly project: Project; readonly contract: Contract; readonly tier: 1 | 2 } | null
  /** A small works invoice of no known project. */
  readonly smallWorks: string | null
}

const ordinalsPerProject = 2_000
const ordinalsPerContract = 500
const ordinalsPerTier = 250
const unrelatedFrom = 10_000_000_000
/** Ordinals of red invoices that an advanced day brings. */
export const redFrom = 50_000_000_000

const vatRate = (seller: Party, day: Day): number => {
  if (!seller.general) return day >= dayOf('2023-01-01') ? 100 : 300
  return day >= dayOf('2019-04-01') ? 900 : day >= dayOf('2018-05-01') ? 1000 : 1100
}

interface Flow {
  readonly project: Project
  readonly contract: Contract
  readonly tier: 1 | 2
  readonly seller: (event: number) => Party
  readonly buyer: Party | null
  readonly buyerName: string | null
  readonly share: number
  readonly events: number
  readonly firstOrdinal: number
}

/** All invoices of one contract over its whole life, past and future. `perProject` is how many a project has on average. */
export const contractInvoices = (
  seed: number,
  parties: Parties,
  project: Project,
  contract: Contract,
  perProject: number,
): Invoice[] => {
  const random = new Random(seed, 'flow', project.number, contract.index)
  const base = project.number * ordinalsPerProject + contract.index * ordinalsPerContract
  const perContract = Math.max(2, perProject / Math.max(1, project.contracts.length))
  const leader = parties.current(contract.members[0] as Party)
  const branch = leader.branchOf === null && random.chance(0.04) ? parties.some('contractor', random) : leader
  const { story } = project
  const seller = story?.seller?.party ?? (branch.branchOf === leader.index ? branch : leader)
  const member = contract.members[1] && parties.current(contract.members[1])
  const list: Invoice[] = []
  pushFlow(list, seed, {
    project,
    contract,
    tier: 1,
    seller: (event) => (member && event % 3 === 2 ? member : seller),
    buyer: project.actingOwner ? null : parties.current(project.owner),
    buyerName: project.actingOwner,
    share: project.invoicedShare,
    events: Math.min(80, Math.max(2, Math.round(perContract * 0.6))),
    firstOrdinal: base,
  })
  if (story?.auditReductionShare) list.push(...auditReds(list, contract, story.auditReductionShare))
  const subs = random.int(1, 3)
  for (let i = 0; i < subs; i++) {
    const sub = parties.some('subcontractor', random)
    pushFlow(list, seed, {
      project,
      contract,
      tier: 2,
      seller: () => sub,
      buyer: seller,
      buyerName: null,
      share: random.between(0.06, 0.2) * Math.min(1, project.invoicedShare),
      events: Math.min(26, Math.max(1, Math.round((perContract * 0.4) / subs))),
      firstOrdinal: base + ordinalsPerTier + i * 80,
    })
  }
  return list
}

const pushFlow = (list: Invoice[], seed: number, flow: Flow): void => {
  const { project, contract, tier } = flow
  const random = new Random(seed, 'invoices', flow.firstOrdinal)
  const measurements = measurementsOf(seed, project, contract)
  const { story } = project
  const fixed = tier === 1 && contract.invoicedFen !== undefined ? contract.invoicedFen : null
  const end = fixed === null ? lastDue(contract) + random.int(160, 320) : (contract.invoicedOn ?? contract.start + 100)
  const begin = contract.start + random.int(20, 70)
  const advance = tier === 1 && story === null && random.chance(0.3)
  let invoiced = 0
  for (let event = 0; event < flow.events; event++) {
    const final = event === flow.events - 1
    const planned = final ? end : Math.round(begin + ((end - begin) * event) / flow.events) + random.int(0, 9)
    const day =
      final && tier === 1 && fixed === null && random.chance(0.4)
        ? (contract.handover ?? end) + random.int(735, 800)
        : planned
    const isAdvance = advance && event === 0
    const due =
      fixed === null
        ? Math.round((isAdvance ? contract.priceFen * 0.1 : payableOn(contract, measurements, day)) * flow.share)
        : Math.round((fixed * (event + 1)) / flow.events)
    // An advance is outside the sum of invoices: it is not yet a price for work.
    const grossFen = isAdvance ? due : due - invoiced
    if (grossFen < 10_000) continue
    if (!isAdvance) invoiced = due
    const seller = flow.seller(event)
    const known = Math.max(day, project.knownFrom)
    const blue: Invoice = {
      ordinal: flow.firstOrdinal + event * 3,
      day: known,
      second: random.int(30_000, 64_000),
      seller,
      buyer: flow.buyer,
      buyerName: flow.buyerName,
      grossFen,
      rateBp: isAdvance ? 0 : (rateOf(story, tier, event) ?? vatRate(seller, known)),
      goods: isAdvance ? '6120000000000000000' : `30502${random.pick(['01', '02', '99'])}000000000000`,
      special: random.chance(0.6),
      blueOrdinal: null,
      blueDay: null,
      void: false,
      work: { project, contract, tier },
      smallWorks: null,
    }
    list.push(blue)
    if (story !== null || !random.chance(0.02)) continue
    const redDay = known + random.int(3, 40)
    list.push(redOf(blue, flow.firstOrdinal + event * 3 + 1, redDay))
    list.push({
      ...blue,
      ordinal: flow.firstOrdinal + event * 3 + 2,
      day: redDay + 1,
      rateBp: isAdvance ? 0 : vatRate(seller, redDay + 1),
    })
  }
}

/** After the settlement review the contractor takes back what it took off, from the last invoices backwards. */
const auditReds = (blues: readonly Invoice[], contract: Contract, share: number): Invoice[] => {
  const reviewed = lastDue(contract) + 200
  let left = Math.round((contract.workDoneFen ?? contract.priceFen) * share)
  const reds: Invoice[] = []
  for (const blue of [...blues].reverse()) {
    const part = Math.min(left, blue.grossFen)
    if (part <= 0) break
    left -= part
    reds.push(redOf(blue, blue.ordinal + 1, Math.max(reviewed, blue.day + 3), part / blue.grossFen))
  }
  return reds
}

const lastDue = (contract: Contract): Day => contract.handover ?? contract.start + contract.months * 30

/** Rates that a case lays down for the contractor's invoices, in turn. */
const rateOf = (story: Project['story'], tier: 1 | 2, event: number): number | null => {
  const rates = tier === 1 ? story?.ratesBp : undefined
  return rates?.[event % rates.length] ?? null
}

/** The red invoice that takes `blue` back, in whole or by `share`. */
export const redOf = (blue: Invoice, ordinal: number, day: Day, share = 1): Invoice => ({
  ...blue,
  ordinal,
  day,
  grossFen: -Math.round(blue.grossFen * share),
  blueOrdinal: blue.ordinal,
  blueDay: blue.day,
})

const goodsOf = [
  '1090511030000000000',
  '1070101010000000000',
  '3040802010000000000',
  '3070401000000000000',
  '1060301010000000000',
  '3049900000000000000',
]
const smallWorks = ['办公室装修', '厂区地面修补', '门面改造', '屋面防水维修', '空调安装', '围墙修建']

/** Invoice `number` of ordinary trade. Those from `base` on belong to `day`, the others to the years before `today`. */
export const unrelatedInvoice = (
  seed: number,
  parties: Parties,
  number: number,
  today: Day,
  day: Day | null,
): Invoice => {
  const random = new Random(seed, 'trade', number)
  const seller = parties.local(random.int(0, parties.taxpayers - 1))
  let buyer = parties.local(random.int(0, parties.taxpayers - 1))
  if (buyer.index === seller.index) buyer = parties.body(number)
  const issued = day ?? random.upTo(random.chance(0.1) ? dayOf('2016-05-01') : dayOf('2018-06-01'), today)
  const works = random.chance(0.04)
  const rateBp = works
    ? vatRate(seller, issued)
    : seller.general
      ? random.pick([1300, 1300, 600, 900])
      : issued >= dayOf('2023-01-01')
        ? 100
        : 300
  return {
    ordinal: unrelatedFrom + number,
    day: issued,
    second: random.int(28_000, 70_000),
    seller,
    buyer,
    buyerName: null,
    grossFen: Math.round(10 ** random.between(4, 7.6)),
    rateBp,
    goods: works ? '3050300000000000000' : random.pick(goodsOf),
    special: seller.general && random.chance(0.6),
    blueOrdinal: null,
    blueDay: null,
    void: issued < dayOf('2023-07-01') && random.chance(0.01),
    work: null,
    smallWorks: works ? random.pick(smallWorks) : null,
  }
}
