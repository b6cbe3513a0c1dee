/** Opaque tokens of a place in a list ordered by update time, as the transport and the water bureau hand out. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FeedId } from '../world/entries.ts'
import type { Listed } from '../world/world.ts'

/** Position after the last row given; it outlives changes of the list because it names a row, not a number. */
export interface Cursor {
  readonly feed: FeedId
  readonly since: string
  readonly afterTime: string
  readonly afterKey: string
  readonly until: number
  /** Rows given beside those of the list, by a fault. */
  readonly more?: number
}

/** Equal in time that does not tell where two texts differ. */
export const isSame = (a: string, b: string): boolean => {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

const markOf = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url').slice(0, 16)

export const sealCursor = (secret: string, cursor: Cursor): string => {
  const text = Buffer.from(JSON.stringify(cursor)).toString('base64url')
  return `${text}.${markOf(secret, text)}`
}

export const openCursor = (
  secret: string,
  sealed: string,
  feed: FeedId,
  now: number,
): Cursor | 'invalid' | 'expired' => {
  const [text = '', mark = ''] = sealed.split('.')
  if (!isSame(mark, markOf(secret, text))) return 'invalid'
  const cursor = JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor
  if (cursor.feed !== feed) return 'invalid'
  return cursor.until <= now ? 'expired' : cursor
}

/** Index of the first item that was updated at `from` or later, in a list ordered by update time. */
export const firstFrom = (list: readonly { readonly updatedAt: string }[], from: string): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.updatedAt ?? '') < from) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the first item after the one that the cursor names. */
export const indexAfter = (list: readonly Listed[], cursor: Cursor): number => {
  let index = firstFrom(list, cursor.afterTime)
  for (
    let item = list[index];
    item && item.updatedAt === cursor.afterTime && item.sortKey <= cursor.afterKey;
    item = list[index]
  )
    index++
  return index
}
