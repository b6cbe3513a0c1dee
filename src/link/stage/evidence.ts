/**
 * What a proposed link rests on, as a digest: which registration, and what was compared with what level and which values. Weights, scores and rivals
 * are left out, so that new settings or another company of the same name are no new evidence; a code, a name or an address that is there now is.
 */
import { canonicalJson } from '#schemas/canonical/position.ts'
import { fingerprint } from '../../kernel/cipher.ts'

interface Compared {
  readonly comparison?: string
  readonly level?: string
  readonly left?: string
  readonly right?: string
}

/** 32 hex digits. */
export const linkEvidenceDigest = (registrationId: string, evidence: readonly unknown[]): string => {
  const compared = (evidence as readonly Compared[]).map((item) =>
    canonicalJson([item.comparison, item.level, item.left, item.right]),
  )
  return fingerprint(`link evidence\u0000${registrationId}\u0000${compared.sort().join('\u0000')}`)
}

/** Stands for a registration that was rejected although another one came first: when it comes first, that is new. */
export const notFirst: string = fingerprint('link evidence\u0000not first')
