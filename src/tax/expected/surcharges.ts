/** 城建税 and both 附加: on what is paid at the site at the site's rate; on an advance prepaid at home at home, where no record names the project (domain.md 3.2). */
import { halfUp } from '../money.ts'
import { areaOf } from '../place.ts'
import { rowOn, spanOn, type TaxRules } from '../rates/index.ts'
import { surchargeWaiver } from '../rates/surcharges.ts'
import type { ContractorFacts, Reading } from './input.ts'
import type { Line } from './line.ts'

const halved = (rules: TaxRules, facts: ContractorFacts, day: string): bigint =>
  facts.scheme === 'smallScale' && spanOn(rules.halvings, day) !== null ? 2n : 1n

/** Whether the month's sales here are within what waives both 附加: all that is known of them, so the upper reading does not rely on it. */
const isWaived = (salesFen: bigint, day: string, reading: Reading): boolean =>
  reading === 'low' && day >= surchargeWaiver.from && salesFen <= BigInt(surchargeWaiver.monthFen)

/**
 * @param paid lines of the tax that they come with
 * @param salesFen sales without tax of a month, 分
 */
export const surcharges = (
  rules: TaxRules,
  facts: ContractorFacts,
  paid: readonly Line[],
  salesFen: (period: string) => bigint,
  reading: Reading,
): Line[] => {
  const areas = { site: areaOf(rules, facts.site)[reading], home: areaOf(rules, facts.home)[reading] }
  return paid.flatMap(({ period, taxFen, isAtSite }): Line[] => {
    const day = `${period}-01`
    const rows = [
      rowOn(rules.rates, 'cityTax', isAtSite ? areas.site : areas.home, day),
      ...(isWaived(salesFen(period), day, reading)
        ? []
        : [
            rowOn(rules.rates, 'educationSurcharge', 'all', day),
            rowOn(rules.rates, 'localEducationSurcharge', 'all', day),
          ]),
    ]
    return rows.flatMap((row) =>
      row?.rateBp == null
        ? []
        : [
            {
              period,
              row,
              attribution: isAtSite ? ('project' as const) : ('taxpayer' as const),
              baseFen: taxFen,
              taxFen: halfUp(taxFen * BigInt(row.rateBp), 10_000n * halved(rules, facts, day)),
              isAtSite,
            },
          ],
    )
  })
}
