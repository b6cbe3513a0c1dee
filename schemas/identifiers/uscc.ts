/** 统一社会信用代码, GB 32100-2015. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const values = new Int8Array(128).fill(-1)
for (const [i, c] of [...alphabet].entries()) values[c.charCodeAt(0)] = i

const shape = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/
/** First two characters in use: 登记管理部门 and 机构类别. `91` 企业, `92` 个体工商户, `11` 机关, `N1` 组级集体经济组织, … */
const types = /^(?:1[1-39]|2[19]|3[1-59]|4[19]|5[1-39]|6[129]|7[129]|8[19]|9[1-3]|A[19]|N[1-39]|Y1)$/

/** Check character of the first 17; null where a character outside the alphabet stands among them. */
export const usccCheck = (first17: string): string | null => {
  let sum = 0
  for (let i = 0; i < 17; i++) {
    const value = values[first17.charCodeAt(i)] ?? -1
    if (value < 0) return null
    sum += value * (weights[i] ?? 0)
  }
  return alphabet[(31 - (sum % 31)) % 31] ?? null
}

/** Eighteen characters of the right alphabet, with the right check character. */
export const isUscc = (code: string): boolean => shape.test(code) && usccCheck(code) === code[17]
export const isUsccShape = (code: string): boolean => shape.test(code)
export const isUsccCharacter = (character: string): boolean => alphabet.includes(character)

/** Whether the first two characters name a kind of body that receives such codes. */
export const isUsccType = (code: string): boolean => types.test(code.slice(0, 2))
