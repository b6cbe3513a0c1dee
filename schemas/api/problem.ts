import { z } from 'zod'

/** RFC 9457, with a stable code, the request's id, and for bad input each fault with its place. */
export const Problem = z.object({
  type: z.string().describe('urn:jingwei:problem:<code>'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  requestId: z.string(),
  errors: z
    .array(
      z.object({
        in: z.enum(['path', 'query', 'body']),
        pointer: z.string().describe('JSON Pointer'),
        message: z.string(),
      }),
    )
    .optional(),
})
export type Problem = z.output<typeof Problem>
