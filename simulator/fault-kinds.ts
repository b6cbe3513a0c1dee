/** What can be wrong with an answer or a delivery. Imports nothing, since every dataset names the kinds it can have. */

export const faultKinds = [
  '500',
  'hang',
  'cut',
  'repeatPage',
  // Says one row more than it sends.
  'shortTotal',
  // Says fewer rows than it sends.
  'totalTooLow',
  '429',
  'drift',
  // GB18030 where UTF-8 is stated, or the other way round.
  'wrongEncoding',
  'badDigest',
  // An encrypted answer under another key; an answer that was made for the request before.
  'wrongKey',
  'replay',
  // The credential stops being good in the middle of a delivery.
  'tokenExpired',
  'gone',
  'envelopeError',
  // One key twice with different contents in one delivery.
  'twoPayloads',
  // Update times and dates that lie a year ahead.
  'futureDate',
  // The department's clock jumps back by a day: update times run backwards.
  'clockStep',
  // A full delivery that has lost half of its rows.
  'lostHalf',
] as const
export type Fault = (typeof faultKinds)[number]

/** What a dataset written as extracts can have; one that is always full can have `lostHalf` too. */
export const forFiles: readonly Fault[] = ['cut', 'repeatPage', 'shortTotal', 'drift', 'badDigest']
/** What a dataset read in pages can have. */
export const forPages: readonly Fault[] = ['500', 'hang', 'cut', 'repeatPage', 'shortTotal', '429', 'drift']
