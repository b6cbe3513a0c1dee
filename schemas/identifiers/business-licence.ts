/** 工商注册号: 15 digits, GS 15-2006, check by ISO 7064 MOD 11,10. Before 2007: 13 digits or text, which nothing can verify. */

/** Check digit of the first 14 digits. */
export const licenceCheck = (first14: string): string => {
  let p = 10
  for (let i = 0; i < 14; i++) {
    const t = (p + first14.charCodeAt(i) - 48) % 10 || 10
    p = (t * 2) % 11
  }
  return String((11 - p) % 10)
}

export const isBusinessLicence = (code: string): boolean => /^\d{15}$/.test(code) && licenceCheck(code) === code[14]

/** A number from before 2007 (`4101002012345`, `企合豫郑总字第000123号`). */
export const isOldLicence = (code: string): boolean =>
  /^\d{13}$/.test(code) || /^[\u4e00-\u9fff()（）]{2,20}第?\d{3,10}(?:-\d+)*号?$/u.test(code)

export type LicenceHolder = 'domestic' | 'foreign' | 'individual'

/** What the seventh digit says: 0-3 内资, 4-5 外资, 6-9 个体 (seen in samples, in no published text). */
export const licenceHolder = (code: string): LicenceHolder => {
  const digit = Number(code[6])
  return digit <= 3 ? 'domestic' : digit <= 5 ? 'foreign' : 'individual'
}
