/** What can be wrong between the fields of one record, or between records of one feed. Codes are stable, like those of single values. */
export const checkCodes = {
  moneyCopiedFromInvestment: 'money.copied_from_investment',
  placeIncomplete: 'place.incomplete',
  invoiceSum: 'invoice.sum_mismatch',
  invoiceRedAmount: 'invoice.red_not_negative',
  dateOrder: 'date.order',
  progressDropped: 'progress.dropped',
  invoiceRedExceedsBlue: 'invoice.red_exceeds_blue',
} as const
export type CheckCode = (typeof checkCodes)[keyof typeof checkCodes]

/** Issues of a record by itself are numbered from 0; those found beside other records from here on. */
export const betweenSeq = 1_000
