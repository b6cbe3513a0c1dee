/** The bureau's gateway: numbered pages over rows ordered by update time; what it refuses it says in a sealed answer too. */
import { connectCodes, connectError, type NumberedPagesOptions, numberedPages, type Pager } from '#connect'

const check = (envelope: unknown): void => {
  const { code } = (envelope ?? {}) as { code?: unknown }
  if (code === '0') return
  throw connectError(
    connectCodes.departmentError,
    '公安局的接口返回错误',
    'the bureau answered with an error of its own',
    { retryable: true, context: { code: typeof code === 'string' ? code.slice(0, 20) : null } },
  )
}

const shared: Omit<NumberedPagesOptions, 'path'> = {
  query: { page: 'page', size: 'size', since: 'since' },
  rows: ['rows'],
  total: ['total'],
  pageEcho: ['page'],
  sizeEcho: ['size'],
  updatedAt: 'gxsj',
  overlapMinutes: 10,
  check,
}

export const gatewayPages = (path: string): Pager => numberedPages({ ...shared, path })
