/** A person's act: what it is, what confirming a proposal would change, and the second person's answer. */
import { html } from 'hono/html'
import { z } from 'zod'
import { ActId, type ActItem, type ActResult, AnswerInput } from '#schemas/api/act.ts'
import type { Actor } from '../../access/actor.ts'
import { linkJudges, linkReaders } from '../../http/access.ts'
import type { HttpSettings } from '../../http/deps.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { answerProblems, undoProblems } from '../../http/routes/acts.ts'
import { isHubError } from '../../kernel/errors.ts'
import { findAct } from '../../query/acts.ts'
import { actState, actVerb, secondPersonReason } from '../parts/act-words.ts'
import { effectView } from '../parts/effect.ts'
import { count, instantText, type Markup, wan } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'

/** What an act is about, in words. */
export const aboutAct = (act: ActItem): Markup => {
  const projects = act.projects.map(
    ({ id, name }, n) => html`${n > 0 ? '、' : ''}<a href="/projects/${id}">${name}</a>`,
  )
  if (act.party)
    return html`<a href="/links/${act.party}">${act.partyName}</a>${act.registrationId ? html` ↔ ${act.registrationName ?? act.registrationId}` : ''}`
  return html`${projects}`
}

const stateChip = (act: ActItem): Markup =>
  html`<span class="chip ${act.state === 'open' ? 'doubt' : act.state === 'standing' || act.state === 'confirmed' ? 'settled' : ''}">${actState(act.state)}</span>`

/** Acts as a table; `undo` offers to take back those that stand. */
export const actsTable = (acts: readonly ActItem[], mayUndo: boolean): Markup => html`<div class="wide"><table>
  <thead><tr><th>时间</th><th>谁</th><th>认定</th><th>对象</th><th class="n">变动金额（万元）</th><th>理由</th><th>状态</th>${mayUndo ? html`<th></th>` : ''}</tr></thead>
  <tbody>${acts.map(
    (
      act,
    ) => html`<tr><td class="nw">${instantText(act.at)}</td><td class="nw">${act.authorName}</td><td class="nw"><a href="/acts/${act.id}">${actVerb(act.verb)}${act.undoes ? ` ${act.undoes}` : ''}</a></td>
    <td>${aboutAct(act)}</td><td class="n">${act.movedFen === null ? '' : wan(act.movedFen)}</td><td>${act.reason}</td><td>${stateChip(act)}</td>
    ${mayUndo ? html`<td>${(act.state === 'standing' || act.state === 'confirmed') && act.verb !== 'undo' ? html`<form method="post" action="/acts/${act.id}/undo"><input type="hidden" name="step" value="preview"><button class="quiet">撤销…</button></form>` : ''}</td>` : ''}</tr>`,
  )}</tbody></table></div>`

const factsOf = (act: ActItem): Markup => html`<dl class="facts">
  <div><dt>认定</dt><dd><strong>${actVerb(act.verb)}</strong>${act.undoes ? html` <a href="/acts/${act.undoes}">${act.undoes}</a>` : ''}</dd></div>
  <div><dt>状态</dt><dd>${stateChip(act)}</dd></div>
  <div><dt>提出</dt><dd>${act.authorName}　<time>${instantText(act.at)}</time></dd></div>
  <div><dt>变动金额</dt><dd>${wan(act.movedFen)} 万元</dd></div>
  <div class="whole"><dt>对象</dt><dd>${aboutAct(act)}</dd></div>
  <div class="whole"><dt>理由</dt><dd>${act.reason}</dd></div>
  ${act.secondPerson.length > 0 ? html`<div class="whole"><dt>为何两人</dt><dd>${act.secondPerson.map(secondPersonReason).join('；')}</dd></div>` : ''}
  ${act.answer ? html`<div class="whole"><dt>第二人</dt><dd>${act.answer.authorName}　<time>${instantText(act.answer.at)}</time>　${act.answer.reason}</dd></div>` : ''}
  ${act.records.length > 0 ? html`<div><dt>涉及记录</dt><dd>${count(act.records.length)} 条</dd></div>` : ''}
  <div><dt>设置版本</dt><dd>${act.settings}</dd></div>
  <div class="whole"><dt>所见依据的摘要（SM3）</dt><dd class="code">${act.digest}</dd></div>
</dl>`

const answerForm = (act: ActItem, actor: Actor): Markup =>
  act.author === actor.id
    ? html`<p class="notice" role="note">这是您提出的，须由另一位数据管理员确认或否决。</p>
      <form class="choices" method="post" action="/acts/${act.id}/answer"><input name="reason" maxlength="500" placeholder="理由（选填）" aria-label="理由"><button class="quiet" name="answer" value="withdrawn">收回提议</button></form>`
    : html`<form class="choices" method="post" action="/acts/${act.id}/answer">
      <input name="reason" maxlength="500" placeholder="理由（选填）" aria-label="理由">
      <button name="answer" value="confirmed" data-key="a">确认，立即生效 <kbd>a</kbd></button>
      <button class="danger" name="answer" value="declined" data-key="r">否决 <kbd>r</kbd></button>
      <a data-key="l" href="/links">以后再说 <kbd>l</kbd></a></form>`

const frame = (title: string, settings: HttpSettings, actor: Actor) => ({
  title,
  settings,
  actor,
  current: '/links',
  trail: [{ href: '/links', text: '待核实' }],
  script: 'review.js' as const,
})

