/** What all pagers share: their errors, the check of a stored checkpoint, and rows that say where they stood. */
import { z } from 'zod'
import { connectCodes, connectError } from './errors.ts'
import type { RawRow } from './feed.ts'

type Context = Readonly<Record<string, unknown>>

export const shortDelivery = (declared: number, received: number, context: Context) =>
  connectError(
    connectCodes.shortDelivery,
    `供数单位声明 ${declared} 条，实收 ${received} 条`,
    `the source declares ${declared} rows and delivered ${received}`,
    {
      retryable: true,
      context: { ...context, declared, received },
    },
  )

export const moreThanDeclared = (declared: number, received: number, context: Context) =>
  connectError(
    connectCodes.moreThanDeclared,
    `供数单位声明 ${declared} 条，却送来 ${received} 条`,
    `the source declares ${declared} rows and goes on to deliver ${received}`,
    {
      retryable: true,
      context: { ...context, declared, received },
    },
  )

export const earlyEmptyPage = (context: Context) =>
  connectError(connectCodes.earlyEmptyPage, '未到末页却收到空页', 'an empty page came before the last one', {
    retryable: true,
    context,
  })

export const repeatedPage = (context: Context) =>
  connectError(connectCodes.repeatedPage, '同一页数据被重复送出', 'the same page was delivered again', {
    retryable: true,
    context,
  })

export const totalShrank = (before: number, after: number, context: Context) =>
  connectError(
    connectCodes.totalShrank,
    `传输途中总数由 ${before} 减为 ${after}`,
    `the total fell from ${before} to ${after} during the delivery`,
    {
      retryable: true,
      context: { ...context, before, after },
    },
  )

/** The source or its data moved on so that a checkpoint no longer fits: landing then starts the delivery anew. */
export const checkpointGone = (zh: string, en: string, context: Context) =>
  connectError(connectCodes.checkpointGone, `断点已失效：${zh}`, `the checkpoint no longer holds: ${en}`, {
    retryable: true,
    context,
  })

/** The checkpoint of an open delivery, checked; null where there is none. Throws `connect.checkpoint_gone` for a foreign one. */
export const readCheckpoint = <T>(schema: z.ZodType<T>, resume: unknown): T | null => {
  if (resume === null || resume === undefined) return null
  const parsed = schema.safeParse(resume)
  if (parsed.success) return parsed.data
  throw checkpointGone('无法读取', 'it cannot be read', { problem: z.prettifyError(parsed.error) })
}

/** Rows with where they stood; `firstRow` is the first row's number within its source, from 1. */
export const rowsAt = (texts: readonly string[], source: string, firstRow = 1): RawRow[] =>
  texts.map((text, i) => ({ text, at: { source, row: firstRow + i } }))

/** The value at a path of names, undefined where a step is missing. */
export const at = (value: unknown, path: readonly string[]): unknown => {
  let here = value
  for (const name of path)
    here = typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[name] : undefined
  return here
}

/** A count the source states, as number or digits. Throws `connect.answer_unreadable` where it is missing or no count. */
export const countAt = (envelope: unknown, path: readonly string[]): number => {
  const value = at(envelope, path)
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count
  throw connectError(
    connectCodes.answerUnreadable,
    `应答缺少总数“${path.join('.')}”`,
    `the answer states no total at "${path.join('.')}"`,
    {
      retryable: true,
    },
  )
}
