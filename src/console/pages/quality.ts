import { html } from 'hono/html'
import { type FallenField, type QualityAnswer, type QualityDay, QualityQuery } from '#schemas/api/quality.ts'
import { operations } from '../../http/access.ts'
import { defineRoute, page } from '../../http/route.ts'
import { addDays, today } from '../../kernel/clock.ts'
import { qualityOf } from '../../query/quality.ts'
import type { DiskForecast } from '../../retention/forecast.ts'
import { bytesText, count, type Markup, shareText } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { sparkline } from '../parts/sparkline.ts'
import { checkName, departmentName } from '../parts/words.ts'

const unknown = html`<span class="unknown">—</span>`
const low = 0.95

/** A share that falls short is amber with its figure; nothing to divide by is unknown, never zero. */
const share = (value: number | null): Markup =>
  value === null
    ? unknown
    : value < low
      ? html`<strong class="doubt">${shareText(value)}</strong>`
      : html`${shareText(value)}`

const number = (value: number): Markup => (value > 0 ? html`<strong class="doubt">${count(value)}</strong>` : html`0`)
const lateText = (value: number | null): Markup => (value === null ? unknown : html`${value.toFixed(1)}`)

const linkTo = (answer: QualityAnswer, feed: string): string =>
  `/quality?feed=${encodeURIComponent(feed)}&from=${answer.from}&to=${answer.to}`

const fallenList = (answer: QualityAnswer): Markup =>
  answer.fallen.length === 0
    ? html`<p class="empty">没有字段的填报率明显低于自身惯例。</p>`
    : html`<div class="wide"><table><caption>与该字段此前最多 30 次交付相比，降幅超出抽样与日常波动</caption>
  <thead><tr><th>资源</th><th>字段</th><th>收到日期</th><th class="n">行数</th><th class="n">当日填报率</th><th class="n">惯常填报率</th><th class="n">下降（百分点）</th></tr></thead>
  <tbody>${answer.fallen.map(
    (f: FallenField) =>
      html`<tr><td><a href="${linkTo(answer, f.feed)}">${f.feed}</a></td><td class="code">${f.field}</td><td><time>${f.day}</time></td><td class="n">${count(f.rows)}</td><td class="n"><strong class="owed">${shareText(f.fill)}</strong></td><td class="n">${shareText(f.habit)}</td><td class="n">${((f.habit - (f.fill ?? 0)) * 100).toFixed(1)}</td></tr>`,
  )}</tbody></table></div>`

/** The days of a range, each with the feed's figures or none: a trend has no gaps that are not drawn. */
const byDay = (answer: QualityAnswer, own: readonly QualityDay[]): (QualityDay | null)[] => {
  const found = new Map(own.map((d) => [d.day, d]))
  const all: (QualityDay | null)[] = []
  for (let day = answer.from; day <= answer.to; day = addDays(day, 1)) all.push(found.get(day) ?? null)
  return all
}

const sum = (days: readonly QualityDay[], of: (d: QualityDay) => number): number => days.reduce((n, d) => n + of(d), 0)
const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const feedRow = (answer: QualityAnswer, feed: string, own: readonly QualityDay[]): Markup => {
  const days = byDay(answer, own)
  const last = own.at(-1)!
  const fallen = answer.fallen.filter((f) => f.feed === feed).length
  const dated = sum(own, (d) => d.dated)
  const trend = (of: (d: QualityDay) => number | null, label: string): Markup =>
    sparkline(
      days.map((d) => (d ? of(d) : null)),
      `${feed} ${label}`,
    )
  return html`<tr class="row"><td><a href="${linkTo(answer, feed)}">${departmentName(feed.split('.')[0])}　<span class="code">${feed}</span></a></td><td><time>${last.day}</time></td><td class="n">${count(sum(own, (d) => d.rows))}</td>
  <td class="n">${share(last.fill)}</td><td>${trend((d) => d.fill, '填报率')}</td><td class="n">${fallen > 0 ? html`<strong class="owed">${fallen}</strong>` : '0'}</td>
  <td class="n">${share(
    ratio(
      sum(own, (d) => d.sound),
      sum(own, (d) => d.read),
    ),
  )}</td><td>${trend((d) => d.validity, '可用率')}</td>
  <td class="n">${lateText(
    ratio(
      sum(own, (d) => d.dated * (d.lateDays ?? 0)),
      dated,
    ),
  )}</td><td class="n">${share(
    ratio(
      sum(own, (d) => d.withinMonth + d.withinWeek),
      dated,
    ),
  )}</td>
  <td class="n">${share(
    ratio(
      sum(own, (d) => d.rows - d.quarantined),
      sum(own, (d) => Math.max(d.rows, d.declared)),
    ),
  )}</td><td class="n">${number(last.unknownFields)} / ${number(last.missingFields)}</td></tr>`
}

