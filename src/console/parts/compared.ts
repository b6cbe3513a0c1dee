/** The two values of a comparison of project records, as a reader reads them. */
import { wanText } from './format.ts'
import { divisionName } from './words.ts'

/** What the hub calls things inside (taxpayers' ids, sums in 分) is no answer to a reader. */
export const sideOf = (comparison: string, side: string): string => {
  if (side === '') return '无'
  if (/^[a-z]+_[0-9a-z]{12,}$/.test(side)) return '同一纳税人'
  if (/ourceProject$/.test(comparison)) return side.replace(/^[a-z]+:/, '')
  if (/Sum$/.test(comparison) && /^-?\d+$/.test(side)) return `${wanText(BigInt(side))} 万元`
  return /County$/.test(comparison) ? divisionName(side) : side
}