export const actPage = defineRoute({
  id: 'page.act',
  method: 'get',
  path: '/acts/{actId}',
  tag: 'console',
  summary: { zh: '一条人工认定', en: 'One act' },
  roles: linkReaders,
  contentType: 'text/html',
  params: z.object({ actId: ActId }),
  problems: ['http.not_found'],
  handle: async ({ read, actor, params, deps }) => {
    const actId = BigInt(params.actId)
    const act = await read((client) => findAct(client, actor, actId))
    if (!act) throw problemError('http.not_found')
    const mayJudge = (linkJudges as readonly string[]).includes(actor.role)
    let preview: Markup | '' = ''
    if (act.state === 'open' && mayJudge) {
      const asked = { actId, answer: 'confirmed', reason: '预览', dryRun: true } as const
      preview = await deps.verbs.answer(asked, actor).then(
        (result) => (result ? html`<h2>确认后会改变什么</h2>${effectView(result.effect, true)}` : ''),
        // The world has moved on since it was proposed: that is told, and the proposal can still be declined.
        (error: unknown) => {
          if (!isHubError(error)) throw error
          return html`<p class="notice" role="alert">现在已不能照此办理：${error.publicMessage.zh}。</p>`
        },
      )
    }
    const main = html`<h1>${actVerb(act.verb)}</h1>${factsOf(act)}${preview}
    ${act.state === 'open' && mayJudge ? answerForm(act, actor) : ''}
    ${(act.state === 'standing' || act.state === 'confirmed') && act.verb !== 'undo' && mayJudge ? html`<form class="choices" method="post" action="/acts/${act.id}/undo"><input type="hidden" name="step" value="preview"><button class="quiet" data-key="u">撤销… <kbd>u</kbd></button></form>` : ''}`
    return page(layout(frame(actVerb(act.verb), deps.settings, actor), main))
  },
})

const AnswerForm = z
  .object({ answer: z.string(), reason: z.string().optional() })
  .transform(({ answer, reason }) => ({ answer, reason: reason?.trim() || '页面复核' }) as z.input<typeof AnswerInput>)
  .pipe(AnswerInput)

export const answerActForm = defineRoute({
  id: 'page.answerAct',
  method: 'post',
  path: '/acts/{actId}/answer',
  tag: 'console',
  summary: { zh: '确认、否决或收回', en: 'Confirm, decline or withdraw' },
  roles: linkJudges,
  audit: 'verb',
  contentType: 'text/html',
  isForm: true,
  params: z.object({ actId: ActId }),
  body: AnswerForm,
  problems: answerProblems,
  handle: async ({ read, actor, params, body, deps }) => {
    const actId = BigInt(params.actId)
    if (!(await read((client) => findAct(client, actor, actId)))) throw problemError('http.not_found')
    await deps.verbs.answer({ actId, ...body, dryRun: false }, actor)
    return redirect(`/acts/${params.actId}`)
  },
})

/** A form posts what was asked once more, to do what was shown. */
export const StepForm = z.object({
  step: z.enum(['preview', 'do']).default('preview'),
  reason: z.string().max(500).optional(),
})

/** The page between asking and doing: what would change, and the button. `again` carries the fields of the form that asked. */
export const previewPage = (
  asked: {
    readonly title: string
    readonly action: string
    readonly again: Readonly<Record<string, string>>
    readonly back: string
    readonly verb: string
  },
  result: ActResult,
  settings: HttpSettings,
  actor: Actor,
): string =>
  layout(
    frame(asked.title, settings, actor),
    html`<h1>${asked.title}</h1>${effectView(result.effect)}
    <form class="choices" method="post" action="${asked.action}">
      ${Object.entries(asked.again).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
      <input type="hidden" name="step" value="do">
      <input name="reason" maxlength="500" required placeholder="理由" aria-label="理由" value="${asked.again.reason ?? ''}">
      <button data-key="a">${result.effect.secondPerson.length > 0 ? '提交，等第二人确认' : asked.verb} <kbd>a</kbd></button>
      <a data-key="l" href="${asked.back}">不改，返回 <kbd>l</kbd></a></form>`,
  )

export const undoActForm = defineRoute({
  id: 'page.undoAct',
  method: 'post',
  path: '/acts/{actId}/undo',
  tag: 'console',
  summary: { zh: '撤销一条认定', en: 'Undo an act' },
  roles: linkJudges,
  audit: 'verb',
  contentType: 'text/html',
  isForm: true,
  params: z.object({ actId: ActId }),
  body: StepForm,
  problems: undoProblems,
  handle: async ({ read, actor, params, body, deps }) => {
    const act = await read((client) => findAct(client, actor, BigInt(params.actId)))
    if (!act) throw problemError('http.not_found')
    const dryRun = body.step === 'preview'
    const asked = { verb: 'undo', act: params.actId } as const
    const result = await deps.verbs.act({ act: asked, reason: body.reason?.trim() || '撤销', dryRun }, actor)
    if (!dryRun) return redirect(`/acts/${result.act}`)
    const title = `撤销认定 ${params.actId}：${actVerb(act.verb)}`
    const form = { title, action: `/acts/${params.actId}/undo`, again: {}, back: `/acts/${params.actId}`, verb: '撤销' }
    return page(previewPage(form, result, deps.settings, actor))
  },
})
