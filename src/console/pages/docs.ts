import { html } from 'hono/html'
import { type Role, roleTitles } from '../../access/actor.ts'
import { problemKind } from '../../http/codes.ts'
import { problemsOf } from '../../http/openapi.ts'
import type { Route } from '../../http/route.ts'
import { assetPath } from '../assets.ts'
import type { Markup } from '../parts/format.ts'

const rolesText = (roles: readonly Role[] | null): string =>
  roles === null ? '公开' : roles.map((role) => roleTitles[role]).join('、')

const routeBlock = (
  route: Route,
): Markup => html`<details id="${route.id}"><summary><code>${route.method.toUpperCase()} ${route.path}</code> ${route.summary.zh}</summary>
  <p>${route.summary.en}</p><p>可用岗位：${rolesText(route.roles)}</p>
  <table><thead><tr><th>状态</th><th>代码</th><th>含义</th></tr></thead>
  <tbody>${problemsOf(route).map((code) => html`<tr><td>${problemKind(code).status}</td><td><code>${code}</code></td><td>${problemKind(code).zh}<br>${problemKind(code).en}</td></tr>`)}</tbody></table></details>`

/** The API for readers; the exact schemas are in /openapi.json. */
export const docsPage = (routes: readonly Route[]): string =>
  String(html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>接口说明 · 经纬</title><link rel="stylesheet" href="${assetPath('console.css')}"></head>
<body><main id="main"><h1>经纬 接口说明</h1>
<p>机器可读的完整说明：<a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。</p>
<ul>
<li>凭证：<code>Authorization: Bearer &lt;token&gt;</code>，由 <code>npm run -s jingwei -- token create --role steward</code> 生成。</li>
<li>金额以分计，为十进制整数文本，字段名以 <code>Fen</code> 结尾；日期为 Asia/Shanghai 的 <code>YYYY-MM-DD</code>。</li>
<li>列表每页最多 200 条，用 <code>nextCursor</code> 翻页；读取带 <code>ETag</code>，用 <code>If-None-Match</code> 重取。</li>
<li>错误为 RFC 9457，以 <code>code</code> 为准；<code>Accept-Language: en</code> 得到英文。</li>
</ul>
<pre>curl -s -H "Authorization: Bearer $TOKEN" "http://localhost:8080/v1/projects?q=金水&amp;sort=gap&amp;limit=20"</pre>
${[...Map.groupBy(routes, (route) => route.tag)].map(([tag, own]) => html`<h2>${tag}</h2>${own.map(routeBlock)}`)}
</main></body></html>`)
