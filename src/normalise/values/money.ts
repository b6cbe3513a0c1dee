/**
 * Amounts as departments write them → 分. The unit comes from the column, a suffix in the text overrides it, and magnitude
 * never decides (domain.md 2). Rejected: floats with rounding at the end, which turn 70.00 into 69.99.
 */
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { chineseNumber } from '#schemas/identifiers/numerals.ts'
import { parseDecimal, scaleToInteger } from './decimal.ts'
import { valueIssueCodes as codes, shown, type ValueIssue, type ValueIssueCode, valueIssue } from './issue.ts'

export type MoneyUnit = 'yuan' | 'tenThousandYuan'

export interface MoneyReading {
  readonly fen: bigint | null
  /** How it was read: `unit:yuan`, `unit:tenThousandYuan`, `suffix:万元`, `uppercase`, `empty`, `unreadable`. */
  readonly rule: string
  readonly issue?: ValueIssue
  /** True where the source said 约. */
  readonly isApproximate?: boolean
  /** What the source said of tax; absent where it said nothing. */
  readonly taxIncluded?: boolean
}

const fenPerUnit: Readonly<Record<MoneyUnit, bigint>> = { yuan: 100n, tenThousandYuan: 1_000_000n }
const fenPerSuffix: Readonly<Record<string, bigint>> = {
  万亿: 100_000_000_000_000n,
  亿: 10_000_000_000n,
  千万: 1_000_000_000n,
  百万: 100_000_000n,
  十万: 10_000_000n,
  万: 1_000_000n,
  千: 100_000n,
  仟: 100_000n,
  百: 10_000n,
  元: 100n,
  角: 10n,
  分: 1n,
}
const fenMax = 10n ** 18n
const expected = '123005000.00 / 12,300.50万元 / 人民币壹仟贰佰万元整'

const plain = /^-?\d+(?:\.\d+)?$/
const numberText = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/
const parts = /([+-]?[\d,]*\.?\d+\.?)(万亿|亿|千万|百万|十万|万|千|仟|百|元|角|分)?元?/y
const uppercase =
  /^(负)?([零〇○一二三四五六七八九十百千万亿壹贰貳叁叄肆伍陆陸柒捌玖拾佰仟萬億两]+)(元)?(?:零?([零一二三四五六七八九壹贰叁肆伍陆柒捌玖])角)?(?:零?([零一二三四五六七八九壹贰叁肆伍陆柒捌玖])分)?[整正]?$/u
const onlyCents =
  /^(?:([一二三四五六七八九壹贰叁肆伍陆柒捌玖])角)?(?:([一二三四五六七八九壹贰叁肆伍陆柒捌玖])分)?[整正]?$/u

const fault = (code: ValueIssueCode, raw: unknown, zh: string, en: string): MoneyReading => ({
  fen: null,
  rule: 'unreadable',
  issue: valueIssue(code, `${zh}：${shown(raw)}`, `${en}: ${shown(raw)}`, expected),
})

const withinRange = (fen: bigint, rule: string, raw: unknown): MoneyReading =>
  fen > fenMax || fen < -fenMax
    ? fault(codes.moneyOutOfRange, raw, '金额超出范围', 'the amount is out of range')
    : { fen, rule }

const fromDecimal = (text: string, factor: bigint, rule: string, raw: unknown): MoneyReading => {
  const value = parseDecimal(text)
  if (value === null) return fault(codes.moneyUnreadable, raw, '金额无法识别', 'the amount cannot be read')
  return withinRange(scaleToInteger(value, factor), rule, raw)
}

const digitFen = (text: string | undefined, factor: bigint): bigint =>
  text === undefined ? 0n : (chineseNumber(text) ?? 0n) * factor

/** 大写 and everyday numerals; without 元 and without 万 or 亿 the number stands in the column's unit. */
const fromChinese = (text: string, unit: MoneyUnit, raw: unknown): MoneyReading | null => {
  const cents = text === '' ? null : onlyCents.exec(text)
  if (cents?.[0] && (cents[1] || cents[2]))
    return withinRange(digitFen(cents[1], 10n) + digitFen(cents[2], 1n), 'uppercase', raw)
  const match = uppercase.exec(text)
  if (!match) return null
  const [, minus, number = '', yuan, jiao, fenDigit] = match
  const whole = chineseNumber(number.replace(/零+$/u, '') || '零')
  if (whole === null) return null
  const isYuan = yuan !== undefined || jiao !== undefined || fenDigit !== undefined || /[万萬亿億]/u.test(number)
  const fen = whole * (isYuan ? 100n : fenPerUnit[unit]) + digitFen(jiao, 10n) + digitFen(fenDigit, 1n)
  return withinRange(minus ? -fen : fen, 'uppercase', raw)
}

