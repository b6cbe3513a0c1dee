import { html } from 'hono/html'
import { z } from 'zod'
import { roleTitles } from '../../access/actor.ts'
import { logIn, logOut } from '../../access/login.ts'
import { everyone } from '../../http/access.ts'
import type { AppDeps } from '../../http/deps.ts'
import { refuseCrossSite, sessionCookieHeader, sessionOf } from '../../http/identify.ts'
import { problemError } from '../../http/problem.ts'
import { defineOpenRoute, defineRoute, page, Reply, redirect } from '../../http/route.ts'
import { isHubError } from '../../kernel/errors.ts'
import { findAsset } from '../assets.ts'
import { homeOf, layout } from '../parts/layout.ts'

/** Only a path of this server: `//evil.example` and `https:` are none. */
const safeNext = (next: string | undefined): string => (next && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/')

const loginForm = (deps: AppDeps, next: string, message: string | null): string =>
  layout(
    { title: '登录', settings: deps.settings, actor: null },
    html`<div class="card"><h1>登录</h1>
    ${message ? html`<p class="owed" role="alert">${message}</p>` : ''}
    <form method="post" action="/login">
      <label for="name">用户名</label><input id="name" name="name" autocomplete="username" autofocus maxlength="64">
      <label for="password">口令</label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="200">
      <label for="token">或访问令牌</label><input id="token" name="token" type="password" autocomplete="off" maxlength="200">
      <input type="hidden" name="next" value="${next}"><button>登录</button>
    </form>
    <p class="lead">${deps.settings.isDemo ? '演示：启动时终端里打印的链接可直接登录一次。' : '用户由系统管理员建立。三十分钟不操作或满十二小时，须重新登录。'}</p></div>`,
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
    const actor = await deps.credentials.byTokenId(tokenId)
    if (actor === null) return page(loginForm(deps, '/', '链接已过期，请输入访问令牌。'))
    await deps.audit.read({ actor, action: 'login', subject: tokenId })
    return redirect('/', { 'set-cookie': sessionCookieHeader(request, deps.sessions.issue(tokenId)) })
  },
})

interface Entered {
  readonly name?: string | undefined
  readonly password?: string | undefined
  readonly token?: string | undefined
}

/** The id of the token for the new session, or what to tell. */
const open = async (deps: AppDeps, entered: Entered): Promise<{ tokenId: string } | { refusal: string }> => {
  if (entered.token) {
    const actor = await deps.credentials.byToken(entered.token)
    // A partner's key speaks for a system: it has no pages.
    if (actor?.kind !== 'token') return { refusal: '令牌无效、已吊销或已过期。' }
    await deps.audit.read({ actor, action: 'login', subject: actor.id })
    return { tokenId: actor.id }
  }
  try {
    return await logIn(deps.db, entered.name ?? '', entered.password ?? '')
  } catch (error) {
    if (isHubError(error, 'access.login_refused') || isHubError(error, 'access.locked'))
      return { refusal: `${error.publicMessage.zh}。` }
    throw error
  }
}

export const login = defineOpenRoute({
  id: 'page.logIn',
  method: 'post',
  path: '/login',
  tag: 'console',
  summary: { zh: '登录', en: 'Log in' },
  contentType: 'text/html',
  isForm: true,
  body: z
    .object({
      name: z.string().trim().max(64).optional(),
      password: z.string().max(200).optional(),
      token: z.string().trim().max(200).optional(),
      next: z.string().max(2_000).optional(),
    })
    .refine(
      (entered) => entered.token || (entered.name && entered.password),
      '请输入用户名和口令，或访问令牌 / enter name and password, or a token',
    ),
  handle: async ({ deps, body, request }) => {
    // Else another site could log a browser in as somebody of its choice.
    if (request.headers.has('origin') || request.headers.has('sec-fetch-site')) refuseCrossSite(request)
    const opened = await open(deps, body)
    if ('refusal' in opened)
      return new Reply(
        401,
        { 'content-type': 'text/html; charset=utf-8' },
        loginForm(deps, safeNext(body.next), opened.refusal),
      )
    return redirect(safeNext(body.next), {
      'set-cookie': sessionCookieHeader(request, deps.sessions.issue(opened.tokenId)),
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
  handle: async ({ request, deps }) => {
    const session = sessionOf(deps, request)
    if (session) await logOut(deps.db, session.tokenId)
    return redirect('/login', { 'set-cookie': sessionCookieHeader(request, '', 0) })
  },
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
