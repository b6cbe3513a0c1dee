/** Every code a push can be answered with beside the server's own. Stable; partners' programs rely on them. */
import { HubError, type PublicMessage } from '../kernel/errors.ts'

export const pushMessages = {
  'push.unknown_feed': {
    zh: '没有这个数据资源，或此密钥无权报送',
    en: 'no such feed, or this key may not push to it',
  },
  'push.unknown_receipt': { zh: '没有这个回执', en: 'there is no such receipt' },
  'push.unknown_record': { zh: '没有这条记录', en: 'there is no such record' },
  'push.unsupported_type': {
    zh: 'Content-Type 应为 application/json（数组）或 application/x-ndjson',
    en: 'Content-Type must be application/json (an array) or application/x-ndjson',
  },
  'push.unsupported_encoding': {
    zh: 'Content-Encoding 只支持 gzip，字符集只支持 UTF-8、GB18030',
    en: 'Content-Encoding may be gzip only, the charset UTF-8 or GB18030 only',
  },
  'push.bad_body': { zh: '报送内容无法读取，整批未接收', en: 'the body cannot be read; nothing of it was taken' },
  'push.too_large': { zh: '报送内容过大，请分批报送', en: 'the body is too large: send it in parts' },
  'push.no_rows': {
    zh: '报送内容没有任何记录；确无数据请用零报送',
    en: 'the body holds no record; where there is nothing to report, send a zero report',
  },
  'push.atomic_refused': {
    zh: '有记录不合格，按 mode=atomic 整批未接收，详见 rows',
    en: 'some rows are faulty and mode=atomic: nothing was taken, see rows',
  },
  'push.bad_idempotency_key': {
    zh: 'Idempotency-Key 应为 1–200 个可见 ASCII 字符',
    en: 'Idempotency-Key must be 1 to 200 visible ASCII characters',
  },
  'push.key_reused': {
    zh: '此 Idempotency-Key 已用于另一份报送内容',
    en: 'this Idempotency-Key was used with another body',
  },
  'push.in_progress': {
    zh: '同一 Idempotency-Key 的报送正在处理，请稍后再试',
    en: 'a push with this Idempotency-Key is under way: try again later',
  },
  'push.busy': { zh: '报送过多，请稍后再试', en: 'too many pushes are waiting, try again later' },
  'push.future_period': {
    zh: '不能对尚未到来的期间零报送',
    en: 'the period of a zero report may not lie in the future',
  },
} as const satisfies Readonly<Record<string, PublicMessage>>

export type PushCode = keyof typeof pushMessages

/** `detail` follows the public words where the sender can act on it. */
export const pushError = (
  code: PushCode,
  more: { readonly detail?: PublicMessage; readonly context?: Record<string, unknown>; readonly cause?: unknown } = {},
): HubError => {
  const { zh, en } = pushMessages[code]
  const publicMessage = more.detail ? { zh: `${zh}：${more.detail.zh}`, en: `${en}: ${more.detail.en}` } : { zh, en }
  return new HubError({
    code,
    publicMessage,
    retryable: code === 'push.busy' || code === 'push.in_progress',
    context: more.context ?? {},
    cause: more.cause,
  })
}
