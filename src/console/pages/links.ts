import { html } from 'hono/html'
import { z } from 'zod'
import { ActId } from '#schemas/api/act.ts'
import { PartyId } from '#schemas/api/fields.ts'
import { type Candidate, JudgementInput, type LinkAnswer, type LinkItem, LinksQuery } from '#schemas/api/link.ts'
import { linkJudges, linkReaders } from '../../http/access.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { judgementProblems, textHashOf } from '../../http/routes/links.ts'
import { addDays, today } from '../../kernel/clock.ts'
import { judgementAct } from '../../link/verbs/act.ts'
import { listActs } from '../../query/acts.ts'
import { isAliasVisible } from '../../query/aliases.ts'
import { listGrids } from '../../query/grids.ts'
import { explainLink, findLinkItem, linkAfter, linkReasons, listLinks, type QueueFilter } from '../../query/links.ts'
import { aliasEnd, aliasKind, linkChangeBy, partyBlock } from '../parts/act-words.ts'
import { count, instantText, type Markup, score, wan } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { waterfall } from '../parts/waterfall.ts'
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
import { actsTable, previewPage } from './acts.ts'

const queueTable = (items: readonly LinkItem[], query: string): Markup => html`<div class="wide"><table>
  <caption>金额单位：万元</caption>
  <thead><tr><th class="name">记录中的名称</th><th>最可能的登记</th><th>理由</th><th class="n">得分</th><th class="n">牵涉项目</th><th class="n">合同额</th><th class="n">出现处</th><th>代码</th></tr></thead>
  <tbody>${items.map(
    (
      item,
    ) => html`<tr class="row"><td><a href="/links/${item.party}${query}">${item.name}</a>${item.siteUnit ? html`<br><small>${item.siteUnit}</small>` : ''}</td>
    <td>${item.registrationName ?? (item.registrationId ? html`<span class="unknown">（不在辖区内）</span>` : '')}</td><td>${linkReason(item.reason)}</td><td class="n">${score(item.score)}</td>
    <td class="n">${count(item.projects)}</td><td class="n">${wan(item.contractFen)}</td><td class="n">${count(item.mentions)}</td><td class="code">${item.code ?? ''}</td></tr>`,
  )}</tbody></table></div>`

const option = (value: string, text: string, chosen: string | undefined): Markup =>
  html`<option value="${value}"${value === chosen ? html` selected` : ''}>${text}</option>`

/** The filter as it goes along from page to page; empty where nothing is filtered. */
const filterText = (query: QueueFilter, more: Readonly<Record<string, string>> = {}): string => {
  const kept = {
    decision: query.decision === 'review' ? undefined : query.decision,
    reason: query.reason,
    division: query.division,
    ...more,
  }
  const text = new URLSearchParams(
    Object.entries(kept).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString()
  return text === '' ? '' : `?${text}`
}

const filters = (
  query: QueueFilter,
  reasons: readonly { readonly reason: string; readonly links: number }[],
  counties: readonly { readonly code: string; readonly name: string }[],
): Markup => html`<form class="filters" method="get" action="/links">
  <label>看 <select name="decision">${option('review', '待核实的', query.decision)}${option('none', '未关联的', query.decision)}${option('link', '已关联的', query.decision)}</select></label>
  <label>因为 <select name="reason">${option('', '任何理由', query.reason)}${reasons.map((row) => option(row.reason, `${linkReason(row.reason)}（${count(row.links)}）`, query.reason))}</select></label>
  <label>与 <select name="division">${option('', '全部地区', query.division)}${counties.map((node) => option(node.code, node.name, query.division))}</select> 的项目有关</label>
  <button>查询</button><a href="/links">清除</a></form>`

const questions = {
  review: '哪些当事方还认不准？',
  none: '哪些当事方没有税务登记？',
  link: '哪些当事方已经关联？',
} as const

const emptyQueue = (query: QueueFilter): Markup =>
  query.reason || query.division
    ? html`<p class="empty">没有符合条件的。可以放宽理由或地区，或<a href="/links">看全部</a>。</p>`
    : html`<p class="empty">没有${query.decision === 'review' ? '待核实的关联。新数据到来后，拿不准的会出现在这里' : '这一类关联'}。</p>`

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
    const { found, open, reasons, counties } = await read(async (client) => {
      const [links, acts, counted, grids] = await Promise.all([
        listLinks(client, actor, query),
        listActs(client, actor, { state: 'open', limit: 20 }),
        linkReasons(client, query.decision),
        listGrids(client, null),
      ])
      return { found: links, open: acts, reasons: counted, counties: grids }
    })
    const main = html`<h1>${questions[query.decision]}</h1><p class="lead">最值得核实的在前：越拿不准、牵涉的项目与合同额越大，排得越前。<kbd>j</kbd> <kbd>k</kbd> 选行，<kbd>Enter</kbd> 打开。</p>
    ${open.items.length > 0 ? html`<h2>等待第二人确认（${open.nextCursor ? `${open.items.length} 项以上` : `${open.items.length} 项`}）</h2>${actsTable(open.items, false)}<h2>当事方</h2>` : ''}
    ${filters(query, reasons, counties)}
    ${found.items.length > 0 ? queueTable(found.items, filterText(query)) : emptyQueue(query)}
    <p class="more">${found.nextCursor ? html`<a rel="next" href="/links${filterText(query, { cursor: found.nextCursor })}">下一页 ›</a>` : ''}${query.cursor ? html`<a href="/links${filterText(query)}">回到第一页</a>` : ''}</p>`
    return page(layout({ title: '待核实', settings: deps.settings, actor, current: '/links', script: 'list.js' }, main))
  },
})

