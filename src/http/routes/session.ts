import { WhoamiAnswer } from '#schemas/api/whoami.ts'
import { roleTitles } from '../../access/actor.ts'
import { everyone } from '../access.ts'
import { defineRoute } from '../route.ts'

export const whoami = defineRoute({
  id: 'whoami',
  method: 'get',
  path: '/v1/whoami',
  tag: 'session',
  summary: { zh: '我是谁', en: 'Who am I' },
  roles: everyone,
  audit: 'none',
  answer: WhoamiAnswer,
  handle: async ({ actor }) => ({
    id: actor.id,
    kind: actor.kind,
    name: actor.name ?? null,
    role: actor.role,
    roleTitle: roleTitles[actor.role],
    scopePrefix: actor.scopePrefix,
    department: actor.department ?? null,
  }),
})
