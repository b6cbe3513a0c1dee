/** Where work is, seen from the taxpayer's home: what is 跨区域, what is another province, and which 城建税 area it is. */
import { crossRegion } from '../normalise/values/index.ts'
import type { TaxRules } from './rates/index.ts'
import { spanOn } from './rates/index.ts'
import type { Area, AreaRule } from './rates/local.ts'

const isKnownCounty = (code: string | null): code is string =>
  code !== null && code.length >= 6 && !/00$/.test(code.slice(0, 6))

/** Work across prefectures (since 2017-05-01); null where either place is not known down to the city. */
export const isCrossRegion = (home: string | null, site: string | null): boolean | null =>
  home === null || site === null ? null : crossRegion(home.slice(0, 6), site.slice(0, 6))

/** Work in another province: municipalities are provinces. */
export const isCrossProvince = (home: string | null, site: string | null): boolean | null =>
  home === null || site === null ? null : home.slice(0, 2) !== site.slice(0, 2)

/**
 * Whether prices are prepaid at the site on a day. Before 2017-05-01 work across counties was enough; the register says where a taxpayer sits today
 * and not then, so that reading is only ever `maybe`.
 */
export const prepaysAtSite = (
  rules: TaxRules,
  home: string | null,
  site: string | null,
  day: string,
): 'yes' | 'no' | 'maybe' => {
  const reach = spanOn(rules.reaches, day)
  if (reach === null) return 'no'
  const across = isCrossRegion(home, site)
  if (across === null) return 'maybe'
  if (across) return 'yes'
  const isOtherCounty = isKnownCounty(home) && isKnownCounty(site) && home.slice(0, 6) !== site.slice(0, 6)
  return reach.level === 'county' && isOtherCounty ? 'maybe' : 'no'
}

const kindOf = (site: string): AreaRule['kind'] => {
  const county = site.slice(4, 6)
  if (/^7[1-9]$|^\D/.test(county)) return 'zone'
  if (county <= '20') return 'district'
  return county >= '81' ? 'countyCity' : 'county'
}

/** Area by the town's own code where it is known: 001–099 街道, 100–199 镇, others 乡 (domain.md 1.9). */
const areaOfTown = (site: string): Area | null => {
  if (site.length < 9) return null
  const town = site.slice(6, 9)
  if (town < '100') return kindOf(site) === 'county' ? 'town' : 'urban'
  return town < '200' ? 'town' : 'other'
}

/** 城建税 area of a site: one where its town is known, else the readings that its county allows. */
export const areaOf = (
  rules: TaxRules,
  site: string | null,
): { readonly low: Area; readonly point: Area; readonly high: Area } => {
  if (site === null) return { low: 'other', point: 'town', high: 'urban' }
  const byCounty = rules.local.areas.find((rule) => rule.kind === kindOf(site))
  const town = areaOfTown(site)
  // The town of a district or a zone is 市区 by practice; outside them the town's own kind counts.
  if (town !== null && byCounty?.point !== 'urban') return { low: town, point: town, high: town }
  return byCounty ?? { low: 'other', point: 'town', high: 'urban' }
}
