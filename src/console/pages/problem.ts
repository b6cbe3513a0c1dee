import { html } from 'hono/html'
import type { Problem } from '#schemas/api/problem.ts'
import { assetPath } from '../assets.ts'

/** What happened, what it means, what to do: for a person whose page could not be shown. */
export const problemPage = (problem: Problem): string =>
  String(html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${problem.title} · 经纬</title><link rel="stylesheet" href="${assetPath('console.css')}"></head>
<body><main id="main"><div class="card"><h1>${problem.title}</h1>
${problem.detail === problem.title ? '' : html`<p>${problem.detail}</p>`}
${problem.errors ? html`<ul>${problem.errors.map((fault) => html`<li><code>${fault.pointer.slice(1)}</code> ${fault.message}</li>`)}</ul>` : ''}
<p class="lead">代码 <code>${problem.code}</code>，请求编号 <code>${problem.requestId}</code></p>
<p><a href="/">回到首页</a></p></div></main></body></html>`)
