/** Everything that a command needs, opened once from the configuration: database, keys, feeds, the way to each department. */

import { type AnyFeed, type OpenSource, openSource } from '#connect'
import { departmentById, feeds } from '../connectors/index.ts'
import { connectDatabase, type Database } from './db/database.ts'
import { loadGrid } from './grid/load.ts'
import type { ImportDeps } from './import.ts'
import { createKeyring, type Keyring } from './kernel/cipher.ts'
import type { Config, HoldSettings, SourceSettings } from './kernel/config.ts'
import { HubError } from './kernel/errors.ts'
import { loadMasterKey } from './kernel/master-key.ts'
import { nearest } from './kernel/nearest.ts'
import { defaultLandingPolicy } from './landing/pull.ts'
import { emptyMemory } from './link/stage/memory.ts'

export interface Hub extends ImportDeps {
  readonly config: Config
  readonly db: Database
  readonly keyring: Keyring
  readonly feedList: readonly AnyFeed[]
  close(): Promise<void>
}

const withHold = (feed: AnyFeed, hold: HoldSettings | undefined): AnyFeed => {
  if (!hold) return feed
  const rows: readonly [number, number] | undefined =
    hold.rowsMin === undefined && hold.rowsMax === undefined
      ? feed.expect.rows
      : [hold.rowsMin ?? 0, hold.rowsMax ?? Number.MAX_SAFE_INTEGER]
  return {
    ...feed,
    expect: {
      rejectedShareMax: hold.rejectedShareMax ?? feed.expect.rejectedShareMax,
      ...(rows ? { rows } : {}),
      ...((hold.changedShareMax ?? feed.expect.changedShareMax) === undefined
        ? {}
        : { changedShareMax: hold.changedShareMax ?? feed.expect.changedShareMax! }),
    },
  }
}

/** What of the configuration a hub on an open database looks at. */
export type HubSettings = Pick<Config, 'region' | 'sources' | 'policies'>

/** A hub on a database that is open already: what a thread of the same process has. */
export const hubOn = (settings: HubSettings, db: Database, keyring: Keyring): Omit<Hub, 'config'> => {
  const feedList = feeds.map((feed) => withHold(feed, settings.policies.hold[feed.id]))
  return {
    db,
    keyring,
    feedList,
    feeds: new Map(feedList.map((feed) => [feed.id, feed])),
    region: settings.region.code,
    linkMemory: emptyMemory(),
    policy: { ...defaultLandingPolicy, gather: settings.policies.gather },
    openSource: (feed) => openFeedSource(settings, feed),
    stallAfterMs: settings.policies.stallAfterMinutes * 60_000,
    rowsPerPage: (feed) => settings.sources[feed.department]?.rowsPerPage,
    close: () => db.close(),
  }
}

/** Opens the hub's database and keys. Throws the codes of `connectDatabase` and `loadMasterKey`. */
export const openHub = async (config: Config): Promise<Hub> => {
  const db = await connectDatabase(config.database)
  try {
    const keyring = createKeyring(await loadMasterKey(config))
    await loadGrid(db, config.region)
    return { ...hubOn(config, db, keyring), config }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** What the configuration sets; the rest is as the connector and the kit state it. */
const limitsOf = ({ pacingMs, attemptTimeoutMs, budgetMs }: SourceSettings) => ({
  ...(pacingMs === undefined ? {} : { pacingMs }),
  ...(attemptTimeoutMs === undefined ? {} : { attemptTimeoutMs }),
  ...(budgetMs === undefined ? {} : { budgetMs }),
})

const openFeedSource = (config: HubSettings, feed: AnyFeed): OpenSource => {
  const department = departmentById(feed.department)
  const settings = config.sources[feed.department]
  if (!department || !settings?.enabled || (!settings.baseUrl && !settings.folder && !settings.database)) {
    throw new HubError({
      code: 'import.source_not_configured',
      publicMessage: {
        zh: `未配置供数单位 ${feed.department} 的接入（sources.${feed.department}）`,
        en: `the source ${feed.department} is not configured (sources.${feed.department})`,
      },
      context: { feed: feed.id },
    })
  }
  return openSource(department, settings, limitsOf(settings))
}

/** Feeds that `source` names: a feed, a department, or `all`. HubError `import.unknown_source` with the nearest known name. */
export const feedsOf = (hub: Pick<Hub, 'feedList'>, source: string): readonly AnyFeed[] => {
  const pulled = hub.feedList.filter((f) => f.pages !== null)
  const found = source === 'all' ? pulled : pulled.filter((f) => f.id === source || f.department === source)
  if (found.length > 0) return found
  const meant = nearest(source, ['all', ...new Set(pulled.flatMap((f) => [f.id, f.department]))])
  throw new HubError({
    code: 'import.unknown_source',
    publicMessage: {
      zh: `没有名为 ${source} 的数据来源${meant ? `，是否想写 ${meant}？` : ''}`,
      en: `there is no source ${source}${meant ? `; did you mean ${meant}?` : ''}`,
    },
    context: { source, meant },
  })
}

/** One feed by its id. HubError `import.unknown_source`. */
export const feedNamed = (hub: Pick<Hub, 'feedList'>, id: string): AnyFeed => {
  const feed = hub.feedList.find((f) => f.id === id)
  if (feed) return feed
  const meant = nearest(
    id,
    hub.feedList.map((f) => f.id),
  )
  throw new HubError({
    code: 'import.unknown_source',
    publicMessage: {
      zh: `没有名为 ${id} 的数据资源${meant ? `，是否想写 ${meant}？` : ''}`,
      en: `there is no feed ${id}${meant ? `; did you mean ${meant}?` : ''}`,
    },
    context: { source: id, meant },
  })
}
