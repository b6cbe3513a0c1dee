import { html } from 'hono/html'
import { z } from 'zod'
import { PartyId } from '#schemas/api/fields.ts'
import { type Candidate, JudgementInput, type LinkAnswer, type LinkItem, LinksQuery } from '#schemas/api/link.ts'
import { linkJudges, linkReaders } from '../../http/access.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { textHashOf } from '../../http/routes/links.ts'
import { explainLink, findLinkItem, linkAfter, listLinks } from '../../query/links.ts'
import { instantText, type Markup, score } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import {
  comparisonName,
  decisionName,
  departmentName,
  levelName,
  linkReason,
  registrationStatus,
  roleName,
  verdictName,
} from '../parts/words.ts'

const queueTable = (items: readonly LinkItem[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>记录中的名称</th><th>代码</th><th>最可能的登记</th><th>理由</th><th class="n">得分</th><th class="n">出现处</th></tr></thead>
  <tbody>${items.map(
    (
      item,
    ) => html`<tr class="row"><td><a href="/links/${item.party}">${item.name}</a>${item.siteUnit ? html`<br><small>${item.siteUnit}</small>` : ''}</td><td class="code">${item.code ?? ''}</td>
    <td>${item.registrationName ?? item.registrationId ?? ''}</td><td>${linkReason(item.reason)}</td><td class="n">${score(item.score)}</td><td class="n">${item.mentions}</td></tr>`,
  )}</tbody></table></div>`

export const linksPage = defineRoute({
  id: 'page.links',
  method: 'get',
  path: '/links',
  tag: 'console',
  summary: { zh: '待核实的关联', en: 'Links to review' },
  roles: linkReaders,
  contentType: 'text/html',
  query: LinksQuery,
  problems: ['http.bad_cursor'],
  handle: async ({ read, actor, query, deps }) => {
    const found = await read((client) => listLinks(client, actor, query))
    const main = html`<h1>哪些当事方还认不准？</h1><p class="lead">最值得核实的在前：越拿不准、涉及记录越多，排得越前。<kbd>j</kbd> <kbd>k</kbd> 选行，<kbd>Enter</kbd> 打开。</p>
    ${found.items.length > 0 ? queueTable(found.items) : html`<p class="empty">没有${query.decision === 'review' ? '待核实的关联。新数据到来后，拿不准的会出现在这里' : '这一类关联'}。</p>`}
    ${found.nextCursor ? html`<p class="more"><a rel="next" href="/links?decision=${query.decision}&cursor=${found.nextCursor}">下一页 ›</a></p>` : ''}`
    return page(layout({ title: '待核实', settings: deps.settings, actor, current: '/links', script: 'list.js' }, main))
  },
})

const Evidence = z
  .object({ comparison: z.string(), left: z.string(), right: z.string(), level: z.string(), weight: z.number() })
  .partial()

const evidenceTable = (evidence: readonly unknown[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>比较</th><th>记录</th><th>登记</th><th>档次</th><th class="n">权重（比特）</th></tr></thead>
  <tbody>${evidence.map((item) => {
    const { data } = Evidence.safeParse(item)
    return html`<tr><td>${comparisonName(data?.comparison)}</td><td>${data?.left ?? ''}</td><td>${data?.right ?? ''}</td><td>${levelName(data?.level)}</td><td class="n">${data?.weight?.toFixed(2) ?? ''}</td></tr>`
  })}</tbody></table></div>`

const candidateRow = (candidate: Candidate, isFirst: boolean): Markup => html`<tr>
  <td><label><input type="radio" form="judge" name="registrationId" value="${candidate.registrationId}"${isFirst ? html` checked` : ''}> ${candidate.name ?? '（不在您的管辖范围内）'}</label></td>
  <td class="code">${candidate.uscc ?? ''}</td><td class="nw">${registrationStatus(candidate.status)}</td><td>${candidate.officeName ?? ''}</td><td>${candidate.address ?? ''}</td><td class="n">${score(candidate.score)}</td></tr>`

const choices = (answer: LinkAnswer, nextHref: string): Markup => html`<div class="choices">
  <form id="judge" method="post" action="/links/${answer.link.party}/judgement">
    <input name="reason" placeholder="理由（选填）" maxlength="500" aria-label="理由">
    <button name="verdict" value="positive" data-key="a">认定是所选登记 <kbd>a</kbd></button>
    <button class="danger" name="verdict" value="negative" data-key="r">认定不是 <kbd>r</kbd></button>
  </form>
  <a data-key="l" href="${nextHref}">以后再说 <kbd>l</kbd></a></div>`

const judgementsTable = (answer: LinkAnswer): Markup => html`<div class="wide"><table>
  <thead><tr><th>时间</th><th>谁</th><th>认定</th><th>登记序号</th><th>理由</th></tr></thead>
  <tbody>${answer.judgements.map(
    (item) =>
      html`<tr><td>${instantText(item.at)}</td><td>${item.author}</td><td>${verdictName(item.verdict)}${item.undoes ? ` ${item.undoes}` : ''}</td><td class="code">${item.registrationId ?? ''}</td><td>${item.reason}</td></tr>`,
  )}</tbody></table></div>`

const undoFlash = (undo: {
  readonly of: string
  readonly judgement: string
}): Markup => html`<div class="flash" role="status"><span>已记录认定 ${undo.judgement}，关联随即更新。</span>
  <form method="post" action="/links/${undo.of}/judgement"><input type="hidden" name="undoes" value="${undo.judgement}"><input type="hidden" name="reason" value="撤销"><button class="quiet" name="verdict" value="undo" data-key="u">撤销 <kbd>u</kbd></button></form></div>`

const Undo = z.object({
  of: PartyId.optional(),
  judgement: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
})

export const linkPage = defineRoute({
  id: 'page.link',
  method: 'get',
  path: '/links/{party}',
  tag: 'console',
  summary: { zh: '核实一条关联', en: 'Review a link' },
  roles: linkReaders,
  contentType: 'text/html',
  params: z.object({ party: PartyId }),
  query: Undo,
  problems: ['http.not_found'],
  handle: async ({ read, actor, params, query, deps }) => {
    const { answer, next } = await read(async (client) => {
      const found = await explainLink(client, actor, textHashOf(params.party))
      return { answer: found, next: found ? await linkAfter(client, actor, found.link) : null }
    })
    if (!answer) throw problemError('http.not_found')
    const { link } = answer
    const mayJudge = (linkJudges as readonly string[]).includes(actor.role)
    const main = html`${query.of && query.judgement ? undoFlash({ of: query.of, judgement: query.judgement }) : ''}
    <h1>${link.name}</h1><p class="lead"><span class="chip ${link.decision === 'link' ? 'settled' : link.decision === 'review' ? 'doubt' : ''}">${decisionName(link.decision)}</span> ${linkReason(link.reason)}，得分 ${score(link.score)}
    ${link.code ? html`；记录中的代码 <span class="code">${link.code}</span>` : ''}${link.siteUnit ? `；${link.siteUnit}` : ''}</p>
    <h2>候选登记</h2>${
      answer.candidates.length > 0
        ? html`<div class="wide"><table><thead><tr><th>名称</th><th>代码</th><th>状态</th><th>主管税务所</th><th>地址</th><th class="n">得分</th></tr></thead>
      <tbody>${answer.candidates.map((candidate, at) => candidateRow(candidate, link.registrationId === null ? at === 0 : candidate.registrationId === link.registrationId))}</tbody></table></div>`
        : html`<p class="empty">税务登记中没有相近的。可能未登记，或名称写错。</p>`
    }
    ${mayJudge ? choices(answer, next ? `/links/${next.party}` : '/links') : ''}
    <h2>逐项比较</h2>${answer.evidence.length > 0 ? evidenceTable(answer.evidence) : html`<p class="empty">没有可比较的内容。</p>`}
    <h2>出现处</h2><div class="wide"><table><thead><tr><th>单位</th><th>角色</th><th>项目</th><th>记录编号</th></tr></thead>
      <tbody>${answer.mentions.map((mention) => html`<tr><td>${departmentName(mention.feed.split('.')[0])} <small>${mention.feed}</small></td><td>${roleName(mention.role)}</td><td>${mention.project ? html`<a href="/projects/${mention.project}">${mention.projectName}</a>` : ''}</td><td class="code">${mention.record}</td></tr>`)}</tbody></table></div>
    <h2>认定记录</h2>${answer.judgements.length > 0 ? judgementsTable(answer) : html`<p class="empty">还没有人认定过。</p>`}`
    return page(
      layout(
        {
          title: link.name,
          settings: deps.settings,
          actor,
          current: '/links',
          trail: [{ href: '/links', text: '待核实' }],
          script: 'review.js',
        },
        main,
      ),
    )
  },
})

/** A form sends every field; which of them count hangs on the verdict. */
const JudgementForm = z
  .object({
    verdict: z.string(),
    registrationId: z.string().optional(),
    undoes: z.string().optional(),
    reason: z.string().optional(),
  })
  // What no form sends is refused by the schema that follows.
  .transform(
    ({ verdict, registrationId, undoes, reason }) =>
      ({
        verdict,
        ...(registrationId && verdict !== 'undo' ? { registrationId } : {}),
        ...(undoes && verdict === 'undo' ? { undoes } : {}),
        reason: reason?.trim() || '页面核实',
      }) as z.input<typeof JudgementInput>,
  )
  .pipe(JudgementInput)

export const judgeLink = defineRoute({
  id: 'page.judgeLink',
  method: 'post',
  path: '/links/{party}/judgement',
  tag: 'console',
  summary: { zh: '认定', en: 'Judge' },
  roles: linkJudges,
  audit: 'verb',
  contentType: 'text/html',
  isForm: true,
  params: z.object({ party: PartyId }),
  body: JudgementForm,
  problems: [
    'http.not_found',
    'judgement.unknown_party',
    'judgement.unknown_registration',
    'judgement.unknown',
    'judgement.already_undone',
  ],
  handle: async ({ read, actor, params, body, deps }) => {
    const textHash = textHashOf(params.party)
    const { link, next } = await read(async (client) => {
      const found = await findLinkItem(client, actor, textHash)
      return { link: found, next: found ? await linkAfter(client, actor, found) : null }
    })
    if (!link) throw problemError('http.not_found')
    const { judgementId } = await deps.verbs.judge({ ...body, textHash }, actor)
    if (body.verdict === 'undo') return redirect(`/links/${params.party}`)
    const undo = `?of=${params.party}&judgement=${judgementId}`
    return redirect(next ? `/links/${next.party}${undo}` : `/links/${params.party}${undo}`)
  },
})
