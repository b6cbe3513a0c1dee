/** The frame of every page: who, where, and the way to everything else. */
import { html } from 'hono/html'
import { type Actor, type Role, roleTitles } from '../../access/actor.ts'
import { figureReaders, linkReaders, operations, taxStaff } from '../../http/access.ts'
import type { HttpSettings } from '../../http/deps.ts'
import { assetPath } from '../assets.ts'
import type { Markup } from './format.ts'

interface Section {
  readonly path: string
  readonly title: string
  readonly roles: readonly Role[]
}

export const sections: readonly Section[] = [
  { path: '/projects', title: '项目', roles: taxStaff },
  { path: '/links', title: '待核实', roles: linkReaders },
  { path: '/figures', title: '统计', roles: figureReaders },
  { path: '/imports', title: '导入', roles: operations },
  { path: '/quality', title: '数据质量', roles: operations },
  { path: '/schedules', title: '计划与到数', roles: operations },
]

/** Where a role begins. */
export const homeOf = (role: Role): string =>
  sections.find((section) => (section.roles as readonly string[]).includes(role))?.path ?? '/me'

export interface Frame {
  readonly title: string
  readonly settings: HttpSettings
  readonly actor: Actor | null
  /** The trail to this page, nearest last. */
  readonly trail?: readonly { readonly href: string; readonly text: string }[]
  readonly current?: string
  readonly script?: 'review.js' | 'list.js'
}

const navigation = (frame: Frame, actor: Actor): Markup => html`
  <nav aria-label="主导航">
    ${sections
      .filter((section) => (section.roles as readonly string[]).includes(actor.role))
      .map(
        (section) =>
          html`<a href="${section.path}"${frame.current === section.path ? html` aria-current="page"` : ''}>${section.title}</a>`,
      )}
  </nav>
  <div class="who">
    <span>${actor.name ?? actor.id} · ${roleTitles[actor.role]}${actor.scopePrefix ? ` · 辖区 ${actor.scopePrefix}` : ''}</span>
    <form method="post" action="/logout"><button class="quiet">退出</button></form>
  </div>`

const trailOf = (frame: Frame): Markup | '' =>
  frame.trail
    ? html`<p class="trail">${frame.trail.map((step) => html`<a href="${step.href}">${step.text}</a><span aria-hidden="true"> › </span>`)}</p>`
    : ''

/** The whole document. */
export const layout = (frame: Frame, main: Markup): string => {
  const { settings, actor } = frame
  return String(html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${frame.title} · 经纬</title>
<link rel="stylesheet" href="${assetPath('console.css')}">
<link rel="icon" href="${assetPath('mark.svg')}" type="image/svg+xml">
${frame.script ? html`<script type="module" src="${assetPath(frame.script)}"></script>` : ''}
</head>
<body>
<a class="skip" href="#main">跳到正文</a>
${settings.isDemo ? html`<p class="demo" role="note">演示数据：单位、个人与金额均为虚构</p>` : ''}
<header><a class="brand" href="/"><img src="${assetPath('mark.svg')}" alt="" width="22" height="22">经纬 <small>${settings.region.name}</small></a>${actor ? navigation(frame, actor) : ''}</header>
<main id="main">${trailOf(frame)}${main}</main>
</body>
</html>`)
}