/** Whoever is worst comes first: fallen fields, then what is not sound. */
const worstFirst = (answer: QualityAnswer): [string, QualityDay[]][] => {
  const fallen = Map.groupBy(answer.fallen, (f) => f.feed)
  const unsound = (days: readonly QualityDay[]): number =>
    1 -
    (ratio(
      sum(days, (d) => d.sound),
      sum(days, (d) => d.read),
    ) ?? 1)
  return [...Map.groupBy(answer.days, (d) => d.feed)].sort(
    ([a, x], [b, y]) =>
      (fallen.get(b)?.length ?? 0) - (fallen.get(a)?.length ?? 0) || unsound(y) - unsound(x) || (a < b ? -1 : 1),
  )
}

const feedsTable = (answer: QualityAnswer): Markup =>
  answer.days.length === 0
    ? html`<p class="empty">这段时间没有收到数据。</p>`
    : html`<div class="wide"><table><caption>${answer.from} 至 ${answer.to}；填报率与结构变化为最近一个交付日，其余为期间合计；首次交付的历史数据不计及时性</caption>
  <thead><tr><th>资源</th><th>最近交付</th><th class="n">行数</th><th class="n">填报率</th><th>趋势</th><th class="n">下降字段</th><th class="n">可用率</th><th>趋势</th><th class="n">平均滞后（天）</th><th class="n">31 天内</th><th class="n">完整率</th><th class="n">多出 / 缺少字段</th></tr></thead>
  <tbody>${worstFirst(answer).map(([feed, own]) => feedRow(answer, feed, own))}</tbody></table></div>`

const daysTable = (answer: QualityAnswer): Markup => html`<div class="wide"><table>
  <thead><tr><th>收到日期</th><th class="n">批次</th><th class="n">行数</th><th class="n">问题数据</th><th class="n">完整率</th><th class="n">填报率</th><th class="n">解读</th><th class="n">可用率</th><th class="n">平均滞后（天）</th><th class="n">7 天内</th><th class="n">8–31 天</th><th class="n">32–92 天</th><th class="n">更久</th><th class="n">晚于收到</th><th class="n">多出 / 缺少字段</th></tr></thead>
  <tbody>${[...answer.days]
    .reverse()
    .map(
      (d) =>
        html`<tr><td><time>${d.day}</time></td><td class="n">${count(d.batches)}</td><td class="n">${count(d.rows)}</td><td class="n">${number(d.quarantined)}</td><td class="n">${share(d.completeness)}</td><td class="n">${share(d.fill)}</td><td class="n">${count(d.read)}</td><td class="n">${share(d.validity)}</td><td class="n">${lateText(d.lateDays)}</td><td class="n">${count(d.withinWeek)}</td><td class="n">${count(d.withinMonth)}</td><td class="n">${count(d.withinQuarter)}</td><td class="n">${count(d.later)}</td><td class="n">${number(d.ahead)}</td><td class="n">${number(d.unknownFields)} / ${number(d.missingFields)}</td></tr>`,
    )}</tbody></table></div>`

const fieldsShown = 60

const fieldsTable = (
  answer: QualityAnswer,
): Markup => html`<div class="wide"><table><caption>期间合计，问题多的在前${answer.fields.length > fieldsShown ? `；共 ${answer.fields.length} 个，列出 ${fieldsShown} 个` : ''}</caption>
  <thead><tr><th>资源</th><th>字段</th><th class="n">行数</th><th class="n">填报</th><th class="n">空白</th><th class="n">缺少</th><th class="n">填报率</th><th class="n">数据问题</th><th class="n">可用率</th></tr></thead>
  <tbody>${answer.fields.slice(0, fieldsShown).map((f) => html`<tr><td><a href="${linkTo(answer, f.feed)}">${f.feed}</a></td><td class="code">${f.field}${f.known ? '' : html` <span class="chip doubt">约定之外</span>`}</td><td class="n">${count(f.rows)}</td><td class="n">${count(f.filled)}</td><td class="n">${count(f.blank)}</td><td class="n">${count(f.missing)}</td><td class="n">${shareText(f.fill)}</td><td class="n">${number(f.faulty)}</td><td class="n">${share(f.validity)}</td></tr>`)}</tbody></table></div>`

