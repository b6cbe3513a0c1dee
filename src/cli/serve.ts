/** `serve`: the hub on its configured sources: HTTP, schedule, audit seal. One process; more of them may run on one database. */

import { departmentById } from '../../connectors/index.ts'
import { sealAudit } from '../access/seal-audit.ts'
import { isRange, rangeOf } from '../backfill.ts'
import { createApp } from '../http/app.ts'
import { defaultHttpSettings, type Verbs } from '../http/deps.ts'
import { listen } from '../http/listen.ts'
import { feedsOf, type Hub } from '../hub.ts'
import { now } from '../kernel/clock.ts'
import { log } from '../kernel/log.ts'
import type { Shutdown } from '../kernel/shutdown.ts'
import { refuseBatch, releaseBatch } from '../landing/hold.ts'
import { enqueueRuns } from '../landing/run.ts'
import { endAlias } from '../link/verbs/aliases.ts'
import { createIntake } from '../push/intake.ts'
import { diskForecast, diskPlaceOf } from '../retention/disk.ts'
import type { OwingFeed } from '../schedule/arrivals.ts'
import { excuseDay } from '../schedule/excuse.ts'
import { dueOf } from '../schedule/plans.ts'
import { type Scheduler, startScheduler } from '../schedule/scheduler.ts'
import { webhook } from '../schedule/webhook.ts'
import { positionOn } from '../track/run.ts'
import { type Importer, startImporter } from '../worker/importer.ts'
import { declaredFeeds } from './declared.ts'

export interface Served {
  readonly url: string
  readonly loginPath: (tokenId: string) => string
  readonly scheduler: Scheduler
}

const verbsOf = (hub: Hub, importer: Importer): Verbs => ({
  startImport: async (input, actor) => {
    const ranges = new Map(
      feedsOf(hub, input.source).map((feed) => [feed.id, isRange(input) ? rangeOf(feed, input) : null]),
    )
    const kind = input.dryRun ? 'rehearsal' : isRange(input) ? 'backfill' : 'import'
    const runs = await enqueueRuns(hub.db, [...ranges.keys()], kind, { ...input, actor: actor.id }, actor)
    importer
      .run({
        kind: kind === 'rehearsal' ? 'rehearse' : kind,
        runs: runs.map(({ runId, source }) => {
          const range = ranges.get(source)
          const asked = { feed: source, runId, actor: actor.id, byDay: input.byDay ?? false }
          return range ? { ...asked, range } : asked
        }),
      })
      .catch((error: unknown) => log.error({ err: error }, 'an import asked for could not run'))
    return { runIds: runs.map((r) => r.runId) }
  },
  act: async (input, actor) => (await importer.act({ kind: 'act', ...input, actor }))!,
  answer: (input, actor) => importer.act({ kind: 'answer', ...input, actor }),
  endAlias: async ({ aliasId, reason }, actor) => {
    await endAlias(hub.db, aliasId, reason, actor)
    await importer.run({ kind: 'advance' })
  },
  decideHold: async (input, actor) => {
    const why = {
      code: 'landing.refused_by_person',
      message: { zh: input.reason, en: input.reason },
      found: '',
      bound: '',
    }
    if (input.decision === 'release') await releaseBatch(hub.db, input.batchId, actor.id)
    else await refuseBatch(hub.db, input.batchId, why, actor.id)
    await importer.run({ kind: 'advance' })
  },
  excuseDay: (input, actor) => excuseDay(hub.db, input, actor),
})

const owingFeeds = (hub: Hub): OwingFeed[] =>
  hub.feedList.flatMap((feed) => {
    const rule = dueOf(feed, {
      schedules: hub.config.schedules,
      sources: hub.config.sources,
      dueTimeOf: (department) => departmentById(department)?.dueTime ?? '09:00',
    })
    return rule ? [{ feed: feed.id, title: feed.title, rule }] : []
  })

const everySecond = (work: () => Promise<unknown>, what: string): (() => void) => {
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    work()
      .catch((error: unknown) => log.error({ err: error }, what))
      .finally(() => (isBusy = false))
  }, 1_000)
  return () => clearInterval(timer)
}

/** Starts everything and registers how to stop it. Resolves when requests are answered. */
export const serve = async (hub: Hub, shutdown: Shutdown, options: { isDemo: boolean }): Promise<Served> => {
  let isReady = false
  const importer = await startImporter(hub)
  shutdown.onStop('imports', () => importer.stop())
  const intake = createIntake({
    ...hub,
    gather: hub.policy.gather,
    advance: () => importer.run({ kind: 'advance' }),
  })
  shutdown.onStop('pushes', () => intake.drain())
  const app = createApp({
    db: hub.db,
    log,
    settings: {
      region: hub.config.region,
      isDemo: options.isDemo,
      sessionKey: hub.keyring.derive('session'),
      ...defaultHttpSettings,
    },
    feeds: declaredFeeds(hub),
    verbs: verbsOf(hub, importer),
    intake,
    positionOn: (projectId, tick, on) => positionOn(hub.db, projectId, tick, on),
    diskForecast: () => diskForecast(hub.db.pipeline, diskPlaceOf(hub.config.database), now()),
    blindIndex: (code) => hub.keyring.blind(JSON.stringify(code)),
    isReady: () => isReady && !shutdown.signal.aborted,
  })
  const scheduler = await startScheduler({
    db: hub.db,
    feeds: hub.feedList,
    schedules: hub.config.schedules,
    owing: owingFeeds(hub),
    calendar: hub.config.calendar,
    ...(hub.config.notify.url ? { sendMessage: webhook(hub.config.notify.url, hub.config.notify.secret) } : {}),
    importFeed: async (feed, run) => {
      const [ended] = await importer.run({ kind: 'import', runs: [{ feed: feed.id, actor: 'schedule', ...run }] })
      return ended?.state === 'green'
    },
  })
  shutdown.onStop('schedule', () => scheduler.stop())
  const stopSealing = everySecond(() => sealAudit(hub.db.pipeline), 'the audit could not be sealed')
  shutdown.onStop('audit', async () => {
    stopSealing()
    await sealAudit(hub.db.pipeline)
  })
  const listening = await listen(app, { host: hub.config.host, port: hub.config.port })
  shutdown.onStop('http', () => listening.close())
  isReady = true
  return { url: `http://${hub.config.host}:${listening.port}`, loginPath: app.loginPath, scheduler }
}
