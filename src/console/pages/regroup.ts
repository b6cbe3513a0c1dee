/** The bench for one project's records: part some from it, or join another project to it; each time what would change is shown first. */
import { html } from 'hono/html'
import { z } from 'zod'
import { ProjectId, RecordId } from '#schemas/api/fields.ts'
import type { PairAnswer, ProjectAnswer, ProjectNeighbour } from '#schemas/api/project.ts'
import type { Actor } from '../../access/actor.ts'
import { linkJudges, linkReaders } from '../../http/access.ts'
import type { HttpSettings } from '../../http/deps.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { mergeProblems, recordHashOf, requireKnown, splitProblems } from '../../http/routes/projects.ts'
import { isHubError } from '../../kernel/errors.ts'
import { projectId } from '../../kernel/opaque-id.ts'
import type { Act } from '../../link/verbs/act.ts'
import { explainPair, membersOf, neighboursOf, type ProjectMember } from '../../query/pairs.ts'
import { findProject } from '../../query/position.ts'
import { pairBecause, pairBlock, pairChangeBy } from '../parts/act-words.ts'
import { sideOf } from '../parts/compared.ts'
import { day, type Markup, wan } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { waterfall } from '../parts/waterfall.ts'
import { departmentName, edgeRule, feedName, kindName, projectComparison } from '../parts/words.ts'
import { previewPage, StepForm } from './acts.ts'

const Params = z.object({ projectId: ProjectId })

interface Chosen {
  readonly records: readonly string[]
  readonly other: string
  readonly notice: string | null
}
const nothingChosen: Chosen = { records: [], other: '', notice: null }

const recordRows = (
  id: string,
  members: readonly ProjectMember[],
  chosen: Chosen,
): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元</caption>
  <thead><tr><th>分出</th><th class="name">记录中的名称</th><th>数据资源</th><th>类别</th><th>建设单位</th><th class="n">金额</th><th>日期</th><th>为何在此</th></tr></thead>
  <tbody>${members.map(
    (
      member,
      n,
    ) => html`<tr><td><input type="checkbox" id="${member.record}" name="${member.record}"${chosen.records.includes(member.record) ? html` checked` : ''}></td>
    <td><label for="${member.record}">${member.name}</label></td><td class="nw">${departmentName(member.feed.split('.')[0])} <small>${feedName(member.feed)}</small></td><td class="nw">${kindName(member.kind)}</td>
    <td>${member.ownerName ?? ''}</td><td class="n">${member.amountFen === null ? '' : wan(member.amountFen)}</td><td>${day(member.on)}</td>
    <td class="nw"><a href="/projects/${id}/pair?record=${member.record}&other=${members[n === 0 ? 1 : 0]!.record}">逐项比较</a></td></tr>`,
  )}</tbody></table></div>`

const neighbourRows = (
  id: string,
  neighbours: readonly ProjectNeighbour[],
  chosen: Chosen,
): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元</caption>
  <thead><tr><th>合并</th><th class="name">项目</th><th class="n">合同额</th><th class="n">记录</th><th>最相近之处</th><th class="n">权重（比特）</th><th>为何不是同一项目</th></tr></thead>
  <tbody>${neighbours.map(
    (
      other,
    ) => html`<tr><td><input type="radio" id="n-${other.project}" name="near" value="${other.project}"${chosen.other === other.project ? html` checked` : ''}></td>
    <td><label for="n-${other.project}">${other.name}</label> <a class="code" href="/projects/${other.project}">${other.project}</a></td><td class="n">${wan(other.contractFen)}</td><td class="n">${other.records}</td>
    <td class="nw">${other.veto ? html`<span class="doubt">互斥：</span>` : ''}${edgeRule(other.rule)}</td><td class="n">${other.weight.toFixed(1)}</td>
    <td><a href="/projects/${id}/pair?record=${other.record}&other=${other.other}">逐项比较</a></td></tr>`,
  )}</tbody></table></div>`

const bench = (
  project: ProjectAnswer,
  members: readonly ProjectMember[],
  neighbours: readonly ProjectNeighbour[],
  chosen: Chosen,
  mayJudge: boolean,
): Markup => html`<h1>整理：${project.position.name}</h1>
  <p class="lead">${project.id}　把混进来的记录分出去，或把散在别处的并进来。先看会改变什么，再决定；每一步都可以撤销。</p>
  ${chosen.notice ? html`<p class="notice" role="alert">${chosen.notice}。</p>` : ''}
  <form method="post" action="/projects/${project.id}/regroup">
  <input type="hidden" name="step" value="preview">
  <h2>分出记录</h2>
  ${members.length > 1 ? html`${recordRows(project.id, members, chosen)}${mayJudge ? html`<p class="choices"><button name="verb" value="split" data-key="s">预览拆分 <kbd>s</kbd></button></p>` : ''}` : html`<p class="empty">只有一条记录，没有可分的。</p>`}
  <h2>并入另一个项目</h2>
  ${neighbours.length > 0 ? neighbourRows(project.id, neighbours, chosen) : html`<p class="empty">没有与它相近的其他项目。知道编号的，可以直接填写。</p>`}
  ${mayJudge ? html`<p class="choices"><label>或项目编号 <input class="short" name="other" pattern="P[1-9][0-9]*" placeholder="P123" value="${chosen.other}"></label><button name="verb" value="merge" data-key="m">预览合并 <kbd>m</kbd></button><a href="/projects/${project.id}">返回项目</a></p>` : ''}
  </form>`

