/** Which works are cross-region: domain.md 1.9, by the first four digits, by six in the municipalities and in counties right under a province. */
const keyOf = (region: string): string =>
  /^(11|12|31|50)/.test(region) || /^\d{2}90/.test(region) ? region.slice(0, 6) : region.slice(0, 4)

/** @param home six digits of the contractor's home  @param site six digits of the site */
export const crossRegionOf = (home: string, site: string): boolean => keyOf(home) !== keyOf(site)