const Evidence = z
  .object({ comparison: z.string(), left: z.string(), right: z.string(), level: z.string(), weight: z.number() })
  .partial()

const evidenceTable = (evidence: readonly unknown[]): Markup =>
  waterfall(
    evidence.map((item) => {
      const { data } = Evidence.safeParse(item)
      return {
        title: comparisonName(data?.comparison),
        left: data?.left ?? '',
        right: data?.right ?? '',
        level: levelName(data?.level),
        weight: data?.weight ?? 0,
      }
    }),
    ['记录', '登记'],
  )

const whyTable = ({ link, foundBy, change, settings }: LinkAnswer): Markup => html`<dl class="facts">
  <div><dt>按什么找到的（分块规则）</dt><dd>${foundBy ? partyBlock(foundBy) : '没有找到候选'}</dd></div>
  <div><dt>得分</dt><dd>${score(link.score)}</dd></div><div><dt>设置版本</dt><dd>${settings}</dd></div>
  ${change.map(
    (next) =>
      html`<div class="whole"><dt>什么会使它${next.to === 'link' ? '成为关联' : next.to === 'review' ? '改为待核实' : '不关联'}（任一即可）</dt><dd>${next.by.map(linkChangeBy).join('；')}${next.bits ? `　差 ${next.bits.toFixed(1)} 比特` : ''}</dd></div>`,
  )}
</dl>`

const aliasesTable = (answer: LinkAnswer, mayJudge: boolean): Markup => html`<div class="wide"><table>
  <thead><tr><th>别名</th><th>种类</th><th>谁记下的</th><th>有效至</th><th>状态</th>${mayJudge ? html`<th></th>` : ''}</tr></thead>
  <tbody>${answer.aliases.map(
    (
      alias,
    ) => html`<tr><td>${alias.name}</td><td>${aliasKind(alias.kind)}</td><td>${alias.ownerName}</td><td class="nw">${alias.validUntil}</td>
    <td>${alias.living ? '有效' : alias.endedWhy ? aliasEnd(alias.endedWhy) : '随认定撤销'}</td>
    ${mayJudge ? html`<td>${alias.living ? html`<form method="post" action="/aliases/${alias.id}/end"><input type="hidden" name="party" value="${answer.link.party}"><button class="quiet">收回</button></form>` : ''}</td>` : ''}</tr>`,
  )}</tbody></table></div>`

const candidateRow = (candidate: Candidate, isFirst: boolean): Markup => html`<tr>
  <td><label><input type="radio" form="judge" name="registrationId" value="${candidate.registrationId}"${isFirst ? html` checked` : ''}> ${candidate.name ?? '（不在您的管辖范围内）'}</label></td>
  <td class="code">${candidate.uscc ?? ''}</td><td class="nw">${registrationStatus(candidate.status)}</td><td>${candidate.officeName ?? ''}</td><td>${candidate.address ?? ''}</td><td class="n">${score(candidate.score)}</td></tr>`

/** A year from today: as long as a name that nobody looks at again is worth. */
const aliasDays = 365

