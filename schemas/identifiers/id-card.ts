/** 居民身份证, GB 11643-1999, and the permits that share its form. */
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const checks = '10X98765432'
/** 11-65 provinces, 71 台湾, 81/82/83 居住证 of Hong Kong, Macao and Taiwan residents, 9 foreigners' permits since 2023. */
const region = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)/

/** Check character of the first 17 digits. */
export const idCheck = (first17: string): string => {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += (first17.charCodeAt(i) - 48) * (weights[i] ?? 0)
  return checks[sum % 11] ?? ''
}

/** Whether eight digits `yyyymmdd` are a day of the calendar, from 1800 on. */
export const isCalendarDay = (yyyymmdd: string): boolean => {
  const year = Number(yyyymmdd.slice(0, 4))
  const month = Number(yyyymmdd.slice(4, 6))
  const day = Number(yyyymmdd.slice(6, 8))
  if (!(year >= 1800 && year <= 2999 && month >= 1 && month <= 12 && day >= 1)) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** Right length, a region that exists at province level (historic county codes are in order) and a real birthday. */
export const isIdCardShape = (code: string): boolean =>
  /^\d{17}[\dX]$/.test(code) && region.test(code) && isCalendarDay(code.slice(6, 14))

/**
 * Eighteen characters with a real birthday and the right check.
 * @param today `yyyymmdd`; given, a birthday after it is refused
 */
export const isIdCard = (code: string, today?: string): boolean =>
  isIdCardShape(code) && (today === undefined || code.slice(6, 14) <= today) && idCheck(code) === code[17]

/** The 15-digit form of before 1999, in its 18-character form; null where it is none. */
export const upgradeIdCard = (code15: string): string | null => {
  if (!/^\d{15}$/.test(code15) || !region.test(code15)) return null
  const first17 = `${code15.slice(0, 6)}19${code15.slice(6)}`
  return isCalendarDay(first17.slice(6, 14)) ? first17 + idCheck(first17) : null
}

/** 外国人永久居留证 before 2023: three letters and twelve digits; its check is unpublished. */
export const isForeignPermit = (code: string): boolean => /^[A-Z]{3}\d{12}$/.test(code)
