/** What can be wrong with one value. Codes are stable: the quarantine, the receipts and the quality report count by them. */

export const valueIssueCodes = {
  moneyUnreadable: 'money.unreadable',
  moneyRange: 'money.range',
  moneyRate: 'money.rate',
  moneyUnitPrice: 'money.unit_price',
  moneyCurrency: 'money.foreign_currency',
  moneySeveral: 'money.several',
  moneySeparators: 'money.separators',
  moneyScientific: 'money.scientific',
  moneyImprecise: 'money.imprecise',
  moneyOutOfRange: 'money.out_of_range',
  moneyContradiction: 'money.contradiction',
  dateUnreadable: 'date.unreadable',
  dateImpossible: 'date.impossible',
  dateAmbiguous: 'date.ambiguous',
  dateOutOfRange: 'date.out_of_range',
  dateRange: 'date.range',
  datePrecision: 'date.precision',
  divisionUnreadable: 'division.unreadable',
  divisionUnknown: 'division.unknown',
  divisionConflict: 'division.conflict',
  codeUnmapped: 'code.unmapped',
  industryUnreadable: 'industry.unreadable',
  numberUnreadable: 'number.unreadable',
  numberOutOfRange: 'number.out_of_range',
} as const
export type ValueIssueCode = (typeof valueIssueCodes)[keyof typeof valueIssueCodes]

export interface ValueIssue {
  readonly code: ValueIssueCode
  readonly message: { readonly zh: string; readonly en: string }
  /** What would have been right, for the person who sends it. */
  readonly expected: string
}

export const valueIssue = (code: ValueIssueCode, zh: string, en: string, expected: string): ValueIssue => ({
  code,
  message: { zh, en },
  expected,
})

/** The value as a message may show it: whole where short, cut where long. */
export const shown = (raw: unknown): string => {
  const text = String(raw)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
