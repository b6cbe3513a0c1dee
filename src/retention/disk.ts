/** The figures that the forecast of the disk is made of: sizes from the server, versions from the batches, space from the file system. */
import { statfs } from 'node:fs/promises'
import type { Queryable } from '../db/transaction.ts'
import { type DiskForecast, type DiskSpace, type FeedVersions, forecastDisk, type TableSize } from './forecast.ts'

/** Partitions under their table's name; TOAST and indexes included. */
const sizes = `SELECT coalesce(p.relname, c.relname) AS table, sum(pg_total_relation_size(c.oid))::bigint AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
  WHERE c.relkind = 'r' AND n.nspname = 'jingwei' GROUP BY 1`

const recentDays = 30

// A feed's first delivery brings its history and says nothing of its days. Since then at most thirty days, at least one.
const versions = `SELECT b.feed, sum(b.stored)::bigint AS versions,
    coalesce(sum(b.stored) FILTER (WHERE b.landed_at >= $1::timestamptz - interval '${recentDays} days' AND b.batch_id <> f.first_id), 0)::bigint AS recent,
    least(${recentDays}, greatest(1, extract(epoch FROM $1::timestamptz - min(f.first_at)) / 86400))::float8 AS days
  FROM (SELECT batch_id, feed, landed_at, next_ord::bigint AS stored FROM batch WHERE state = 'admitted') b
  JOIN (SELECT feed, min(batch_id) AS first_id, min(landed_at) AS first_at FROM batch WHERE state = 'admitted' AND fetched > 0 GROUP BY feed) f ON f.feed = b.feed
  GROUP BY b.feed`

/** Where the database lies: in a folder of ours, or elsewhere with a capacity that the configuration states (or does not). */
export type DiskPlace =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'external'; readonly capacityBytes: number | null }

/** What the configuration says of it. */
export const diskPlaceOf = (database: {
  readonly url: unknown
  readonly dataFolder: string
  readonly capacityBytes?: number | undefined
}): DiskPlace =>
  database.url === null
    ? { kind: 'folder', folder: database.dataFolder }
    : { kind: 'external', capacityBytes: database.capacityBytes ?? null }

const spaceOf = async (place: DiskPlace, databaseBytes: bigint): Promise<DiskSpace | null> => {
  if (place.kind === 'external')
    return place.capacityBytes === null
      ? null
      : { capacityBytes: BigInt(place.capacityBytes), usedBytes: databaseBytes }
  const { blocks, bavail, bsize } = await statfs(place.folder, { bigint: true })
  // What others keep on the disk fills it as well; blocks reserved for root are not ours to use.
  return { capacityBytes: blocks * bsize, usedBytes: (blocks - bavail) * bsize }
}

/** Sizes now, growth of the last thirty days, and the days that are left. A few figures per table and feed: no table is gone through. */
export const diskForecast = async (client: Queryable, place: DiskPlace, now: Date): Promise<DiskForecast> => {
  const [tables, feeds] = await Promise.all([
    client.query<{ table: string; bytes: bigint }>(sizes),
    client.query<{ feed: string; versions: bigint; recent: bigint; days: number }>(versions, [now]),
  ])
  const tableSizes: TableSize[] = tables.rows
  const feedVersions: FeedVersions[] = feeds.rows
  const databaseBytes = tableSizes.reduce((sum, t) => sum + t.bytes, 0n)
  return forecastDisk(tableSizes, feedVersions, await spaceOf(place, databaseBytes))
}
