import { html } from 'hono/html'
import { z } from 'zod'
import { RunId } from '#schemas/api/fields.ts'
import {
  type BatchItem,
  HoldInput,
  ImportsQuery,
  type RunAnswer,
  type RunItem,
  type SourceItem,
  StartImport,
} from '#schemas/api/import.ts'
import { importStarters, operations } from '../../http/access.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { findRun, listRuns } from '../../query/imports.ts'
import { listSources } from '../../query/sources.ts'
import { count, instantText, type Markup } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { batchStateName, departmentName, runKindName, runStateName } from '../parts/words.ts'

const stateChip = (run: RunItem): Markup =>
  html`<span class="chip ${run.state === 'green' ? 'settled' : run.state === 'running' ? '' : run.state === 'held' ? 'doubt' : 'owed'}">${runStateName(run.state)}</span>`

const sourcesTable = (sources: readonly SourceItem[], mayStart: boolean): Markup => html`<div class="wide"><table>
  <thead><tr><th>数据资源</th><th class="n">存量记录</th><th>最近完整交付</th><th>最近一次</th><th class="n">暂扣</th><th class="n">问题数据</th><th></th></tr></thead>
  <tbody>${sources.map(
    (
      source,
    ) => html`<tr><td>${departmentName(source.department)}　${source.title}<br><small class="code">${source.feed}</small></td><td class="n">${count(source.live)}</td><td>${instantText(source.lastCompleteAt)}</td>
    <td>${source.lastRun ? html`<a href="/imports/${source.lastRun.runId}">${stateChip(source.lastRun)}</a>` : html`<span class="unknown">从未</span>`}</td>
    <td class="n">${source.heldBatches > 0 ? html`<strong class="doubt">${source.heldBatches}</strong>` : '0'}</td><td class="n">${source.openQuarantine > 0 ? html`<strong class="owed">${count(source.openQuarantine)}</strong>` : '0'}</td>
    <td>${mayStart && source.pulled ? html`<form method="post" action="/imports"><input type="hidden" name="source" value="${source.feed}"><button class="quiet">立即导入</button></form>` : ''}</td></tr>`,
  )}</tbody></table></div>`

