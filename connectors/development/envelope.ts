/** What all three interfaces of the commission's platform wrap their pages in. */
import { connectCodes, connectError } from '#connect'

/** The platform answers 200 with a code of its own when something is wrong. */
const check = (envelope: unknown): void => {
  const { code, msg } = (envelope ?? {}) as { code?: unknown; msg?: unknown }
  if (String(code) === '0') return
  throw connectError(
    connectCodes.departmentError,
    `供数单位返回错误 ${String(code)}`,
    `the department answered with error ${String(code)}`,
    {
      retryable: true,
      context: { code, msg },
    },
  )
}

/** Options of `numberedPages` that are the same for each of its interfaces. */
export const platformPages = {
  rows: ['data', 'list'],
  total: ['data', 'total'],
  pageEcho: ['data', 'page'],
  sizeEcho: ['data', 'size'],
  updatedAt: 'gxsj',
  overlapMinutes: 10,
  check,
} as const
