/** What the departments would send today, row by row, without asking them: the truth that a day's import is measured by. */

import { say } from '../../simulator/departments/say.ts'
import { sources } from '../../simulator/departments/sources.ts'
import { sayInvoice, sayTaxpayer } from '../../simulator/departments/tax.ts'
import { saidRecords } from '../../simulator/truth.ts'
import { type FeedId, projectFeeds } from '../../simulator/world/entries.ts'
import type { World } from '../../simulator/world/world.ts'
import { recordKeyHash } from '../../src/kernel/record-key.ts'

/** By key hash, the row without its update time: what counts as the record's content. */
export type FeedRows = ReadonlyMap<string, string>
export type WorldRows = Readonly<Record<FeedId, FeedRows>>

const contentOf = (row: Record<string, unknown>, updateTime: string): string => {
  const { [updateTime]: _time, ...rest } = row
  return JSON.stringify(rest)
}

const invoiceKeyOf = (row: Record<string, unknown>): string[] =>
  row.FPDM ? [String(row.FPDM), String(row.FPHM)] : [String(row.FPHM)]

/** Every row of every feed as it stands in the world today. */
export const worldRows = (world: World): WorldRows => {
  const rows = Object.fromEntries(
    projectFeeds.map((feed) => [
      feed,
      new Map(
        world
          .list(feed)
          .map(({ entry, updatedAt }) => [
            recordKeyHash(feed, entry.key),
            contentOf(say(world, entry, updatedAt).row, 'gxsj'),
          ]),
      ),
    ]),
  )
  const taxpayers = new Map<string, string>()
  for (const party of world.taxpayers(null)) {
    const row = sayTaxpayer(world, party)
    taxpayers.set(recordKeyHash('tax.taxpayers', [String(row.DJXH)]), contentOf(row, 'XGRQ'))
  }
  const invoices = new Map<string, string>()
  for (const invoice of world.invoices(null)) {
    const { row } = sayInvoice(world, invoice)
    invoices.set(recordKeyHash('tax.invoices', invoiceKeyOf(row)), contentOf(row, ''))
  }
  const others = sources.map((source) => [
    source.feed,
    new Map(
      [...saidRecords(world, source)].map(({ key, row }) => [
        recordKeyHash(source.feed, key),
        contentOf(row, source.updateTime ?? ''),
      ]),
    ),
  ])
  return {
    ...rows,
    ...Object.fromEntries(others),
    'tax.taxpayers': taxpayers,
    'tax.invoices': invoices,
  } as unknown as WorldRows
}

export interface FeedNews {
  readonly added: readonly string[]
  readonly changed: readonly string[]
}

/** What a feed's rows brought between two looks at the world. */
export const newsOf = (before: FeedRows, after: FeedRows): FeedNews => ({
  added: [...after.keys()].filter((key) => !before.has(key)),
  changed: [...after].filter(([key, row]) => before.has(key) && before.get(key) !== row).map(([key]) => key),
})