const runsTable = (runs: readonly RunItem[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>开始</th><th>来源</th><th>方式</th><th>结果</th><th class="n">用时（秒）</th></tr></thead>
  <tbody>${runs.map((run) => html`<tr class="row"><td><a href="/imports/${run.runId}">${instantText(run.startedAt)}</a></td><td>${run.source}</td><td>${runKindName(run.kind)}</td><td>${stateChip(run)}</td><td class="n">${run.seconds?.toFixed(1) ?? '—'}</td></tr>`)}</tbody></table></div>`

export const importsPage = defineRoute({
  id: 'page.imports',
  method: 'get',
  path: '/imports',
  tag: 'console',
  summary: { zh: '导入', en: 'Imports' },
  roles: operations,
  contentType: 'text/html',
  query: ImportsQuery,
  problems: ['http.bad_cursor'],
  handle: async ({ actor, query, deps }) => {
    const [sources, runs] = await Promise.all([
      listSources(deps.db.pipeline, deps.feeds),
      listRuns(deps.db.pipeline, query),
    ])
    const main = html`<h1>各单位的数据到齐了吗？</h1>${sourcesTable(sources, (importStarters as readonly string[]).includes(actor.role))}
    <h2>导入记录</h2>${runs.items.length > 0 ? runsTable(runs.items) : html`<p class="empty">还没有导入过。</p>`}
    ${runs.nextCursor ? html`<p class="more"><a rel="next" href="/imports?cursor=${runs.nextCursor}">更早 ›</a></p>` : ''}`
    return page(layout({ title: '导入', settings: deps.settings, actor, current: '/imports', script: 'list.js' }, main))
  },
})

const check = (verdict: boolean | null, good: string, bad: string, none: string): Markup =>
  verdict === null
    ? html`<span class="unknown">${none}</span>`
    : verdict
      ? html`<span class="ok">${good}</span>`
      : html`<span class="bad owed">${bad}</span>`

const holdForm = (
  batch: BatchItem,
  runId: string,
): Markup => html`<form class="filters" method="post" action="/batches/${batch.batchId}/hold"><input type="hidden" name="runId" value="${runId}">
  <label>理由 <input name="reason" required maxlength="500"></label><button name="decision" value="release">放行</button><button class="danger" name="decision" value="refuse">拒收</button></form>`

const HoldReason = z.object({
  message: z.object({ zh: z.string() }),
  found: z.string().optional(),
  bound: z.string().optional(),
})

const batchBlock = (batch: BatchItem, runId: string, mayDecide: boolean): Markup => {
  const hold = HoldReason.safeParse(batch.holdReason).data
  return html`<h2>批次 ${batch.batchId}　${batch.feed}　<span class="chip">${batch.mode === 'full' ? '全量' : '增量'}</span> <span class="chip">${batchStateName(batch.state)}</span></h2>
  ${hold ? html`<p class="doubt">${hold.message.zh}${hold.found ? `：${hold.found}` : ''}${hold.bound ? `（界限 ${hold.bound}）` : ''}</p>` : ''}
  ${(batch.state === 'held' || batch.state === 'queued') && mayDecide ? holdForm(batch, runId) : ''}
  <div class="wide"><table><thead><tr><th class="n">获取</th><th class="n">新增</th><th class="n">变更</th><th class="n">未变</th><th class="n">撤回</th><th class="n">较旧</th><th class="n">重复</th><th class="n">问题数据</th><th>收数</th><th>与来源声明</th></tr></thead>
  <tbody><tr><td class="n">${count(batch.fetched)}</td><td class="n">${count(batch.new)}</td><td class="n">${count(batch.changed)}</td><td class="n">${count(batch.unchanged)}</td><td class="n">${count(batch.withdrawn)}</td><td class="n">${count(batch.older)}</td><td class="n">${count(batch.repeated)}</td><td class="n">${count(batch.quarantined)}</td>
  <td>${check(batch.closes, '相符', '不符', '—')}</td><td>${check(batch.agrees, `相符（${count(batch.declaredRows)}）`, `不符（声明 ${count(batch.declaredRows)}）`, '未声明')}</td></tr></tbody></table>
  <table><thead><tr><th class="n">原存量</th><th class="n">新增</th><th class="n">恢复</th><th class="n">撤回</th><th class="n">缺失</th><th class="n">现存量</th><th>存量</th><th class="n">版本</th><th class="n">事实</th><th class="n">不能解读</th><th class="n">不取</th><th class="n">数据问题</th></tr></thead>
  <tbody><tr><td class="n">${count(batch.liveBefore)}</td><td class="n">${count(batch.new)}</td><td class="n">${count(batch.revived)}</td><td class="n">${count(batch.withdrawn)}</td><td class="n">${count(batch.absent)}</td><td class="n">${count(batch.liveAfter)}</td><td>${check(batch.balances, '平衡', '不平', '未采纳')}</td>
  <td class="n">${count(batch.versions)}</td><td class="n">${count(batch.facts)}</td><td class="n">${count(batch.rejected)}</td><td class="n">${count(batch.ignored)}</td><td class="n">${count(batch.issues)}</td></tr></tbody></table></div>`
}

const quarantineTable = (
  run: RunAnswer,
): Markup => html`<div class="wide"><table><thead><tr><th>位置</th><th>代码</th><th>字段</th><th>说明</th><th>应为</th><th>原文（按岗位遮盖）</th></tr></thead>
  <tbody>${run.quarantine.map((item) => html`<tr><td>${item.source} 第 ${item.row} 行</td><td class="code">${item.code}</td><td class="code">${item.pointer}</td><td>${item.message.zh}</td><td>${item.expected}</td><td><pre>${item.payload ?? '已封存'}</pre></td></tr>`)}</tbody></table></div>`

const progressText = ({ pages, rows, slice, slices, day }: NonNullable<RunAnswer['progress']>): string =>
  `已收 ${count(pages)} 页、${count(rows)} 条${slice === undefined || slices === undefined || slices < 2 ? '' : `；补采第 ${slice} / ${slices} 段（${day}）`}`

const RunError = z.object({ code: z.string(), message: z.object({ zh: z.string() }) })

export const importPage = defineRoute({
  id: 'page.import',
  method: 'get',
  path: '/imports/{runId}',
  tag: 'console',
  summary: { zh: '一次导入', en: 'A run' },
  roles: operations,
  contentType: 'text/html',
  params: z.object({ runId: RunId }),
  problems: ['http.not_found'],
  handle: async ({ actor, params, deps }) => {
    const run = await findRun(deps.db.pipeline, actor.role, params.runId)
    if (!run) throw problemError('http.not_found')
    const error = RunError.safeParse(run.error).data
    const mayDecide = (importStarters as readonly string[]).includes(actor.role)
    const main = html`<h1>${run.source} ${stateChip(run)}</h1>
    <p class="lead">${runKindName(run.kind)}，${instantText(run.startedAt)} 开始，${run.seconds === null ? '尚未结束' : `用时 ${run.seconds.toFixed(1)} 秒`}，第 ${run.attempt} 次尝试　<span class="code">${run.runId}</span></p>
    ${run.progress && run.state !== 'green' ? html`<p>${progressText(run.progress)}</p>` : ''}
    ${error ? html`<p class="owed" role="alert">${error.message.zh}（<code>${error.code}</code>）</p>` : ''}
    ${run.batches.length > 0 ? run.batches.map((batch) => batchBlock(batch, run.runId, mayDecide)) : html`<p class="empty">没有批次：来源没有交付，或尚未开始。</p>`}
    ${run.quarantine.length > 0 ? html`<h2>问题数据（前 ${run.quarantine.length} 条）</h2>${quarantineTable(run)}` : ''}
    ${run.drift.length > 0 ? html`<h2>结构变化</h2><ul>${run.drift.map((item) => html`<li>${item.feed}：${item.kind === 'unknown' ? '多出字段' : '缺少字段'} <code>${item.field}</code>（${count(item.rows)} 行）</li>`)}</ul>` : ''}`
    return page(
      layout(
        {
          title: `导入 ${run.source}`,
          settings: deps.settings,
          actor,
          current: '/imports',
          trail: [{ href: '/imports', text: '导入' }],
        },
        main,
      ),
    )
  },
})

export const startImportForm = defineRoute({
  id: 'page.startImport',
  method: 'post',
  path: '/imports',
  tag: 'console',
  summary: { zh: '立即导入', en: 'Start an import' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  contentType: 'text/html',
  isForm: true,
  body: z.object({ source: z.string() }).pipe(StartImport),
  problems: [
    'import.unknown_source',
    'import.already_running',
    'import.not_pulled',
    'import.bad_range',
    'import.range_too_long',
    'import.unordered_range',
  ],
  handle: async ({ body, actor, deps }) => {
    const [runId] = (await deps.verbs.startImport(body, actor)).runIds
    return redirect(runId ? `/imports/${runId}` : '/imports')
  },
})

export const decideHoldForm = defineRoute({
  id: 'page.decideHold',
  method: 'post',
  path: '/batches/{batchId}/hold',
  tag: 'console',
  summary: { zh: '放行或拒收', en: 'Release or refuse' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  contentType: 'text/html',
  isForm: true,
  params: z.object({ batchId: z.string().regex(/^[1-9]\d{0,17}$/) }),
  body: HoldInput.extend({ runId: RunId }),
  problems: ['landing.not_held', 'landing.release_order'],
  handle: async ({ params, body: { runId, ...decision }, actor, deps }) => {
    await deps.verbs.decideHold({ batchId: BigInt(params.batchId), ...decision }, actor)
    return redirect(`/imports/${runId}`)
  },
})
