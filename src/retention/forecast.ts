/** 磁盘预测: how much there is, how much a day adds, and when the disk is four fifths full. Pure. */

export interface TableSize {
  readonly table: string
  readonly bytes: bigint
}

/** What a feed has brought. Versions are what grows: each brings raw bytes, a fact and what is derived from it. */
export interface FeedVersions {
  readonly feed: string
  /** Stored since the first day. */
  readonly versions: bigint
  /** Of the last `days` days, without the feed's first load: a history comes once. */
  readonly recent: bigint
  readonly days: number
}

export interface DiskSpace {
  readonly capacityBytes: bigint
  readonly usedBytes: bigint
}

export interface FeedForecast {
  readonly feed: string
  readonly versions: bigint
  /** Its share of the database by its versions. */
  readonly bytes: bigint
  readonly versionsPerDay: number
  readonly bytesPerDay: number
}

export interface DiskForecast {
  readonly databaseBytes: bigint
  readonly tables: readonly TableSize[]
  readonly feeds: readonly FeedForecast[]
  readonly bytesPerVersion: number
  readonly bytesPerDay: number
  readonly disk: DiskSpace | null
  /** Bytes at which the disk counts as full. */
  readonly fullAtBytes: bigint | null
  /** 0: it is full now. Null: the disk is not known, or nothing grows. */
  readonly daysLeft: number | null
}

/** A disk so full has no room for a rebuild of a table, and none for a bad night. */
export const fullSharePercent = 80n

const perDay = (f: FeedVersions): number => (f.days <= 0 ? 0 : Number(f.recent) / f.days)

const daysUntil = (disk: DiskSpace, fullAt: bigint, bytesPerDay: number): number | null => {
  if (disk.usedBytes >= fullAt) return 0
  return bytesPerDay <= 0 ? null : Math.floor(Number(fullAt - disk.usedBytes) / bytesPerDay)
}

/**
 * What is, shared out among feeds by their versions, and what comes. Growth is that of the last days without retention, which frees bytes later: the
 * forecast errs on the early side.
 */
export const forecastDisk = (
  tables: readonly TableSize[],
  feeds: readonly FeedVersions[],
  disk: DiskSpace | null,
): DiskForecast => {
  const databaseBytes = tables.reduce((sum, t) => sum + t.bytes, 0n)
  const versions = feeds.reduce((sum, f) => sum + f.versions, 0n)
  const bytesPerVersion = versions === 0n ? 0 : Number(databaseBytes) / Number(versions)
  const shares = feeds
    .map((f) => ({
      feed: f.feed,
      versions: f.versions,
      bytes: versions === 0n ? 0n : (databaseBytes * f.versions) / versions,
      versionsPerDay: perDay(f),
      bytesPerDay: perDay(f) * bytesPerVersion,
    }))
    .sort(
      (a, b) =>
        b.bytesPerDay - a.bytesPerDay || (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : a.feed < b.feed ? -1 : 1),
    )
  const bytesPerDay = shares.reduce((sum, f) => sum + f.bytesPerDay, 0)
  const fullAtBytes = disk === null ? null : (disk.capacityBytes * fullSharePercent) / 100n
  return {
    databaseBytes,
    tables: [...tables].sort((a, b) => (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : a.table < b.table ? -1 : 1)),
    feeds: shares,
    bytesPerVersion,
    bytesPerDay,
    disk,
    fullAtBytes,
    daysLeft: disk === null || fullAtBytes === null ? null : daysUntil(disk, fullAtBytes, bytesPerDay),
  }
}
