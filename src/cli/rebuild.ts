/** `rebuild [--yes]`: links, projects and positions derived anew from facts and judgements; without `--yes` it tells what there is and does nothing. */
import { parseArgs } from 'node:util'
import type { Hub } from '../hub.ts'
import { type DerivedCounts, derivedCounts, rebuild } from '../rebuild.ts'
import { type Output, table } from './output.ts'

const names: Readonly<Record<keyof DerivedCounts, string>> = {
  projects: '项目 projects',
  records: '项目记录 project records',
  partyLinks: '单位与纳税人的对应 links of parties to taxpayers',
  edges: '记录之间的依据 edges between records',
  ties: '票据等归入项目 ties of subjects to projects',
  positions: '项目状况 positions',
}
const kinds = Object.keys(names) as (keyof DerivedCounts)[]

const tellPlan = async (hub: Hub, out: Output): Promise<number> => {
  const counts = await derivedCounts(hub.db.pipeline)
  out.result({ rebuilt: false, before: counts })
  out.line('将清空并由事实和人工判定重新推导（历史状况不变，期间页面只显示一部分项目）')
  out.line(
    'would be emptied and derived anew from facts and judgements (the past stays; until it ends pages show part of the projects):',
  )
  for (const line of table(
    ['', 'rows'],
    kinds.map((kind) => [names[kind], counts[kind]]),
  ))
    out.line(line)
  out.line('未执行；确认请加 --yes nothing was done: add --yes to do it')
  return 2
}

/** Exit code 2 without `--yes`: it was not asked for in earnest. */
export const rebuildCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { yes: { type: 'boolean', default: false } } })
  if (!values.yes) return tellPlan(hub, out)
  const { before, after, changed, times, tick } = await rebuild(hub, 'cli')
  out.result({ rebuilt: true, tick, before, after, changed, times })
  for (const line of table(
    ['', 'before', 'after'],
    kinds.map((kind) => [names[kind], before[kind], after[kind]]),
  ))
    out.line(line)
  out.line(
    `与之前不同 different from before: 对应 links ${changed.partyLinks}  成员 memberships ${changed.memberships}  归入 ties ${changed.ties}  状况 positions ${changed.positions}`,
  )
  out.line(`用时 times: 关联 link ${times.linkMs} ms  推进 track ${times.trackMs} ms  时标 tick ${tick}`)
  return 0
}
