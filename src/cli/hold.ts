/** `hold list` · `hold release <batch>` · `hold refuse <batch> --reason T`: deliveries that wait for a person. */
import { parseArgs } from 'node:util'
import type { Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import type { HoldReason } from '../landing/batch-figures.ts'
import { refuseBatch, releaseBatch } from '../landing/hold.ts'
import { advance } from '../pipeline.ts'
import type { Output } from './output.ts'

const usage = () =>
  new HubError({
    code: 'cli.bad_argument',
    publicMessage: {
      zh: '用法：hold list | release <批次> | refuse <批次> --reason <说明>',
      en: 'usage: hold list | release <batch> | refuse <batch> --reason <text>',
    },
  })

const list = async (hub: Hub, out: Output): Promise<number> => {
  const { rows } = await hub.db.pipeline.query<{
    batchId: bigint
    feed: string
    state: string
    fetched: bigint
    holdReason: HoldReason
  }>(
    `SELECT batch_id AS "batchId", feed, state, fetched, hold_reason AS "holdReason" FROM batch WHERE state IN ('held', 'queued') ORDER BY batch_id`,
  )
  out.result(rows)
  for (const r of rows)
    out.line(
      `${r.batchId}  ${r.feed}  ${r.state}  ${r.fetched} rows  ${r.holdReason.message.zh} ${r.holdReason.message.en} (${r.holdReason.found}, ${r.holdReason.bound})`,
    )
  if (rows.length === 0) out.line('没有暂扣的批次 nothing is held')
  return 0
}

export const holdCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  })
  const [verb, batch] = positionals
  if (verb === 'list') return list(hub, out)
  if (!batch || !/^\d{1,18}$/.test(batch) || (verb !== 'release' && verb !== 'refuse')) throw usage()
  if (verb === 'refuse' && !values.reason) throw usage()
  const done =
    verb === 'release'
      ? await releaseBatch(hub.db, BigInt(batch), 'cli')
      : await refuseBatch(
          hub.db,
          BigInt(batch),
          {
            code: 'landing.refused_by_person',
            message: { zh: values.reason!, en: values.reason! },
            found: '',
            bound: '',
          },
          'cli',
        )
  await advance(hub)
  out.result(done)
  out.line(`${done.batchId} ${done.feed}: ${done.state}`)
  return 0
}
