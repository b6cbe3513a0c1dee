/** The county level of a region's grid as the code tables know it: GB/T 2260, and the functional zones that collect tax like a county. */
import { divisionNames } from '#schemas/codes/divisions.ts'
import { zhengzhouZones, zoneCode } from '#schemas/codes/zhengzhou-zones.ts'

export interface CountyNode {
  readonly code: string
  readonly name: string
  /** First day under this code, and the first day no more. */
  readonly validFrom: string
  readonly validTo: string | null
}

/** Where a table does not say since when: before anything a department may deliver. */
export const sinceEver = '1900-01-01'

const dayAfter = (day: string): string => {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

/** @param region six digits: a province `410000`, a city `410100`, or one county. Its counties, ordered by code. */
export const countiesOf = (region: string): CountyNode[] => {
  const prefix = region.replace(/(?:00)+$/, '')
  const zones = zhengzhouZones
    .filter((zone) => zoneCode(zone).startsWith(prefix))
    .map((zone) => ({
      code: zoneCode(zone),
      name: zone.name,
      validFrom: zone.validFrom ?? sinceEver,
      validTo: zone.validTo === null ? null : dayAfter(zone.validTo),
    }))
  const isZone = new Set(zones.map((zone) => zone.code))
  const counties = [...divisionNames]
    .filter(([code]) => code.startsWith(prefix) && !code.endsWith('00') && !isZone.has(code))
    .map(([code, name]) => ({ code, name, validFrom: sinceEver, validTo: null }))
  return [...counties, ...zones].sort((a, b) => (a.code < b.code ? -1 : 1))
}
