/**
 * The one rule of rounding: each line of tax is computed exactly and rounded once, to the 分, half up. Declaration forms state amounts with two decimals
 * and round each line; no statute says so (rates/local.ts, `rounding`). Sums add rounded lines, as the forms do.
 */

/** numerator ÷ denominator rounded half up, for numerators from 0 on. */
export const halfUp = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator)

/**
 * Tax on a price: price ÷ (1 + what of it is tax) × rate. 0 where the price is not above 0.
 * @param fen tax-inclusive, 分
 * @param rateBp 1/10000
 * @param inPriceBp tax inside the price, 1/10000
 */
export const taxOn = (fen: bigint, rateBp: number, inPriceBp = 0): bigint =>
  fen <= 0n ? 0n : halfUp(fen * BigInt(rateBp), BigInt(10_000 + inPriceBp))

/** The price without the tax inside it, rounded half up. */
export const withoutTax = (fen: bigint, inPriceBp: number): bigint => taxOn(fen, 10_000, inPriceBp)

export const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)
