/** The two datasets of public security. */
import { type Fault, forPages } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { rentalsOfWorld, sayRental, saySeal, sealsOfWorld } from './security.ts'

const faults: readonly Fault[] = [
  ...forPages,
  'totalTooLow',
  'wrongEncoding',
  'badDigest',
  'wrongKey',
  'replay',
  'tokenExpired',
  'envelopeError',
  'twoPayloads',
  'futureDate',
  'clockStep',
]

export const securityRentals: ListedSource = {
  feed: 'security.rentals',
  kind: 'listed',
  drifted: 'mj',
  faults,
  updateTime: 'gxsj',
  ofWorld: rentalsOfWorld,
  say: sayRental,
}

export const securitySeals: ListedSource = {
  feed: 'security.seals',
  kind: 'listed',
  drifted: 'barq',
  faults,
  updateTime: 'gxsj',
  ofWorld: sealsOfWorld,
  say: saySeal,
}
