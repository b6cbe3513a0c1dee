import { z } from 'zod'
import { FeedId, Instant } from './fields.ts'

export const WhoamiQuery = z.object({ at: Instant.optional().describe('请求方的当前时间，用于核对时钟') })

export const WhoamiAnswer = z.object({
  id: z.string(),
  kind: z.enum(['user', 'token', 'partner', 'system']),
  name: z.string().nullable(),
  role: z.string(),
  roleTitle: z.string(),
  scopePrefix: z.string().describe('行政区划代码前缀；空为全部'),
  department: z.string().nullable(),
  feeds: z
    .array(z.object({ feed: FeedId, title: z.string() }))
    .nullable()
    .describe('供数单位可报送的数据资源；其他岗位为空'),
  serverTime: Instant,
  clockSkewSeconds: z.number().nullable().describe('请求中的 at 减去服务器时间；正数为对方时钟偏快'),
})
