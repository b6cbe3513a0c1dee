/** 征收项目 of the core by tax, and which of them carry a project where they are paid at the site (domain.md 0.1, 0.9). */
import type { TaxName } from '../rates/row.ts'

export const taxItems: Readonly<Record<TaxName, string | null>> = {
  // The old business tax lies in the local office's own core and does not reach us.
  businessTax: null,
  vat: '10101',
  vatPrepayment: '10101',
  cityTax: '10109',
  educationSurcharge: '30203',
  localEducationSurcharge: '30216',
  stampDuty: '10111',
  incomeTax: '10104',
}

/** Taxes whose payments at the site carry the project's report number. */
export const carriesProject: ReadonlySet<TaxName> = new Set([
  'vatPrepayment',
  'cityTax',
  'educationSurcharge',
  'localEducationSurcharge',
  'incomeTax',
])
