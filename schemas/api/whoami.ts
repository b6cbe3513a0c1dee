import { z } from 'zod'

export const WhoamiAnswer = z.object({
  id: z.string(),
  kind: z.enum(['user', 'token', 'partner', 'system']),
  name: z.string().nullable(),
  role: z.string(),
  roleTitle: z.string(),
  scopePrefix: z.string().describe('行政区划代码前缀；空为全部'),
  department: z.string().nullable(),
})
