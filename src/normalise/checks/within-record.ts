/**
 * Checks across the fields of one canonical record, declared by kind: the one home of what no reader of a single field can see. Pure, so that a
 * replay says the same. A finding is an issue and never changes a value; what looks wrong and is lawful (domain.md 0.7) is not checked here.
 */
import type { Canonical, Kind, PartialDate, Place } from '#schemas/canonical/index.ts'
import type { VersionIssue } from '../read-version.ts'
import { checkCodes } from './codes.ts'

type Check<K extends Kind> = (fact: Extract<Canonical, { kind: K }>) => VersionIssue | null
type Checks = { readonly [K in Kind]?: readonly Check<K>[] }

const suspect = (code: string, raw: string | null, zh: string, en: string, expected: string): VersionIssue => ({
  pointer: '',
  code,
  raw,
  expected,
  message: { zh, en },
})

const yuanText = (fen: bigint): string =>
  `${fen / 100n}.${String(fen < 0n ? -fen % 100n : fen % 100n).padStart(2, '0')}`

/** ContractMoney that was filled from 总投资 (appendix C 2). A contract may lawfully cost what was planned, so it is a suspicion. */
const copiedFromInvestment = (fact: {
  readonly contractFen: bigint | null
  readonly totalInvestmentFen: bigint | null
}): VersionIssue | null =>
  fact.contractFen === null || fact.contractFen <= 0n || fact.contractFen !== fact.totalInvestmentFen
    ? null
    : suspect(
        checkCodes.moneyCopiedFromInvestment,
        yuanText(fact.contractFen),
        '合同金额与总投资完全相同，疑为照抄总投资',
        'the contract sum equals the total investment exactly: it may have been copied',
        '合同金额应为合同约定的价款 the price of the contract',
      )

const isCounty = (place: Place): boolean => place.divisionCode !== null && !/^\d{4}00$/.test(place.divisionCode)

/** Construction services must name county and project (公告2016年23号); `郑州` alone is not enough (appendix C 19). */
const siteOfInvoice: Check<'invoice'> = (fact) => {
  const isConstruction = fact.projectName !== null || fact.goodsCode?.startsWith('305') === true
  if (!isConstruction || fact.place.text === null || isCounty(fact.place)) return null
  return suspect(
    checkCodes.placeIncomplete,
    fact.place.text,
    '建筑服务发生地不完整，应写明县（市、区）',
    'the site of the construction service is incomplete: it must name the county',
    '河南省郑州市金水区',
  )
}

/** A fen of rounding on either part. */
const roundingFen = 2n

const sumOfInvoice: Check<'invoice'> = (fact) => {
  if (fact.netFen === null || fact.taxFen === null || fact.grossFen === null) return null
  const gap = fact.netFen + fact.taxFen - fact.grossFen
  if (gap <= roundingFen && gap >= -roundingFen) return null
  return suspect(
    checkCodes.invoiceSum,
    yuanText(fact.grossFen),
    '金额与税额之和不等于价税合计',
    'net and tax do not add up to the gross sum',
    yuanText(fact.netFen + fact.taxFen),
  )
}

const redIsNegative: Check<'invoice'> = (fact) =>
  fact.status !== 'red' || fact.grossFen === null || fact.grossFen <= 0n
    ? null
    : suspect(
        checkCodes.invoiceRedAmount,
        yuanText(fact.grossFen),
        '红字发票的金额应为负数',
        'the sum of a red invoice must be negative',
        yuanText(-fact.grossFen),
      )

/** Whether `a` lies wholly after `b`, at the coarser precision of the two. */
const isAfter = (a: PartialDate | null, b: PartialDate | null): boolean => {
  if (a === null || b === null) return false
  const length = Math.min(a.value.length, b.value.length)
  return a.value.slice(0, length) > b.value.slice(0, length)
}

const inOrder = (first: PartialDate | null, second: PartialDate | null, zh: string, en: string): VersionIssue | null =>
  isAfter(first, second)
    ? suspect(checkCodes.dateOrder, `${first?.value} > ${second?.value}`, zh, en, `≤ ${second?.value}`)
    : null

const startBeforeHandover: Check<'contract'> = (fact) =>
  inOrder(fact.startedOn, fact.handedOverOn, '开工日期晚于交工日期', 'the start lies after the handover')
const startBeforeCompletion = (fact: {
  readonly startedOn: PartialDate | null
  readonly completedOn: PartialDate | null
}): VersionIssue | null =>
  inOrder(fact.startedOn, fact.completedOn, '开工日期晚于竣工日期', 'the start lies after the completion')
const validityInOrder = (fact: {
  readonly validFrom: PartialDate | null
  readonly validTo: PartialDate | null
}): VersionIssue | null =>
  inOrder(fact.validFrom, fact.validTo, '有效期止早于有效期起', 'the validity ends before it begins')

const checks: Checks = {
  permit: [copiedFromInvestment],
  invoice: [sumOfInvoice, redIsNegative, siteOfInvoice],
  contract: [startBeforeHandover],
  completion: [startBeforeCompletion],
  projectEntry: [startBeforeCompletion],
  waterPermit: [validityInOrder],
  crossRegionReport: [validityInOrder],
}

const none: readonly VersionIssue[] = []

/** What is wrong between the fields of one canonical record; empty for most. */
export const checkRecord = (fact: Canonical): readonly VersionIssue[] => {
  const own = checks[fact.kind] as readonly ((fact: Canonical) => VersionIssue | null)[] | undefined
  if (own === undefined) return none
  let found: VersionIssue[] | null = null
  for (const check of own) {
    const issue = check(fact)
    if (issue !== null) {
      found ??= []
      found.push(issue)
    }
  }
  return found ?? none
}
