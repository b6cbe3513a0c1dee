/** Exact decimals as a bigint and a scale: money and rates never pass through a float. */

export interface Decimal {
  readonly digits: bigint
  /** Number of digits after the point. */
  readonly scale: number
}

const plain = /^([+-]?)(\d*)(?:\.(\d*))?$/

/** `12.50` → 1250 at scale 2; null where the text is no plain decimal. */
export const parseDecimal = (text: string): Decimal | null => {
  const match = plain.exec(text)
  const whole = match?.[2] ?? ''
  const fraction = match?.[3] ?? ''
  if (!match || whole.length + fraction.length === 0 || text.length > 60) return null
  const digits = BigInt(whole + fraction)
  return { digits: match[1] === '-' ? -digits : digits, scale: fraction.length }
}

/** value × factor rounded to a whole number, halves away from zero (HALF_UP as the tax rules use it). */
export const scaleToInteger = ({ digits, scale }: Decimal, factor: bigint): bigint => {
  const divisor = 10n ** BigInt(scale)
  const product = digits * factor
  const magnitude = product < 0n ? -product : product
  const rounded = (2n * magnitude + divisor) / (2n * divisor)
  return product < 0n ? -rounded : rounded
}
