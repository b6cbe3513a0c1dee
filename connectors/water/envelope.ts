/** The answer that all interfaces of the bureau's exchange give around their records. */

/** Options of `xmlPages` that are the same for each of them. */
export const exchangePages = {
  query: { token: 'lp', limit: 'hs', since: 'qssj' },
  rows: ['fhjg', 'sjj', 'jl'],
  total: ['fhjg', 'sjj', '@zts'],
  count: ['fhjg', 'sjj', '@byts'],
  next: ['fhjg', 'xylp'],
  verdict: { code: ['fhjg', 'fhm'], message: ['fhjg', 'fhsm'], ok: '0', expired: '1410' },
  overlapMinutes: 10,
} as const
