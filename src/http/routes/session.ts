import { WhoamiAnswer, WhoamiQuery } from '#schemas/api/whoami.ts'
import { roleTitles } from '../../access/actor.ts'
import { now } from '../../kernel/clock.ts'
import { everyone } from '../access.ts'
import { defineRoute } from '../route.ts'
import { feedsOfPartner } from './push.ts'

export const whoami = defineRoute({
  id: 'whoami',
  method: 'get',
  path: '/v1/whoami',
  tag: 'session',
  summary: { zh: '我是谁', en: 'Who am I' },
  roles: everyone,
  audit: 'none',
  query: WhoamiQuery,
  answer: WhoamiAnswer,
  handle: async ({ actor, query, deps }) => ({
    id: actor.id,
    kind: actor.kind,
    name: actor.name ?? null,
    role: actor.role,
    roleTitle: roleTitles[actor.role],
    scopePrefix: actor.scopePrefix,
    department: actor.department ?? null,
    feeds: actor.role === 'partner' ? feedsOfPartner(deps, actor).map(({ id, title }) => ({ feed: id, title })) : null,
    serverTime: now().toISOString(),
    clockSkewSeconds: query.at === undefined ? null : (Date.parse(query.at) - now().getTime()) / 1_000,
  }),
})