const choices = (
  answer: LinkAnswer,
  nextHref: string,
): Markup => html`<form id="judge" class="judge" method="post" action="/links/${answer.link.party}/judgement">
    <input type="hidden" name="seen" value="${answer.digest}">
    <p class="choices"><input name="reason" placeholder="理由（选填）" maxlength="500" aria-label="理由">
    <label>把这一写法记作该登记的 <select name="aliasKind"><option value="">（不记）</option>${(['shortName', 'siteName', 'rename'] as const).map((kind) => html`<option value="${kind}">${aliasKind(kind)}</option>`)}</select></label>
    <label>有效至 <input type="date" name="aliasUntil" value="${addDays(today(), aliasDays)}"></label></p>
    <p class="choices"><button name="verdict" value="positive" data-key="a">认定是所选登记 <kbd>a</kbd></button>
    <button class="danger" name="verdict" value="negative" data-key="r">认定不是 <kbd>r</kbd></button>
    <button class="quiet" name="preview" value="positive" data-key="p" formnovalidate>先看会改变什么 <kbd>p</kbd></button>
    <a data-key="l" href="${nextHref}">以后再说 <kbd>l</kbd></a></p>
  </form>`

const judgementsTable = (answer: LinkAnswer): Markup => html`<div class="wide"><table>
  <thead><tr><th>时间</th><th>谁</th><th>认定</th><th>登记序号</th><th>理由</th></tr></thead>
  <tbody>${answer.judgements.map(
    (item) =>
      html`<tr><td>${instantText(item.at)}</td><td>${item.author}</td><td>${verdictName(item.verdict)}${item.undoes ? ` ${item.undoes}` : ''}</td><td class="code">${item.registrationId ?? ''}</td><td>${item.reason}</td></tr>`,
  )}</tbody></table></div>`

const proposedFlash = (act: string): Markup =>
  html`<div class="flash" role="status"><span>变动较大，已列为<a href="/acts/${act}">提议 ${act}</a>，由另一位数据管理员确认后生效。</span></div>`

const reopenedNotice = ({ rejectedBefore }: LinkAnswer): Markup | '' =>
  rejectedBefore
    ? html`<p class="notice" role="note">此前 ${rejectedBefore.author} 于 ${instantText(rejectedBefore.at)} 否定过，理由：${rejectedBefore.reason}。现在依据有了变化，请重新看。</p>`
    : ''

const undoFlash = (undo: {
  readonly of: string
  readonly judgement: string
}): Markup => html`<div class="flash" role="status"><span>已记录认定 ${undo.judgement}，关联随即更新。</span>
  <form method="post" action="/links/${undo.of}/judgement"><input type="hidden" name="undoes" value="${undo.judgement}"><input type="hidden" name="reason" value="撤销"><button class="quiet" name="verdict" value="undo" data-key="u">撤销 <kbd>u</kbd></button></form></div>`

