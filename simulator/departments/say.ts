/** Which department says an entry, and how it is asked. */
import type { ProjectEntry } from '../world/entries.ts'
import type { World } from '../world/world.ts'
import { sayApproval } from './development.ts'
import { sayAward } from './tendering.ts'
import { sayMeasurement, saySection } from './transport.ts'
import type { Said } from './wording.ts'

export type { Said } from './wording.ts'

/** The department's words for an entry of the first feeds; other datasets are said by their source. */
export const say = (world: World, entry: ProjectEntry, updatedAt: string): Said => {
  switch (entry.feed) {
    case 'development.approvals':
      return sayApproval(world, entry, updatedAt)
    case 'transport.sections':
      return saySection(world, entry, updatedAt)
    case 'transport.measurements':
      return sayMeasurement(world, entry, updatedAt)
    case 'tendering.awards':
      return sayAward(world, entry)
  }
}
