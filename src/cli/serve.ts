/** `serve`: the hub on its configured sources: HTTP, schedule, audit seal. One process; more of them may run on one database. */

import { sealAudit } from '../access/seal-audit.ts'
import { createApp } from '../http/app.ts'
import { defaultHttpSettings, type Verbs } from '../http/deps.ts'
import { listen } from '../http/listen.ts'
import { feedsOf, type Hub } from '../hub.ts'
import { importFeed, importFeeds, rehearseAsRun } from '../import.ts'
import { log } from '../kernel/log.ts'
import type { Shutdown } from '../kernel/shutdown.ts'
import { refuseBatch, releaseBatch } from '../landing/batch.ts'
import { enqueueRuns } from '../landing/run.ts'
import { judgeParty } from '../link/verbs/judge.ts'
import { advance } from '../pipeline.ts'
import { type Scheduler, startScheduler } from '../schedule/scheduler.ts'
import { positionOn } from '../track/run.ts'

export interface Served {
  readonly url: string
  readonly loginPath: (tokenId: string) => string
  readonly scheduler: Scheduler
}

const verbsOf = (hub: Hub, shutdown: Shutdown): Verbs => {
  let queue: Promise<unknown> = Promise.resolve()
  return {
    startImport: async (input, actor) => {
      const wanted = feedsOf(hub, input.source)
      const kind = input.dryRun ? 'rehearsal' : 'import'
      const runs = await enqueueRuns(
        hub.db,
        wanted.map((feed) => feed.id),
        kind,
        { ...input, actor: actor.id },
        actor,
      )
      const limits = {
        ...(input.since ? { since: input.since } : {}),
        ...(input.until ? { until: input.until } : {}),
        signal: shutdown.signal,
      }
      const runAll = async () => {
        const asked = runs.map(({ runId }, i) => ({ feed: wanted[i]!, runId, actor: actor.id, ...limits }))
        if (!input.dryRun) return importFeeds(hub, asked)
        for (const { feed, runId } of asked) if (!shutdown.signal.aborted) await rehearseAsRun(hub, feed, runId, limits)
        return []
      }
      queue = queue
        .then(runAll)
        .catch((error: unknown) => log.error({ err: error }, 'an import asked for could not run'))
      return { runIds: runs.map((r) => r.runId) }
    },
    judge: async (input, actor) => {
      const judged = await judgeParty(hub.db, input, actor)
      await advance(hub)
      return judged
    },
    decideHold: async (input, actor) => {
      if (input.decision === 'release') await releaseBatch(hub.db, input.batchId, actor.id)
      else
        await refuseBatch(
          hub.db,
          input.batchId,
          { code: 'landing.refused_by_person', message: { zh: input.reason, en: input.reason }, found: '', bound: '' },
          actor.id,
        )
      await advance(hub)
    },
  }
}

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
  const app = createApp({
    db: hub.db,
    log,
    settings: {
      region: hub.config.region,
      isDemo: options.isDemo,
      sessionKey: hub.keyring.derive('session'),
      ...defaultHttpSettings,
    },
    feeds: hub.feedList.map((f) => ({
      id: f.id,
      title: f.title,
      department: f.department,
      mode: f.mode,
      cron: f.cron,
      pulled: f.pages !== null,
    })),
    verbs: verbsOf(hub, shutdown),
    positionOn: (projectId, tick, on) => positionOn(hub.db, projectId, tick, on),
    blindIndex: (code) => hub.keyring.blind(JSON.stringify(code)),
    isReady: () => isReady && !shutdown.signal.aborted,
  })
  const scheduler = await startScheduler({
    db: hub.db,
    feeds: hub.feedList,
    schedules: hub.config.schedules,
    importFeed: async (feed, run) =>
      (await importFeed(hub, { feed, ...run, actor: 'schedule', signal: shutdown.signal })).state === 'green',
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
