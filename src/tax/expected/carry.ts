/** A month whose subcontracts or red invoices are more than its price pays nothing, and what is over comes off the next (公告2026年第14号, domain.md 0.5). */
export class Carry {
  #left = 0n

  /** What is taxed of a month, never negative. */
  take(baseFen: bigint, deductedFen: bigint): bigint {
    const rest = baseFen - deductedFen + this.#left
    this.#left = rest < 0n ? rest : 0n
    return rest > 0n ? rest : 0n
  }

  /** What goes over to the next month, 0 or negative. */
  get left(): bigint {
    return this.#left
  }
}
