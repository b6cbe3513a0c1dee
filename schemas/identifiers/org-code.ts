/** 组织机构代码, GB 11714-1997: eight characters and a check; printed `XXXXXXXX-X`. */
const weights = [3, 7, 9, 10, 5, 8, 4, 2]
const shape = /^[0-9A-Z]{8}-?[0-9X]$/

/** Check character of the first eight characters (digits and A–Z). */
export const orgCheck = (first8: string): string => {
  let sum = 0
  for (let i = 0; i < 8; i++) {
    const c = first8.charCodeAt(i)
    sum += (c < 58 ? c - 48 : c - 55) * (weights[i] ?? 0)
  }
  const rest = 11 - (sum % 11)
  return rest === 10 ? 'X' : rest === 11 ? '0' : String(rest)
}

/** Nine characters, with or without the hyphen, and the check is right. */
export const isOrgCode = (code: string): boolean => shape.test(code) && orgCheck(code) === code.at(-1)
export const isOrgCodeShape = (code: string): boolean => shape.test(code)

/** `XXXXXXXX-X` of the nine-character core of a USCC: how older systems print it. */
export const printedOrgCode = (core: string): string => `${core.slice(0, 8)}-${core.slice(8)}`
