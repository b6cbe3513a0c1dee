/** 计划与到数: has everything that is owed come, and when is what pulled next. */
import { html } from 'hono/html'
import { z } from 'zod'
import { Day, FeedId } from '#schemas/api/fields.ts'
import type { SourceItem } from '#schemas/api/import.ts'
import {
  type ArrivalItem,
  ArrivalsQuery,
  ExcuseInput,
  type MessageItem,
  MessagesQuery,
  type ScheduleItem,
} from '#schemas/api/schedule.ts'
import { importStarters, operations } from '../../http/access.ts'
import { defineRoute, page, redirect } from '../../http/route.ts'
import { listArrivals, listMessages } from '../../query/arrivals.ts'
import { listSchedules } from '../../query/schedules.ts'
import { listSources } from '../../query/sources.ts'
import { count, instantText, type Markup } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { arrivalStateName, catchUpName, departmentName, everyName, messageKindName } from '../parts/words.ts'

const chipClass: Readonly<Record<ArrivalItem['state'], string>> = {
  due: '',
  arrived: 'settled',
  zero: 'settled',
  late: 'owed',
  excused: '',
}

const arrivalChip = (arrival: ArrivalItem): Markup =>
  html`<span class="chip ${chipClass[arrival.state]}">${arrivalStateName(arrival.state)}</span>`

/** Seconds say nothing of a schedule. */
const minuteText = (iso: string | null | undefined): string => instantText(iso ?? null).slice(0, 16)

const dueText = (arrival: ArrivalItem): string =>
  `${everyName(arrival.every)}，${minuteText(arrival.dueAt)} 前报 ${arrival.periodFrom === arrival.periodTo ? arrival.periodFrom : `${arrival.periodFrom} 至 ${arrival.periodTo}`}`

const settledText = (arrival: ArrivalItem): Markup => {
  if (arrival.runId)
    return html`<a href="/imports/${arrival.runId}">${minuteText(arrival.settledAt)}</a>，${count(arrival.rows)} 条`
  if (arrival.settledAt)
    return html`${minuteText(arrival.settledAt)}${arrival.reason ? `　${arrival.reason === 'calendar' ? '日历或要求变更' : arrival.reason}` : ''}`
  return arrival.lateAt
    ? html`<span class="owed">${minuteText(arrival.lateAt)} 起逾期</span>`
    : html`<span class="unknown">待到</span>`
}

const lead = (sources: readonly SourceItem[]): Markup => {
  const owing = sources.flatMap(({ today }) => (today ? [today.state] : []))
  const late = owing.filter((state) => state === 'late').length
  const due = owing.filter((state) => state === 'due').length
  if (owing.length === 0) return html`<p class="lead">没有数据资源需要按期报送。</p>`
  return html`<p class="lead">${owing.length} 个数据资源需要按期报送：${late > 0 ? html`<strong class="owed">${late} 个逾期</strong>` : '无逾期'}，${due} 个待到，${owing.length - late - due} 个已齐。</p>`
}

const sourceRow = (source: SourceItem): Markup => {
  const { today } = source
  return html`<tr><td>${departmentName(source.department)}　${source.title}<br><small class="code">${source.feed}</small></td>
    <td>${today ? arrivalChip(today) : html`<span class="unknown">无要求</span>`}</td>
    <td>${today ? dueText(today) : '—'}</td><td>${today ? settledText(today) : '—'}</td>
    <td>${source.lastMessage ? html`${messageKindName(source.lastMessage.kind)} ${minuteText(source.lastMessage.createdAt)}` : '—'}</td>
    <td>${source.nextRuns[0] ? minuteText(source.nextRuns[0]) : '—'}</td></tr>`
}

