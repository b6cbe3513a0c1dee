/** One tax of one contractor as a step of the ladder: expected of the periods that are over → declared → relief, credit → paid → arrears, and the gap. */
import type { TaxBand, TaxGapKind, TaxStep } from '#schemas/canonical/tax-ladder.ts'
import { addBands, bandOf, type ExpectedLine, type ExpectedMonth, noBand } from '../expected/expected.ts'
import type { Band } from '../expected/input.ts'
import { most } from '../money.ts'
import type { TaxName } from '../rates/row.ts'
import { carriesProject, taxItems } from './items.ts'

/** A form of prepayment that names the project. */
export interface DeclaredForm {
  readonly record: string
  readonly taxFen: bigint
  readonly isPaid: boolean
  /** Last day of filing of its period. */
  readonly dueOn: string
}

/** Money of one item that carries the project's report number. */
export interface CarriedPayment {
  readonly record: string
  readonly item: string | null
  readonly payment: 'paid' | 'relief' | 'credit' | 'refund' | 'arrears' | null
  readonly amountFen: bigint
  readonly lateFeeFen: bigint
}

export interface Carried {
  readonly forms: readonly DeclaredForm[]
  readonly payments: readonly CarriedPayment[]
}

export const fenBand = ({ low, point, high }: Band): TaxBand => ({ lowFen: low, pointFen: point, highFen: high })

const sum = (values: readonly bigint[]): bigint => values.reduce((total, v) => total + v, 0n)

const paymentsOf = (tax: TaxName, carried: Carried) => {
  const own = carried.payments.filter((p) => p.item !== null && p.item === taxItems[tax])
  const of = (kind: CarriedPayment['payment']): bigint =>
    sum(own.flatMap((p) => (p.payment === kind ? p.amountFen : [])))
  return { own, of, lateFee: sum(own.map((p) => p.lateFeeFen)) }
}

type Settled = Pick<
  TaxStep,
  'declaredFen' | 'reliefFen' | 'creditFen' | 'paidFen' | 'refundFen' | 'lateFeeFen' | 'arrearsFen' | 'records'
>

/** What no record ties to a project is unknown, not zero. */
const nothingCarried: Settled = {
  declaredFen: null,
  reliefFen: null,
  creditFen: null,
  paidFen: null,
  refundFen: null,
  lateFeeFen: null,
  arrearsFen: null,
  records: [],
}

/** Forms and payments tell of the same prepaid tax: what either says is paid, is. */
const settledOf = (tax: TaxName, carried: Carried, at: string): Settled => {
  if (!carriesProject.has(tax)) return nothingCarried
  const { own, of, lateFee } = paymentsOf(tax, carried)
  const hasForms = tax === 'vatPrepayment'
  const forms = hasForms ? carried.forms : []
  const unpaid = sum(forms.flatMap((f) => (!f.isPaid && f.dueOn < at ? f.taxFen : [])))
  const byForm = sum(forms.flatMap((f) => (f.isPaid ? f.taxFen : [])))
  return {
    declaredFen: hasForms ? sum(forms.map((f) => f.taxFen)) : null,
    reliefFen: of('relief'),
    creditFen: of('credit'),
    paidFen: most(byForm, of('paid')),
    refundFen: of('refund'),
    lateFeeFen: lateFee,
    arrearsFen: most(unpaid, of('arrears')),
    records: [...forms.map((f) => f.record), ...own.map((p) => p.record)].sort(),
  }
}

/** Below this a gap is rounding and no question: 1 分 for each line that was rounded on its own. */
const slack = (lines: number): bigint => BigInt(lines)

/**
 * The gap against the least that is expected, so that what is uncertain accuses nobody: 未申报 where a form, or failing that the payment, is short of it;
 * else 欠税.
 */
const gapOf = (low: bigint, s: Settled, lines: number): { gapFen: bigint | null; gapKind: TaxGapKind | null } => {
  if (s.paidFen === null) return { gapFen: null, gapKind: null }
  const settled = s.paidFen - (s.refundFen ?? 0n) + (s.reliefFen ?? 0n) + (s.creditFen ?? 0n)
  const short = low - (s.declaredFen ?? settled)
  if (short > slack(lines)) return { gapFen: short, gapKind: 'notDeclared' }
  if (s.arrearsFen !== null && s.arrearsFen > 0n) return { gapFen: s.arrearsFen, gapKind: 'arrears' }
  return { gapFen: 0n, gapKind: null }
}

interface Due {
  band: Band
  notDue: bigint
  lines: number
  readonly rules: Set<string>
}

const order: readonly TaxName[] = [
  'businessTax',
  'vatPrepayment',
  'cityTax',
  'educationSurcharge',
  'localEducationSurcharge',
  'incomeTax',
  'stampDuty',
  'vat',
]

const note = (due: Due, line: ExpectedLine, isOver: boolean): void => {
  if (isOver) {
    due.band = addBands(due.band, line.of)
    due.lines++
  } else due.notDue += line.band.point
  due.rules.add(line.row.id)
}

/** Surcharges are declared on the form of the prepayment: where that was filed and not paid, so were they. */
const withForm: ReadonlySet<TaxName> = new Set(['cityTax', 'educationSurcharge', 'localEducationSurcharge'])

const followForms = (steps: readonly TaxStep[]): TaxStep[] => {
  const isOwed = steps.some((s) => s.tax === 'vatPrepayment' && s.gapKind === 'arrears')
  return steps.map((s) =>
    isOwed && withForm.has(s.tax) && s.gapKind === 'notDeclared' ? { ...s, gapKind: 'arrears' } : s,
  )
}

/**
 * The steps of one class of attribution.
 * @param at the day; only periods whose filing ended before it are owed
 */
export const stepsOf = (
  months: readonly ExpectedMonth[],
  carried: Carried,
  attribution: 'project' | 'taxpayer',
  at: string,
): TaxStep[] => {
  const found = new Map<TaxName, Due>()
  const dueOf = (tax: TaxName): Due => {
    let due = found.get(tax)
    if (!due) found.set(tax, (due = { band: noBand, notDue: 0n, lines: 0, rules: new Set() }))
    return due
  }
  for (const month of months)
    for (const line of month.lines)
      if (line.attribution === attribution) note(dueOf(line.row.tax), line, month.dueOn < at)
  if (attribution === 'project')
    for (const tax of carriesProject) if (settledOf(tax, carried, at).records.length > 0) dueOf(tax)
  const steps = order.flatMap((tax): TaxStep[] => {
    const due = found.get(tax)
    if (!due) return []
    const settled = attribution === 'project' ? settledOf(tax, carried, at) : nothingCarried
    const band = bandOf(due.band)
    return [
      {
        tax,
        attribution,
        expected: fenBand(band),
        notDueFen: due.notDue,
        ...settled,
        ...gapOf(band.low, settled, due.lines),
        rules: [...due.rules].sort(),
      },
    ]
  })
  return followForms(steps)
}
