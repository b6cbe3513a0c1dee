/**
 * Law as dated rows. A row says which rate holds for which liability date, on what, and where that is written. Rates are whole basis points
 * (1/10000), so nothing is ever a floating number. A row without a rate says that law leaves the figure to a local rule that nobody has given us.
 */
export type TaxName =
  | 'businessTax'
  | 'vat'
  | 'vatPrepayment'
  | 'cityTax'
  | 'educationSurcharge'
  | 'localEducationSurcharge'
  | 'stampDuty'
  | 'incomeTax'

export interface RateRow {
  /** Stable: what was computed names the row by it. */
  readonly id: string
  readonly tax: TaxName
  /** What of the tax: `general`, `simplified`, `urban`, `construction` and so on. */
  readonly subject: string
  /** First and last liability date, `YYYY-MM-DD`; `to` is null while it holds. */
  readonly from: string
  readonly to: string | null
  /** 1/10000; null where law leaves it open. */
  readonly rateBp: number | null
  /** Tax that is inside the price and has to come out of it first, 1/10000; 0 where the rate is on the price as it stands. */
  readonly inPriceBp: number
  readonly basis: string
  readonly article: string
  /** What is not certain and who has to say it. */
  readonly open?: string
}

const byName = new WeakMap<readonly RateRow[], Map<string, RateRow[]>>()

const indexed = (rows: readonly RateRow[]): Map<string, RateRow[]> => {
  let index = byName.get(rows)
  if (!index) byName.set(rows, (index = Map.groupBy(rows, (row) => `${row.tax}.${row.subject}`)))
  return index
}

/** The row that holds on a liability date `YYYY-MM-DD`; null where none does. */
export const rowOn = (rows: readonly RateRow[], tax: TaxName, subject: string, day: string): RateRow | null =>
  indexed(rows)
    .get(`${tax}.${subject}`)
    ?.find((row) => row.from <= day && (row.to === null || day <= row.to)) ?? null
