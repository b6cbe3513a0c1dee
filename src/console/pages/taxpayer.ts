import { html } from 'hono/html'
import { z } from 'zod'
import { TaxpayerId } from '#schemas/api/fields.ts'
import type { RegistrationItem } from '#schemas/api/taxpayer.ts'
import { taxStaff } from '../../http/access.ts'
import { problemError } from '../../http/problem.ts'
import { defineRoute, page } from '../../http/route.ts'
import { findTaxpayer } from '../../query/taxpayers.ts'
import type { Markup } from '../parts/format.ts'
import { layout } from '../parts/layout.ts'
import { projectTable } from '../parts/project-table.ts'
import { registrationStatus, roleName, vatSchemeName } from '../parts/words.ts'

const registrationsTable = (registrations: readonly RegistrationItem[]): Markup => html`<div class="wide"><table>
  <thead><tr><th>登记序号</th><th>名称</th><th>统一社会信用代码</th><th>状态</th><th>增值税</th><th>主管税务所（科、分局）</th><th>税收管理员</th><th>地址</th></tr></thead>
  <tbody>${registrations.map(
    (
      registration,
    ) => html`<tr><td class="code">${registration.registrationId}</td><td>${registration.name}${registration.formerNames.length > 0 ? html`<br><small>曾用名 ${registration.formerNames.join('、')}</small>` : ''}</td>
    <td class="code">${registration.uscc ?? ''}</td><td>${registrationStatus(registration.status)}</td><td>${vatSchemeName(registration.vatScheme)}</td>
    <td>${registration.officeName ?? ''}</td><td>${registration.officerCode ?? ''}</td><td>${registration.address ?? ''}</td></tr>`,
  )}</tbody></table></div>`

export const taxpayerPage = defineRoute({
  id: 'page.taxpayer',
  method: 'get',
  path: '/taxpayers/{taxpayerId}',
  tag: 'console',
  summary: { zh: '纳税人', en: 'Taxpayer' },
  roles: taxStaff,
  contentType: 'text/html',
  params: z.object({ taxpayerId: TaxpayerId }),
  problems: ['http.not_found'],
  handle: async ({ read, actor, params, deps }) => {
    const found = await read((client) => findTaxpayer(client, actor, params.taxpayerId))
    if (!found) throw problemError('http.not_found')
    const rolesOf = new Map(found.projects.map(({ project, roles }) => [project.id, roles.map(roleName).join('、')]))
    const title = found.registrations[0]?.name ?? found.id
    const projects = found.projects.map(({ project }) => project)
    const main = html`<h1>${title}</h1><p class="lead">一个代码可以有几个登记；申报与入库按纳税人，不分项目。</p>
    <h2>税务登记</h2>${registrationsTable(found.registrations)}
    <h2>参与的项目</h2>${projects.length > 0 ? projectTable(projects, { head: '角色', cell: (project) => rolesOf.get(project.id) ?? '' }) : html`<p class="empty">没有关联到它的项目。</p>`}
    ${found.projectsTruncated ? html`<p class="more"><a href="/projects?taxpayerId=${found.id}">看全部项目 ›</a></p>` : ''}`
    return page(
      layout(
        { title, settings: deps.settings, actor, trail: [{ href: '/projects', text: '项目' }], script: 'list.js' },
        main,
      ),
    )
  },
})
