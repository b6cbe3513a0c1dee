/** `replay <feed> [--mapping V] [--plan]`: stored versions through the mapping of this build; `--plan` prints the field diff and stops. */
import { parseArgs } from 'node:util'
import type { AnyFeed } from '#connect'
import { feedNamed, type Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import { finishRun, keepBeating, startRun } from '../landing/run.ts'
import { decideReplay, planReplay, type ReplayPlan } from '../normalise/replay.ts'
import { advance } from '../pipeline.ts'
import type { Output } from './output.ts'

const checkMapping = (feed: AnyFeed, asked: string | undefined): void => {
  if (asked === undefined || asked === String(feed.mapping)) return
  throw new HubError({
    code: 'cli.bad_argument',
    publicMessage: {
      zh: `本程序中 ${feed.id} 的映射版本是 ${feed.mapping}，没有 ${asked}`,
      en: `this build maps ${feed.id} with version ${feed.mapping}; it has no ${asked}`,
    },
  })
}

const planJson = (plan: ReplayPlan) => ({ ...plan, fields: [...plan.fields.values()] })

const printPlan = (plan: ReplayPlan, out: Output): void => {
  out.line(
    `版本 versions ${plan.versions}  不变 unchanged ${plan.unchanged}  改变 changed ${plan.changed}  新增 appear ${plan.appear}  消失 vanish ${plan.vanish}`,
  )
  for (const f of [...plan.fields.values()].sort((a, b) => b.facts - a.facts)) {
    out.line(`  ${f.field}: ${f.facts}`)
    for (const e of f.examples) out.line(`    ${e.before} → ${e.after}`)
  }
}

export const replayCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { mapping: { type: 'string' }, plan: { type: 'boolean' } },
  })
  const feed = feedNamed(hub, positionals[0] ?? '')
  checkMapping(feed, values.mapping)
  if (values.plan) {
    const plan = await planReplay(hub.db, feed)
    out.result(planJson(plan))
    printPlan(plan, out)
    return 0
  }
  const run = await startRun(hub.db, {
    source: feed.id,
    kind: 'replay',
    request: { mapping: feed.mapping, actor: 'cli' },
  })
  const stopBeating = keepBeating(hub.db, run)
  const work = async () => {
    const plan = await planReplay(hub.db, feed, run.runId)
    const isEmpty = plan.changed + plan.appear + plan.vanish === 0
    const tick = isEmpty ? null : await decideReplay(hub.db, feed, run.runId, plan, 'cli')
    await advance(hub)
    return { plan, tick }
  }
  const { plan, tick } = await work()
    .catch(async (error) => {
      await finishRun(hub.db.pipeline, run, 'failed', null, error)
      throw error
    })
    .finally(stopBeating)
  await finishRun(
    hub.db.pipeline,
    run,
    'green',
    JSON.parse(JSON.stringify({ ...planJson(plan), tick: tick?.toString() ?? null })),
  )
  out.result({ runId: run.runId, tick, ...planJson(plan) })
  printPlan(plan, out)
  return 0
}