const Undo = z
  .object({
    of: PartyId.optional(),
    judgement: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
    proposed: z
      .string()
      .regex(/^\d{1,18}$/)
      .optional(),
  })
  .extend(LinksQuery.pick({ reason: true, division: true }).shape)

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
      const filter = { decision: 'review', reason: query.reason, division: query.division } as const
      return { answer: found, next: found ? await linkAfter(client, actor, found.link, filter) : null }
    })
    if (!answer) throw problemError('http.not_found')
    const { link } = answer
    const mayJudge = (linkJudges as readonly string[]).includes(actor.role)
    const main = html`${query.of && query.judgement ? undoFlash({ of: query.of, judgement: query.judgement }) : ''}${query.proposed ? proposedFlash(query.proposed) : ''}
    <h1>${link.name}</h1><p class="lead"><span class="chip ${link.decision === 'link' ? 'settled' : link.decision === 'review' ? 'doubt' : ''}">${decisionName(link.decision)}</span> ${linkReason(link.reason)}，得分 ${score(link.score)}
    ${link.code ? html`；记录中的代码 <span class="code">${link.code}</span>` : ''}${link.siteUnit ? `；${link.siteUnit}` : ''}；牵涉 ${count(link.projects)} 个项目，合同额 ${wan(link.contractFen)} 万元</p>${reopenedNotice(answer)}
    <h2>候选登记</h2>${
      answer.candidates.length > 0
        ? html`<div class="wide"><table><thead><tr><th>名称</th><th>代码</th><th>状态</th><th>主管税务所</th><th>地址</th><th class="n">得分</th></tr></thead>
      <tbody>${answer.candidates.map((candidate, at) => candidateRow(candidate, link.registrationId === null ? at === 0 : candidate.registrationId === link.registrationId))}</tbody></table></div>`
        : html`<p class="empty">税务登记中没有相近的。可能未登记，或名称写错。</p>`
    }
    ${mayJudge ? choices(answer, next ? `/links/${next.party}${filterText({ decision: 'review', ...query })}` : '/links') : ''}
    <h2>逐项比较</h2>${answer.evidence.length > 0 ? evidenceTable(answer.evidence) : html`<p class="empty">没有可比较的内容。</p>`}
    ${whyTable(answer)}
    ${answer.aliases.length > 0 ? html`<h2>人工记下的别名</h2>${aliasesTable(answer, mayJudge)}` : ''}
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

/** A form sends every field; which of them count hangs on the verdict. `preview` asks what the verdict would change. */
const JudgementForm = z
  .object({
    verdict: z.string().optional(),
    preview: z.string().optional(),
    step: z.enum(['preview', 'do']).optional(),
    registrationId: z.string().optional(),
    undoes: z.string().optional(),
    reason: z.string().optional(),
    aliasKind: z.string().optional(),
    aliasUntil: z.string().optional(),
    seen: z.string().optional(),
  })
  // What no form sends is refused by the schema that follows.
  .transform(({ verdict, preview, registrationId, undoes, reason, aliasKind: kind, aliasUntil, seen }) => {
    const said = verdict || preview || ''
    return {
      isPreview: !verdict && preview !== undefined,
      judgement: {
        verdict: said,
        ...(registrationId && said !== 'undo' ? { registrationId } : {}),
        ...(undoes && said === 'undo' ? { undoes } : {}),
        ...(kind && said === 'positive' ? { alias: { kind, validUntil: aliasUntil } } : {}),
        ...(seen && said !== 'undo' ? { seen } : {}),
        reason: reason?.trim() || '页面核实',
      },
    } as { isPreview: boolean; judgement: z.input<typeof JudgementInput> }
  })
  .pipe(z.object({ isPreview: z.boolean(), judgement: JudgementInput }))
type Judgement = z.output<typeof JudgementInput>

const againOf = ({ verdict, registrationId, alias, seen }: Judgement): Record<string, string> => ({
  verdict,
  ...(registrationId ? { registrationId } : {}),
  ...(alias ? { aliasKind: alias.kind, aliasUntil: alias.validUntil } : {}),
  ...(seen ? { seen } : {}),
})

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
  problems: judgementProblems,
  handle: async ({ read, actor, params, body, deps }) => {
    const textHash = textHashOf(params.party)
    const { link, next } = await read(async (client) => {
      const found = await findLinkItem(client, actor, textHash)
      return { link: found, next: found ? await linkAfter(client, actor, found) : null }
    })
    if (!link) throw problemError('http.not_found')
    const { isPreview, judgement } = body
    const act = judgementAct({ ...judgement, textHash: textHash.toString('hex') })
    const result = await deps.verbs.act({ act, reason: judgement.reason, dryRun: isPreview }, actor)
    const path = `/links/${params.party}`
    if (isPreview) {
      const chosen = result.effect.links.find((changed) => changed.party === params.party)?.after
      const title = `若认定「${link.name}」是「${chosen?.registrationName ?? chosen?.registrationId ?? '所选登记'}」`
      const form = { title, action: `${path}/judgement`, again: againOf(judgement), back: path, verb: '认定是' }
      return page(previewPage(form, result, deps.settings, actor))
    }
    if (judgement.verdict === 'undo') return redirect(path)
    const told =
      result.state === 'proposed' ? `?proposed=${result.act}` : `?of=${params.party}&judgement=${result.judgementId}`
    return redirect(next ? `/links/${next.party}${told}` : `${path}${told}`)
  },
})

export const endAliasForm = defineRoute({
  id: 'page.endAlias',
  method: 'post',
  path: '/aliases/{aliasId}/end',
  tag: 'console',
  summary: { zh: '收回一个别名', en: 'Take back an alias' },
  roles: linkJudges,
  audit: 'verb',
  contentType: 'text/html',
  isForm: true,
  params: z.object({ aliasId: ActId }),
  body: z.object({ party: PartyId, reason: z.string().max(500).optional() }),
  problems: ['http.not_found', 'alias.unknown'],
  handle: async ({ read, actor, params, body, deps }) => {
    const aliasId = BigInt(params.aliasId)
    if (!(await read((client) => isAliasVisible(client, aliasId)))) throw problemError('http.not_found')
    await deps.verbs.endAlias({ aliasId, reason: body.reason?.trim() || '收回' }, actor)
    return redirect(`/links/${body.party}`)
  },
})
