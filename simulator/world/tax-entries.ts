/** 信息采集: what officers enter of a project, from its papers or from the owner's tables: contract, subcontracts, terms, receipts, settlement, stoppage. */
import type { Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import { measurementsOf, payableOn } from './lifecycle.ts'
import type { Party } from './party.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'
import { sizeOf } from './sizes.ts'
import { bookOf } from './tax-book.ts'
import type { World } from './world.ts'

export type EntryKind = 'contract' | 'subcontract' | 'terms' | 'receipt' | 'settlement' | 'stoppage'

export interface OfficerEntry {
  readonly kind: EntryKind
  readonly project: Project
  readonly contract: Contract
  readonly contractor: Party
  /** Subcontracts alone. */
  readonly subcontractor: Party | null
  readonly sequence: number
  readonly amountFen: number | null
  readonly happenedOn: Day
  readonly enteredOn: Day
  /** Day on which a sum that was typed ten times too large was put right; null for most. */
  readonly correctedOn: Day | null
}

/** A city's officers get round to a share of its projects, and to the cases. */
const isVisited = (world: World, project: Project): boolean => {
  const share = Math.min(0.6, 2_400 / Math.max(1, sizeOf(world.options.size).projects))
  return project.story !== null || new Random(world.seed, 'visited', project.number).chance(share)
}

type Draft = Pick<OfficerEntry, 'kind' | 'amountFen' | 'happenedOn'> &
  Partial<Pick<OfficerEntry, 'subcontractor' | 'sequence'>>

/** Day by which half the months are over: where works stop, they stop about then. */
const stoppedOn = (contract: Contract): Day => contract.start + Math.round(contract.months * 0.4 * 30.4)

/** Receipts every half year: what fell due since the last one, as far as it was paid. */
const receiptsOf = (world: World, project: Project, contract: Contract): Draft[] => {
  const measurements = measurementsOf(world.seed, project, contract)
  const list: Draft[] = []
  let received = 0
  for (let n = 1; n <= 6; n++) {
    const day = contract.start + n * 182
    const payable = Math.round(payableOn(contract, measurements, day) * Math.min(1, project.invoicedShare + 0.05))
    if (payable - received < 1_000_000) continue
    list.push({ kind: 'receipt', amountFen: payable - received, happenedOn: day, sequence: n })
    received = payable
  }
  return list
}

/** What subcontractors invoice over the whole life of the contract is what they were given. */
const subcontractsOf = (world: World, project: Project, contract: Contract): Draft[] => {
  const sums = new Map<number, { party: Party; fen: number }>()
  for (const { work, seller, grossFen } of bookOf(world).wholeLife(project, contract)) {
    if (work?.tier !== 2) continue
    const fen = (sums.get(seller.index)?.fen ?? 0) + grossFen
    sums.set(seller.index, { party: seller, fen })
  }
  return [...sums.values()].map(({ party, fen }, sequence) => ({
    kind: 'subcontract',
    amountFen: fen,
    happenedOn: contract.start + 10 + sequence * 25,
    subcontractor: party,
    sequence,
  }))
}

const settlementOf = (world: World, project: Project, contract: Contract): Draft[] => {
  const { handover } = contract
  if (handover === null) return []
  const done = measurementsOf(world.seed, project, contract).at(-1)?.cumulativeFen ?? contract.priceFen
  const amountFen = Math.round(done * (1 - (project.story?.auditReductionShare ?? 0)))
  return [{ kind: 'settlement', amountFen, happenedOn: handover + 200 }]
}

/** All entries of a contract over its whole life, past and future; none where no officer came. */
export const officerEntriesOf = (world: World, project: Project, contract: Contract): OfficerEntry[] => {
  if (!isVisited(world, project)) return []
  const drafts: Draft[] = [
    { kind: 'contract', amountFen: contract.priceFen, happenedOn: contract.signed },
    { kind: 'terms', amountFen: null, happenedOn: contract.signed },
    ...subcontractsOf(world, project, contract),
    ...receiptsOf(world, project, contract),
    ...settlementOf(world, project, contract),
  ]
  if (contract.handover === null) drafts.push({ kind: 'stoppage', amountFen: null, happenedOn: stoppedOn(contract) })
  const contractor = world.parties.current(contract.members[0] as Party)
  return drafts.map((draft) => {
    const sequence = draft.sequence ?? 0
    const random = new Random(world.seed, 'entered', project.number, contract.index, draft.kind, sequence)
    const enteredOn = Math.max(draft.happenedOn + random.int(5, 90), project.knownFrom)
    const slips = draft.amountFen !== null && random.chance(0.02)
    const correctedOn = slips ? enteredOn + random.int(6, 40) : null
    return { subcontractor: null, ...draft, sequence, project, contract, contractor, enteredOn, correctedOn }
  })
}
