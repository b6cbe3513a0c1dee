/** By which codes each fault may be told, and what of it stays in the history of a hub that took it in. */

import { sources } from '../../simulator/departments/sources.ts'
import { fileFeeds } from '../../simulator/drop.ts'
import type { Fault } from '../../simulator/faults.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import type { ContentPart } from '../support/digest.ts'

const onPages: Readonly<Partial<Record<Fault, readonly string[]>>> = {
  '500': ['connect.server_error'],
  hang: ['connect.timeout'],
  cut: ['connect.cut_body'],
  repeatPage: ['landing.repeated_page', 'landing.more_than_declared', 'landing.short_delivery'],
  shortTotal: ['landing.short_delivery', 'landing.early_empty_page'],
  totalTooLow: ['landing.more_than_declared', 'landing.total_shrank'],
  '429': ['connect.rate_limited'],
  wrongEncoding: ['connect.wrong_encoding', 'connect.answer_unreadable'],
  tokenExpired: ['connect.unauthorized', 'connect.cursor_expired'],
  gone: ['connect.cursor_expired'],
  envelopeError: ['connect.department_error'],
  // From a page in the middle on, the total is what goes.
  lostHalf: ['landing.hold_mass_absence', 'landing.hold_rows', 'landing.total_shrank'],
  // Encrypted answers.
  badDigest: ['connect.mac_mismatch'],
  wrongKey: ['connect.mac_mismatch'],
  replay: ['connect.answer_replayed'],
}

/** A file's digest is of its own bytes but for the two faults that break it; those two are told apart from a wrong number of rows. */
const onFiles: Readonly<Partial<Record<Fault, readonly string[]>>> = {
  cut: ['landing.digest_mismatch'],
  badDigest: ['landing.digest_mismatch'],
  repeatPage: ['landing.more_than_declared'],
  shortTotal: ['landing.short_delivery'],
  totalTooLow: ['landing.more_than_declared'],
  gone: ['landing.file_missing'],
  wrongEncoding: [
    'connect.wrong_encoding',
    'landing.hold_rejected',
    'decode.bad_bytes',
    'decode.key_column_missing',
    'landing.sum_mismatch',
  ],
  lostHalf: ['landing.hold_mass_absence', 'landing.hold_rows'],
}

/** Codes that say what happened; empty where the import goes on and reports the fault beside it. */
export const expectedCodes = (feed: FeedId, kind: Fault): readonly string[] =>
  (fileFeeds.includes(feed) ? onFiles : onPages)[kind] ?? []

const isTable = (feed: FeedId): boolean => sources.some((source) => source.feed === feed && source.exchange === true)

/** What two that meet may be told as beside the codes of each. */
const togetherCodes = (feed: FeedId, [first, second]: readonly Fault[]): readonly string[] => {
  if (second === undefined) return []
  // A table has one set of columns for all its batches: what a drifted one changes is missing in the digest of the other.
  if (isTable(feed) && (first === 'drift' || second === 'drift')) return ['landing.digest_mismatch']
  // Numbered pages count the second payload while they have it: the next page states one row less.
  if (feed.startsWith('development.') && first === 'twoPayloads') return ['landing.total_shrank']
  return []
}

/** Codes that may be said of one fault, or of two that meet. */
export const possibleCodes = (feed: FeedId, kinds: readonly Fault[]): readonly string[] => [
  ...kinds.flatMap((kind) => expectedCodes(feed, kind)),
  ...togetherCodes(feed, kinds),
]

/** Faults whose rows are taken in as they are. */
export const isSilent = (kind: Fault): boolean => ['drift', 'twoPayloads', 'futureDate', 'clockStep'].includes(kind)

/** What differs for good from a hub that never saw the fault: a record taken in twice has two versions. */
export const outlasts = (kind: Fault): readonly ContentPart[] => (isSilent(kind) ? ['versions'] : [])
