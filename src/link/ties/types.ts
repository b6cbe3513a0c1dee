/** What goes into and comes out of tying a subject to a project. Pure data; ids and keys are opaque. */

export interface TieSubject {
  /** Keys of who works, of who has it done, and of who may be either (户主、收款方). */
  readonly sellerKey: string | null
  readonly buyerKey: string | null
  readonly holderKey: string | null
  /** Project name as written: often shortened, with lots and places of its own. */
  readonly projectName: string | null
  /** Where a name alone may be enough (a department's report, never an invoice): the piece by which such projects are found. */
  readonly nameKey: string | null
  readonly projectCode: string | null
  readonly divisionCode: string | null
  readonly placeText: string | null
  /** The day that tells one project of the same parties from another: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly on: string | null
}

export interface ProjectCard {
  readonly projectId: string
  readonly names: readonly string[]
  /** The pieces by which it is found by name, one of each record at most. */
  readonly nameKeys: readonly string[]
  readonly ownerKeys: readonly string[]
  readonly contractorKeys: readonly string[]
  readonly projectCodes: readonly string[]
  readonly divisionCodes: readonly string[]
  readonly placeTexts: readonly string[]
  /** Days of contracts, awards and permits. */
  readonly begunOn: readonly string[]
}

export interface Tie {
  readonly projectId: string | null
  /** 1: the buyer is an owner (or the seller a contractor who names the project), 2: the buyer is a contractor. */
  readonly tier: 1 | 2 | null
  /** Probability, 0..1. */
  readonly score: number
  readonly reason: TieReason
  readonly candidates: readonly { readonly projectId: string; readonly score: number }[]
}

export type TieReason =
  | 'parties.named'
  | 'parties.only'
  | 'buyer.named'
  | 'seller.named'
  | 'subcontract.named'
  | 'holder.named'
  | 'holder.placed'
  | 'name.only'
  | 'project.ambiguous'
  | 'project.weak'
  | 'project.unknown'
  | 'subject.empty'

export interface ProjectFinder {
  /** Adds projects that are not there yet; gives the event loop a turn now and then. */
  add(cards: Iterable<ProjectCard>): Promise<void>
  tie(subject: TieSubject): Tie
  /** On which tier these parties deal in a project that is known otherwise: 2 where the buyer is a contractor and no owner. */
  tierIn(projectId: string, subject: Pick<TieSubject, 'buyerKey'>): 1 | 2
}