/** `12,300.50万元`, `3亿2000万元`: numbers with units that fall from left to right. */
const fromSuffixes = (text: string, unit: MoneyUnit, raw: unknown): MoneyReading | null => {
  let fen = 0n
  let last: bigint | null = null
  let rule = ''
  parts.lastIndex = 0
  while (parts.lastIndex < text.length) {
    const from = parts.lastIndex
    const match = parts.exec(text)
    if (!match) return null
    const number = match[1] ?? ''
    if (number.includes(',') && !grouped.test(number)) {
      return fault(codes.moneySeparators, raw, '千分位不规范', 'thousands separators are irregular')
    }
    const digits = number.replaceAll(',', '')
    if (!numberText.test(digits)) return null
    const suffix = match[2] ?? (match[0].endsWith('元') ? '元' : undefined)
    if (suffix === undefined && (from > 0 || parts.lastIndex < text.length)) return null
    const factor = suffix === undefined ? fenPerUnit[unit] : (fenPerSuffix[suffix] ?? 0n)
    if (last !== null && (factor >= last || /^[+-]/.test(digits))) return null
    const part = fromDecimal(digits, factor, '', raw)
    if (part.fen === null) return part
    fen += fen < 0n ? -part.fen : part.fen
    if (last === null) rule = suffix === undefined ? `unit:${unit}` : `suffix:${suffix === '元' ? '元' : `${suffix}元`}`
    last = factor
  }
  return last === null ? null : withinRange(fen, rule, raw)
}

const amountOf = (text: string, unit: MoneyUnit, raw: unknown): MoneyReading | null => {
  const bracketed = /^\((-?[\d,.]+)\)$/.exec(text)?.[1]
  if (bracketed !== undefined) {
    const inner = fromSuffixes(bracketed, unit, raw)
    return inner?.fen == null ? inner : { ...inner, fen: -inner.fen, rule: `${inner.rule} bracketedNegative` }
  }
  return fromSuffixes(text.replace(/^负/u, '-').replace(/[整正]$/u, ''), unit, raw) ?? fromChinese(text, unit, raw)
}

/** Why a text that names several things is no amount; null where it may be one. */
const refusal = (text: string, raw: unknown): MoneyReading | null => {
  if (/\d(?:\.\d+)?[eE][+-]?\d/.test(text)) {
    return fault(codes.moneyScientific, raw, '科学计数法，数字可能已被截断', 'scientific notation, digits may be lost')
  }
  if (/[%‰]|费率|下浮|上浮|折扣|优惠率/u.test(text))
    return fault(codes.moneyRate, raw, '是费率，不是金额', 'a rate, not an amount')
  if (
    /(?:元|万|亿)\/|\/(?:吨|米|m|㎡|m2|m3|月|年|天|日|个|套|台|人|方|公里|km)|(?:元|万)每|每(?:吨|米|月|年|天|平)/u.test(
      text,
    )
  ) {
    return fault(codes.moneyUnitPrice, raw, '是单价，不是总额', 'a unit price, not a total')
  }
  if (/美元|美金|欧元|日元|港[元币]|英镑|澳元|韩元|USD|EUR|JPY|HKD|GBP|\$|€|£/iu.test(text)) {
    return fault(codes.moneyCurrency, raw, '外币金额须先折算', 'a foreign currency must be converted first')
  }
  if (/[\d万亿千元]\s*[-~～至到—]+\s*[¥\d]/u.test(text) || /以[上下内]|不超过|不低于|大于|小于|[<>≤≥]/u.test(text)) {
    return fault(codes.moneyRange, raw, '是区间，不是金额', 'a range, not one amount')
  }
  return null
}