const issuesTable = (answer: QualityAnswer): Markup =>
  answer.issues.length === 0
    ? html`<p class="empty">没有数据问题。</p>`
    : html`<div class="wide"><table><thead><tr><th>资源</th><th>字段</th><th>问题</th><th class="n">行数</th></tr></thead>
  <tbody>${answer.issues.slice(0, fieldsShown).map((i) => html`<tr><td>${i.feed}</td><td class="code">${i.pointer === '' ? '字段之间' : i.pointer.slice(1)}</td><td>${checkName(i.code)} <small class="code">${i.code}</small></td><td class="n">${count(i.rows)}</td></tr>`)}</tbody></table></div>`

const filters = (
  answer: QualityAnswer,
  query: QualityQuery,
): Markup => html`<form class="filters" method="get" action="/quality">
  ${query.feed ? html`<input type="hidden" name="feed" value="${query.feed}">` : ''}<label>收到日期 <input type="date" name="from" value="${answer.from}"></label><label>至 <input type="date" name="to" value="${answer.to}"></label><button>查看</button></form>`

const daysLeftText = (f: DiskForecast): Markup => {
  if (f.disk === null) return html`<span class="unknown">容量未知，请配置 database.capacityBytes</span>`
  if (f.daysLeft === null) return html`目前没有增长`
  if (f.daysLeft === 0) return html`<strong class="owed">已用满八成</strong>`
  const text = `${count(f.daysLeft)} 天（${addDays(today(), Math.min(f.daysLeft, 36_500))}）`
  return f.daysLeft <= 30 ? html`<strong class="owed">${text}</strong>` : html`${text}`
}

const disk = (f: DiskForecast): Markup => html`<h2>存储</h2><dl class="facts">
  <div><dt>数据库</dt><dd>${bytesText(f.databaseBytes)}</dd></div><div><dt>近 30 天每日新增</dt><dd>${bytesText(Math.round(f.bytesPerDay))}</dd></div>
  <div><dt>磁盘</dt><dd>${f.disk ? html`${bytesText(f.disk.usedBytes)} / ${bytesText(f.disk.capacityBytes)}` : unknown}</dd></div><div><dt>距用满八成</dt><dd>${daysLeftText(f)}</dd></div></dl>
  <details><summary>按资源与数据表</summary><div class="wide"><table><thead><tr><th>资源</th><th class="n">版本</th><th class="n">占用（按版本分摊）</th><th class="n">每日新增</th></tr></thead>
  <tbody>${f.feeds.map((x) => html`<tr><td>${x.feed}</td><td class="n">${count(Number(x.versions))}</td><td class="n">${bytesText(x.bytes)}</td><td class="n">${bytesText(Math.round(x.bytesPerDay))}</td></tr>`)}</tbody></table>
  <table><thead><tr><th>数据表</th><th class="n">占用（含索引）</th></tr></thead><tbody>${f.tables.slice(0, 12).map((t) => html`<tr><td class="code">${t.table}</td><td class="n">${bytesText(t.bytes)}</td></tr>`)}</tbody></table></div></details>`

export const qualityPage = defineRoute({
  id: 'page.quality',
  method: 'get',
  path: '/quality',
  tag: 'console',
  summary: { zh: '数据质量', en: 'Quality of the data' },
  roles: operations,
  contentType: 'text/html',
  query: QualityQuery,
  handle: async ({ actor, query, deps }) => {
    const [answer, forecast] = await Promise.all([qualityOf(deps.db.pipeline, query), deps.diskForecast?.()])
    const main = html`<h1>${query.feed ? html`${query.feed} 填得全、读得懂、来得及吗？` : '各单位的数据填得全、读得懂、来得及吗？'}</h1>${filters(answer, query)}
    <h2>填报率下降</h2>${fallenList(answer)}
    <h2>${query.feed ? '按日' : '按资源'}</h2>${query.feed && answer.days.length > 0 ? daysTable(answer) : feedsTable(answer)}
    <h2>按字段</h2>${fieldsTable(answer)}
    <h2>数据问题</h2>${issuesTable(answer)}${forecast && !query.feed ? disk(forecast) : ''}`
    const trail = query.feed ? { trail: [{ href: '/quality', text: '数据质量' }] } : {}
    return page(layout({ title: '数据质量', settings: deps.settings, actor, current: '/quality', ...trail }, main))
  },
})