const sourcesTable = (sources: readonly SourceItem[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>数据资源</th><th>到数</th><th>要求</th><th>何时到</th><th>最近消息</th><th>下次拉取</th></tr></thead>
  <tbody>${sources.map(sourceRow)}</tbody></table></div>`

const excuseForm = (
  arrival: ArrivalItem,
): Markup => html`<form class="filters" method="post" action="/arrivals/${arrival.feed}/${arrival.day}/excuse">
  <label>免报理由 <input name="reason" required maxlength="500"></label><button class="quiet">免报</button></form>`

const lateTable = (late: readonly ArrivalItem[], mayExcuse: boolean): Markup => html`<div class="wide"><table>
  <thead><tr><th>应报日</th><th>数据资源</th><th>要求</th><th>逾期</th><th></th></tr></thead>
  <tbody>${late.map((arrival) => html`<tr><td>${arrival.day}</td><td class="code">${arrival.feed}</td><td>${dueText(arrival)}</td><td>${settledText(arrival)}</td><td>${mayExcuse ? excuseForm(arrival) : ''}</td></tr>`)}</tbody></table></div>`

const missedText = ({ missed }: ScheduleItem): Markup =>
  missed.slots === 0
    ? html`0`
    : html`<strong class="doubt" title="最近一次 ${minuteText(missed.lastAt)}">${count(missed.slots)}</strong>`

const scheduleRow = (
  s: ScheduleItem,
): Markup => html`<tr><td class="code">${s.source}</td><td class="code">${s.cron}</td><td>${s.timeZone}</td>
  <td>${s.enabled ? catchUpName(s.catchUp) : html`<span class="unknown">已停用</span>`}</td><td>${minuteText(s.lastSlotAt)}</td><td class="n">${missedText(s)}</td>
  <td>${s.nextRuns.map((at) => html`${minuteText(at)}<br>`)}</td></tr>`

const schedulesTable = (schedules: readonly ScheduleItem[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>数据资源</th><th>表达式</th><th>时区</th><th>错过后</th><th>最近一次</th><th class="n">近 30 天错过</th><th>今后三次（北京时间）</th></tr></thead>
  <tbody>${schedules.map(scheduleRow)}</tbody></table></div>`

const messagesList = (messages: readonly MessageItem[]): Markup =>
  html`<ul>${messages.map((m) => html`<li>${minuteText(m.createdAt)}　${m.text.zh}${m.sentAt ? html`　<span class="settled">已送出</span>` : m.willRetry ? html`　<span class="doubt">待送，已试 ${m.attempts} 次</span>` : ''}</li>`)}</ul>`

export const schedulesPage = defineRoute({
  id: 'page.schedules',
  method: 'get',
  path: '/schedules',
  tag: 'console',
  summary: { zh: '计划与到数', en: 'Schedules and arrivals' },
  roles: operations,
  contentType: 'text/html',
  handle: async ({ actor, deps }) => {
    const client = deps.db.pipeline
    const [sources, schedules, late, messages] = await Promise.all([
      listSources(client, deps.feeds),
      listSchedules(client, 3),
      listArrivals(client, ArrivalsQuery.parse({ state: 'late' })),
      listMessages(client, MessagesQuery.parse({ limit: 20 })),
    ])
    const mayExcuse = (importStarters as readonly string[]).includes(actor.role)
    const main = html`<h1>该报的都报了吗？</h1>${lead(sources)}
    ${late.items.length > 0 ? html`<h2>逾期未报</h2>${lateTable(late.items, mayExcuse)}` : ''}
    <h2>到数</h2>${sourcesTable(sources)}
    <h2>计划</h2>${schedules.length > 0 ? schedulesTable(schedules) : html`<p class="empty">还没有计划：服务启动时按配置写入。</p>`}
    <h2>消息</h2>${messages.items.length > 0 ? messagesList(messages.items) : html`<p class="empty">没有逾期过。</p>`}`
    return page(layout({ title: '计划与到数', settings: deps.settings, actor, current: '/schedules' }, main))
  },
})

export const excuseArrivalForm = defineRoute({
  id: 'page.excuseArrival',
  method: 'post',
  path: '/arrivals/{feed}/{day}/excuse',
  tag: 'console',
  summary: { zh: '免报', en: 'Excuse a source-day' },
  roles: importStarters,
  auditDetail: ({ body }) => ({ ...body }),
  contentType: 'text/html',
  isForm: true,
  params: z.object({ feed: FeedId, day: Day }),
  body: ExcuseInput,
  problems: ['arrival.not_open'],
  handle: async ({ params, body, actor, deps }) => {
    await deps.verbs.excuseDay({ ...params, ...body }, actor)
    return redirect('/schedules')
  },
})