/** `3905110元（大写：叁佰玖拾万零伍仟壹佰壹拾元）`: both must say the same. */
const withUppercase = (text: string, unit: MoneyUnit, raw: unknown): MoneyReading | null => {
  const match = /^(.+?)[,;]?\(?(?:人民币)?大写[:金额为]*([^()]+)\)?$/u.exec(text)
  if (!match) return null
  const [, figures = '', words = ''] = match
  const first = amountOf(figures.replace(/[(,;:]+$|^小写[:]?/gu, ''), unit, raw)
  const second = fromChinese(words, unit, raw)
  if (first?.fen == null || second?.fen == null) return null
  if (first.fen === second.fen) return first
  return fault(codes.moneyContradiction, raw, '大小写金额不一致', 'figures and words differ')
}

/**
 * Reads one amount.
 * @param raw text, a JSON number, or the source's own digits; null tokens give null without an issue
 * @param unit the column's unit; a suffix in the text overrides it and is named in `rule`
 * @returns 分, rounded HALF_UP once; null with an issue where the text is no single exact amount
 */
export const readMoney = (raw: unknown, unit: MoneyUnit): MoneyReading => {
  if (raw === null || raw === undefined) return { fen: null, rule: 'empty' }
  if (typeof raw === 'bigint') return withinRange(raw * fenPerUnit[unit], `unit:${unit}`, raw)
  if (typeof raw === 'number') {
    if (!Number.isFinite(raw)) return fault(codes.moneyUnreadable, raw, '金额无法识别', 'the amount cannot be read')
    if (Math.abs(raw) > Number.MAX_SAFE_INTEGER) {
      return fault(codes.moneyImprecise, raw, '数字过大，精度已丢失', 'too large a number, digits are lost')
    }
    const lexeme = String(raw)
    return fromDecimal(lexeme.includes('e') ? raw.toFixed(20) : lexeme, fenPerUnit[unit], `unit:${unit}`, raw)
  }
  if (typeof raw !== 'string') return fault(codes.moneyUnreadable, raw, '金额无法识别', 'the amount cannot be read')
  if (plain.test(raw)) return fromDecimal(raw, fenPerUnit[unit], `unit:${unit}`, raw)
  return readMoneyText(raw, unit)
}

const readMoneyText = (raw: string, unit: MoneyUnit): MoneyReading => {
  if (isNullToken(raw) && !/[0０]/u.test(raw)) return { fen: null, rule: 'empty' }
  if (raw.length > 200) return fault(codes.moneyUnreadable, raw, '金额无法识别', 'the amount cannot be read')
  const text = raw
    .normalize('NFKC')
    .replace(/[\s\u200b-\u200f\u2060\ufeff'’_]+/gu, '')
    .replace(/[−﹣–]/gu, '-')
    .replace(/圆|块钱?/gu, '元')
    .replaceAll('萬', '万')
    .replaceAll('億', '亿')
  const refused = refusal(text, raw)
  if (refused) return refused
  const taxIncluded = /不含税|除税/u.test(text) ? false : /含税/u.test(text) ? true : undefined
  const isApproximate = /^约|约(?=[¥\d])|左右|大约|暂估|估算/u.test(text)
  const bare = text
    .replace(/\(?(?:不?含税|除税)(?:价|金额)?\)?/gu, '')
    .replace(/大约|约|左右|暂估|估算/gu, '')
    .replace(/^(?:合同|中标|投资|总|工程)*(?:金额|价款|价|额|投资|造价)(?:为|是)?[:]?/u, '')
    .replace(/人民币|RMB|CNY|[¥￥]/giu, '')
    .replace(/^([\d,.]+)\((亿元?|万元?|千元|元)\)$/u, '$1$2')
    .replace(/^[:]+|[。;,、.]+$/gu, '')
  const reading = withUppercase(bare, unit, raw) ?? amountOf(bare, unit, raw)
  if (reading === null) {
    const amounts = bare.match(/\d[\d,.]*(?:万亿|亿|万|千)?元/gu)?.length ?? 0
    return amounts > 1
      ? fault(codes.moneySeveral, raw, '一格中有多个金额', 'several amounts in one cell')
      : fault(codes.moneyUnreadable, raw, '金额无法识别', 'the amount cannot be read')
  }
  if (reading.fen === null) return reading
  return {
    ...reading,
    ...(isApproximate ? { isApproximate } : {}),
    ...(taxIncluded === undefined ? {} : { taxIncluded }),
  }
}
