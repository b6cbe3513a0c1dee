import { html } from 'hono/html'
import { z } from 'zod'
import { roleTitles } from '../../access/actor.ts'
import { sessionCookie, sessionMaxAgeSeconds } from '../../access/session.ts'
import { everyone } from '../../http/access.ts'
import type { AppDeps } from '../../http/deps.ts'
import { problemError } from '../../http/problem.ts'
import { defineOpenRoute, defineRoute, page, Reply, redirect } from '../../http/route.ts'
import { findAsset } from '../assets.ts'
import { homeOf, layout } from '../parts/layout.ts'

const cookieHeader = (request: Request, value: string, maxAge: number): string =>
  `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${new URL(request.url).protocol === 'https:' || request.headers.get('x-forwarded-proto') === 'https' ? '; Secure' : ''}`

/** Only a path of this server: `//evil.example` and `https:` are none. */
const safeNext = (next: string | undefined): string => (next && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/')

const loginForm = (deps: AppDeps, next: string, message: string | null): string =>
  layout(
    { title: '登录', settings: deps.settings, actor: null },
    html`<div class="card"><h1>登录</h1>
    ${message ? html`<p class="owed" role="alert">${message}</p>` : ''}
    <form method="post" action="/login">
      <label for="token">访问令牌</label><input id="token" name="token" type="password" autocomplete="off" autofocus required maxlength="200">
      <input type="hidden" name="next" value="${next}"><button>登录</button>
    </form>
    <p class="lead">${deps.settings.isDemo ? '演示：启动时终端里打印的链接可直接登录一次。' : '令牌由系统管理员发放，只输入一次，本机保留十二小时。'}</p></div>`,
  )

export const loginPage = defineOpenRoute({
  id: 'page.login',
  method: 'get',
  path: '/login',
  tag: 'console',
  summary: { zh: '登录', en: 'Log in' },
  contentType: 'text/html',
  query: z.object({ token: z.string().max(200).optional(), next: z.string().max(2_000).optional() }),
  handle: async ({ deps, query, request }) => {
    if (query.token === undefined) return page(loginForm(deps, safeNext(query.next), null))
    const tokenId = deps.sessions.redeem(query.token)
    if (tokenId === null) return page(loginForm(deps, '/', '链接已用过或已过期，请输入访问令牌。'))
    return redirect('/', { 'set-cookie': cookieHeader(request, deps.sessions.issue(tokenId), sessionMaxAgeSeconds) })
  },
})

export const login = defineOpenRoute({
  id: 'page.logIn',
  method: 'post',
  path: '/login',
  tag: 'console',
  summary: { zh: '登录', en: 'Log in' },
  contentType: 'text/html',
  isForm: true,
  body: z.object({ token: z.string().trim().max(200), next: z.string().max(2_000).optional() }),
  handle: async ({ deps, body, request }) => {
    const actor = await deps.credentials.byToken(body.token)
    if (!actor)
      return new Reply(
        401,
        { 'content-type': 'text/html; charset=utf-8' },
        loginForm(deps, safeNext(body.next), '令牌无效、已吊销或已过期。'),
      )
    await deps.audit.read({ actor, action: 'login', subject: '-' })
    return redirect(safeNext(body.next), {
      'set-cookie': cookieHeader(request, deps.sessions.issue(actor.id), sessionMaxAgeSeconds),
    })
  },
})

export const logout = defineRoute({
  id: 'page.logOut',
  method: 'post',
  path: '/logout',
  tag: 'console',
  summary: { zh: '退出', en: 'Log out' },
  roles: everyone,
  audit: 'none',
  contentType: 'text/html',
  handle: async ({ request }) => redirect('/login', { 'set-cookie': cookieHeader(request, '', 0) }),
})

export const home = defineRoute({
  id: 'page.home',
  method: 'get',
  path: '/',
  tag: 'console',
  summary: { zh: '首页', en: 'Home' },
  roles: everyone,
  audit: 'none',
  contentType: 'text/html',
  handle: async ({ actor }) => redirect(homeOf(actor.role)),
})

export const me = defineRoute({
  id: 'page.me',
  method: 'get',
  path: '/me',
  tag: 'console',
  summary: { zh: '我的岗位', en: 'My role' },
  roles: everyone,
  audit: 'none',
  contentType: 'text/html',
  handle: async ({ actor, deps }) =>
    page(
      layout(
        { title: '我的岗位', settings: deps.settings, actor },
        html`<h1>${actor.name ?? actor.id}</h1><p class="lead">岗位：${roleTitles[actor.role]}。本岗位没有业务页面，请使用命令行或接口（<a href="/docs">接口说明</a>）。</p>`,
      ),
    ),
})

export const asset = defineOpenRoute({
  id: 'page.asset',
  method: 'get',
  path: '/static/{file}',
  tag: 'console',
  summary: { zh: '页面文件', en: 'Page assets' },
  contentType: 'text/css',
  params: z.object({ file: z.string() }),
  handle: async ({ params }) => {
    const found = findAsset(params.file)
    if (!found) throw problemError('http.not_found')
    return new Reply(
      200,
      { 'content-type': found.contentType, 'cache-control': 'public, max-age=31536000, immutable' },
      found.body,
    )
  },
})
