/** Chinese numerals, in everyday, positional and bank writing: 十二, 二〇一九, 壹仟贰佰万. */
const digits: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  '○': 0,
  Ο: 0,
  O: 0,
  一: 1,
  壹: 1,
  弌: 1,
  幺: 1,
  二: 2,
  贰: 2,
  貳: 2,
  两: 2,
  弍: 2,
  三: 3,
  叁: 3,
  叄: 3,
  参: 3,
  四: 4,
  肆: 4,
  五: 5,
  伍: 5,
  六: 6,
  陆: 6,
  陸: 6,
  七: 7,
  柒: 7,
  八: 8,
  捌: 8,
  九: 9,
  玖: 9,
}
const small: Readonly<Record<string, bigint>> = { 十: 10n, 拾: 10n, 百: 100n, 佰: 100n, 千: 1000n, 仟: 1000n }

/** Characters a Chinese numeral is written with, for use inside a character class. */
export const numeralCharacters = '〇零○一壹二贰貳两三叁叄四肆五伍六陆陸七柒八捌九玖十拾百佰千仟'

const digitOf = (character: string): number | null =>
  character >= '0' && character <= '9' ? Number(character) : (digits[character] ?? null)

/** Digits one by one (`二〇一九` → 2019); null where another character stands among them. */
export const positionalNumber = (text: string): number | null => {
  if (text === '' || text.length > 12) return null
  let value = 0
  for (const c of text) {
    const digit = digitOf(c)
    if (digit === null) return null
    value = value * 10 + digit
  }
  return value
}

/** Below 万; null where it is no number, or a colloquial one such as 一百五 (150 or 105). */
const section = (text: string): bigint | null => {
  let total = 0n
  let digit: bigint | null = null
  let isZeroBefore = true
  let smallest = 10_000n
  for (const c of text) {
    const value = digitOf(c)
    const unit = small[c]
    if (value !== null) {
      if (digit !== null && digit !== 0n) return null
      isZeroBefore = digit === 0n || smallest === 10_000n || smallest === 10n
      digit = BigInt(value)
    } else if (unit !== undefined && unit < smallest) {
      total += (digit === null || digit === 0n ? 1n : digit) * unit
      digit = null
      smallest = unit
    } else return null
  }
  return digit === null || digit === 0n || isZeroBefore ? total + (digit ?? 0n) : null
}

/** Splits at the last 亿, then at the last 万; `一万二千亿` is (一万二千) × 亿. */
const grouped = (text: string): bigint | null => {
  for (const [pattern, size] of [
    [/[亿億](?!.*[亿億])/u, 100_000_000n],
    [/[万萬](?!.*[万萬])/u, 10_000n],
  ] as const) {
    const at = text.search(pattern)
    if (at < 0) continue
    const right = text.slice(at + 1)
    const high = at === 0 ? null : grouped(text.slice(0, at))
    const low = right === '' ? 0n : grouped(right)
    if (high === null || low === null || high === 0n || low >= size) return null
    // 一万五 may be 15 000 or 10 005.
    return right.length === 1 ? null : high * size + low
  }
  return section(text)
}

/**
 * A whole number in Chinese or ASCII digits; null where the text is none or can be read in two ways.
 * `十二` 12, `一百零五` 105, `壹仟贰佰万` 12000000, `二〇一九` 2019, `廿三` 23, `12` 12.
 */
export const chineseNumber = (raw: string): bigint | null => {
  if (raw === '' || raw.length > 40) return null
  if (/^\d+$/.test(raw)) return BigInt(raw)
  const positional = positionalNumber(raw)
  if (positional !== null) return BigInt(positional)
  return grouped(raw.replaceAll('廿', '二十').replaceAll('卅', '三十'))
}
