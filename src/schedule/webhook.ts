/** Posts messages to a URL: JSON with our fields, and beside them what robots of WeCom and DingTalk read. */
import { HubError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { OutgoingMessage, SendMessage } from './messages.ts'

const timeoutMs = 10_000

const refused = (status: number): HubError =>
  new HubError({
    code: 'notify.refused',
    publicMessage: { zh: `消息接收方答复 ${status}`, en: `the receiver of messages answered ${status}` },
    retryable: true,
    context: { status },
  })

const bodyOf = (message: OutgoingMessage): string =>
  JSON.stringify({
    ...message,
    msgtype: 'text',
    text: { content: `【经纬】${message.text.zh}` },
    message: message.text,
  })

/** The URL may hold a robot's key: it stands in no log and no error. The id is sent as `Idempotency-Key`. */
export const webhook =
  (url: Secret, secret: Secret | null): SendMessage =>
  async (message, signal) => {
    let response: Response
    try {
      response = await fetch(url.reveal(), {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'idempotency-key': message.messageId,
          ...(secret ? { authorization: `Bearer ${secret.reveal()}` } : {}),
        },
        body: bodyOf(message),
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
    } catch (cause) {
      throw new HubError({
        code: 'notify.unreachable',
        publicMessage: { zh: '消息接收方无法连接', en: 'the receiver of messages cannot be reached' },
        retryable: true,
        context: { name: cause instanceof Error ? cause.name : 'unknown' },
      })
    }
    await response.body?.cancel()
    if (!response.ok) throw refused(response.status)
  }
