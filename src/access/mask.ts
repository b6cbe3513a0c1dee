/**
 * Fields by need (domain.md 0.2, 条例 on personal data): what a role may read in clear. Organisations are public, natural persons are not.
 */
import type { Role } from './actor.ts'

export type MaskedField = 'personName' | 'address' | 'rawPayload'

const clearFor: Readonly<Record<MaskedField, readonly Role[]>> = {
  // The risk desk writes to the person, the steward tells two persons apart.
  personName: ['riskDesk', 'steward'],
  address: ['officer', 'riskDesk', 'steward'],
  // Only who mends a department's data needs the data itself.
  rawPayload: ['steward'],
}

export const maySee = (role: Role, field: MaskedField): boolean => clearFor[field].includes(role)

const organisationEnding = /[司厂院所局厅处部队社店室会站场校行馆园库户中心集团大学医学组村镇乡县市区委办团]$/u

/** True for what reads as a person's name: two to four Han characters (or with an inner dot) that end like no organisation. */
export const looksLikePerson = (name: string): boolean =>
  (/^\p{Script=Han}{2,4}$/u.test(name) && !organisationEnding.test(name)) ||
  /^\p{Script=Han}+[·•]\p{Script=Han}+$/u.test(name)

/** `张三丰` → `张**`. */
export const maskPersonName = (name: string): string => {
  const [first = '', ...rest] = [...name]
  return first + '*'.repeat(Math.max(1, rest.length))
}

/** Keeps the place down to the county or town, the rest is hidden: `郑州市金水区经八路12号` → `郑州市金水区****`. */
export const maskAddress = (address: string): string => {
  const kept = /^.*?[县区](?:.{1,8}?(?:街道|镇|乡))?|^.*?市/u.exec(address)?.[0] ?? ''
  return `${kept}****`
}

/** The name as this role may read it. `isPerson`: known from the register, else judged by its shape. */
export const nameFor = (role: Role, name: string, isPerson: boolean = looksLikePerson(name)): string =>
  isPerson && !maySee(role, 'personName') ? maskPersonName(name) : name

export const addressFor = (role: Role, address: string | null): string | null =>
  address === null || maySee(role, 'address') ? address : maskAddress(address)

/** Values of a raw row are hidden, its field names stay: enough to see what is missing without reading about anyone. */
export const payloadFor = (role: Role, payload: string): string => {
  if (maySee(role, 'rawPayload')) return payload
  try {
    const fields: unknown = JSON.parse(payload)
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return '***'
    return JSON.stringify(Object.fromEntries(Object.keys(fields).map((name) => [name, '***'])))
  } catch {
    return '***'
  }
}
