/** Who may use what. Everything not listed is refused. Duties stay apart: who runs the system, grants rights or reads the audit sees no tax data. */
import type { Role } from '../access/actor.ts'

/** Tax staff: projects, taxpayers, invoices. */
export const taxStaff = ['officer', 'steward', 'riskDesk'] as const satisfies readonly Role[]
/** Figures without names. */
export const figureReaders = [...taxStaff, 'leader'] as const satisfies readonly Role[]
/** Links in doubt are the steward's work; the risk desk looks on. */
export const linkReaders = ['steward', 'riskDesk'] as const satisfies readonly Role[]
export const linkJudges = ['steward'] as const satisfies readonly Role[]
/** How deliveries go. */
export const operations = ['operator', 'steward', 'systemAdmin'] as const satisfies readonly Role[]
export const importStarters = ['operator', 'steward'] as const satisfies readonly Role[]
export const quarantineReaders = ['operator', 'steward'] as const satisfies readonly Role[]
/** Departments' machines, by their keys: their own feeds and receipts. */
export const partners = ['partner'] as const satisfies readonly Role[]
/** Whoever has logged in may know as whom. */
export const everyone = [
  'officer',
  'steward',
  'riskDesk',
  'leader',
  'operator',
  'systemAdmin',
  'securityAdmin',
  'auditor',
  'partner',
] as const satisfies readonly Role[]