const frame = (title: string, settings: HttpSettings, actor: Actor, id: string, name: string) => ({
  title,
  settings,
  actor,
  trail: [
    { href: '/projects', text: '项目' },
    { href: `/projects/${id}`, text: name },
  ],
  script: 'review.js' as const,
})

export const regroupPage = defineRoute({
  id: 'page.regroup',
  method: 'get',
  path: '/projects/{projectId}/regroup',
  tag: 'console',
  summary: { zh: '整理项目的记录', en: "Regroup a project's records" },
  roles: linkReaders,
  contentType: 'text/html',
  params: Params,
  problems: ['http.not_found'],
  handle: async ({ read, actor, params, deps }) => {
    const id = projectId.numberOf(params.projectId) ?? 0n
    const seen = await read(async (client) => ({
      project: await findProject(client, actor, id),
      members: await membersOf(client, actor, id),
      neighbours: await neighboursOf(client, id, 20),
    }))
    if (!seen.project) throw problemError('http.not_found')
    const mayJudge = (linkJudges as readonly string[]).includes(actor.role)
    const main = bench(seen.project, seen.members, seen.neighbours, nothingChosen, mayJudge)
    return page(layout(frame('整理', deps.settings, actor, params.projectId, seen.project.position.name), main))
  },
})

/** Records are told by the names of their boxes. */
const RegroupForm = StepForm.extend({
  verb: z.enum(['split', 'merge']),
  near: ProjectId.optional(),
  other: z.union([ProjectId, z.literal('')]).optional(),
})
  .catchall(z.string().max(500))
  .transform(({ step, verb, reason, near, other, ...rest }) => ({
    step,
    verb,
    reason: reason?.trim() || '页面核实',
    other: other || near || '',
    records: Object.keys(rest).filter((name) => RecordId.safeParse(name).success),
  }))
type RegroupForm = z.output<typeof RegroupForm>

const actOf = (id: string, form: RegroupForm): Act => {
  const project = (projectId.numberOf(id) ?? 0n).toString()
  if (form.verb === 'split')
    return { verb: 'split', project, records: form.records.map((record) => recordHashOf(record).toString('hex')) }
  return { verb: 'merge', project, other: (projectId.numberOf(form.other) ?? 0n).toString() }
}

const againOf = (form: RegroupForm): Record<string, string> =>
  form.verb === 'split'
    ? { verb: 'split', ...Object.fromEntries(form.records.map((record) => [record, 'on'])) }
    : { verb: 'merge', other: form.other }

export const regroupForm = defineRoute({
  id: 'page.regroupDo',
  method: 'post',
  path: '/projects/{projectId}/regroup',
  tag: 'console',
  summary: { zh: '拆分或合并', en: 'Split or merge' },
  roles: linkJudges,
  audit: 'verb',
  contentType: 'text/html',
  isForm: true,
  params: Params,
  body: RegroupForm,
  problems: [...new Set([...mergeProblems, ...splitProblems])],
  handle: async ({ read, actor, params, body, deps }) => {
    const id = projectId.numberOf(params.projectId) ?? 0n
    const seen = await read(async (client) => ({
      project: await findProject(client, actor, id),
      members: await membersOf(client, actor, id),
      neighbours: await neighboursOf(client, id, 20),
    }))
    if (!seen.project) throw problemError('http.not_found')
    const { name } = seen.project.position
    const dryRun = body.step === 'preview'
    try {
      if (body.verb === 'merge') await read((client) => requireKnown(client, body.other))
      const result = await deps.verbs.act({ act: actOf(params.projectId, body), reason: body.reason, dryRun }, actor)
      if (!dryRun) return redirect(`/acts/${result.act}`)
      const title =
        body.verb === 'split' ? `从「${name}」分出 ${body.records.length} 条记录` : `把 ${body.other} 与「${name}」合并`
      const path = `/projects/${params.projectId}/regroup`
      const form = {
        title,
        action: path,
        again: againOf(body),
        back: path,
        verb: body.verb === 'split' ? '拆分' : '合并',
      }
      return page(previewPage(form, result, deps.settings, actor))
    } catch (error) {
      // What was chosen stays, and the page says why it cannot be.
      if (!isHubError(error) || !error.code.startsWith('judgement.')) throw error
      const chosen = { records: body.records, other: body.other, notice: error.publicMessage.zh }
      const main = bench(seen.project, seen.members, seen.neighbours, chosen, true)
      return page(layout(frame('整理', deps.settings, actor, params.projectId, name), main))
    }
  },
})

const Evidence = z
  .array(
    z.object({ comparison: z.string(), left: z.string(), right: z.string(), level: z.string(), weight: z.number() }),
  )
  .catch([])

const pairView = (pair: PairAnswer): Markup => {
  const [one, other] = pair.records as [PairAnswer['records'][number], PairAnswer['records'][number]]
  const nameOf = (record: string): string => {
    const found = pair.records.find((r) => r.record === record)
    return found ? `${departmentName(found.feed.split('.')[0])}${kindName(found.kind)}` : record
  }
  const items = Evidence.parse(pair.evidence).map((item) => ({
    title: projectComparison(item.comparison),
    left: sideOf(item.comparison, item.left),
    right: sideOf(item.comparison, item.right),
    weight: item.weight,
    level: item.weight > 0 ? '相符' : '不符',
  }))
  return html`<h1>${pair.same ? '两条记录为何是同一项目' : '两条记录为何不是同一项目'}</h1>
  <p class="lead"><span class="chip ${pair.same ? 'settled' : 'doubt'}">${pair.same ? '同一项目' : '不是同一项目'}</span> ${pairBecause(pair.because)}${pair.rule ? `（${edgeRule(pair.rule)}）` : ''}</p>
  <div class="wide"><table><thead><tr><th></th><th>数据资源</th><th>名称</th><th>项目</th><th>记录编号</th></tr></thead>
  <tbody>${[one, other].map((r, n) => html`<tr><td>${n === 0 ? '甲' : '乙'}</td><td>${departmentName(r.feed.split('.')[0])} <small>${feedName(r.feed)}</small>　${kindName(r.kind)}</td><td>${r.name}</td><td><a href="/projects/${r.project}">${r.project}</a></td><td class="code">${r.record}</td></tr>`)}</tbody></table></div>
  <h2>逐项比较</h2>${items.length > 0 ? waterfall(items, ['甲', '乙']) : html`<p class="empty">两条记录之间没有可计权重的相符或不符。</p>`}
  <dl class="facts">
    <div><dt>按什么比到一起（分块规则）</dt><dd>${pair.foundBy.length > 0 ? pair.foundBy.map(pairBlock).join('、') : '没有共同的分块'}</dd></div>
    <div><dt>两条之间的权重</dt><dd>${pair.weight === null ? '—' : pair.veto ? '互斥，不论其他' : `${pair.weight.toFixed(1)} 比特`}</dd></div>
    <div class="whole"><dt>什么会改变结论（任一即可）</dt><dd>${pair.change.by.map(pairChangeBy).join('；')}${pair.change.bits ? `；或再有 ${pair.change.bits.toFixed(1)} 比特相符的依据` : ''}</dd></div>
  </dl>
  ${pair.way.length > 1 ? html`<h2>经由</h2><ol>${pair.way.map((step) => html`<li>${nameOf(step.record)} — ${nameOf(step.other)}：${step.weight === null ? '人工认定' : `${edgeRule(step.rule)}（${step.weight.toFixed(1)} 比特）`}</li>`)}</ol>` : ''}
  ${pair.judgements.length > 0 ? html`<h2>人工认定</h2><ul>${pair.judgements.map((said) => html`<li>${said.author} 认定${said.verdict === 'positive' ? '是' : '不是'}同一项目：${said.reason}</li>`)}</ul>` : ''}`
}

export const pairPage = defineRoute({
  id: 'page.pair',
  method: 'get',
  path: '/projects/{projectId}/pair',
  tag: 'console',
  summary: { zh: '两条记录为何是（不是）同一项目', en: 'Why two records are, or are not, one project' },
  roles: linkReaders,
  contentType: 'text/html',
  params: Params,
  query: z.object({ record: RecordId, other: RecordId }),
  problems: ['http.not_found', 'judgement.unknown_record'],
  handle: async ({ read, actor, params, query, deps }) => {
    const pair = await read((client) =>
      explainPair(client, actor, recordHashOf(query.record), recordHashOf(query.other)),
    )
    if (!pair?.records.some((record) => record.project === params.projectId)) throw problemError('http.not_found')
    return page(layout(frame('逐项比较', deps.settings, actor, params.projectId, params.projectId), pairView(pair)))
  },
})
