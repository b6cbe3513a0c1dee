/** Reading what came back over the line: its body, and the error that a broken line or a status means. */
import iconv from 'iconv-lite'
import { now } from '../kernel/clock.ts'
import { asError, isHubError } from '../kernel/errors.ts'
import { redact } from '../kernel/redact.ts'
import { parseRetryAfter } from '../kernel/retry.ts'
import { connectCodes, connectError } from './errors.ts'

const systemCode = (error: unknown): string => {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const code = (e as { code?: unknown }).code
    if (typeof code === 'string') return code
  }
  return ''
}

export type Context = Readonly<Record<string, unknown>>

/** What broke the line: a time limit, the way there, or (`isBody`) the way back. All of it may pass by itself. */
export const lineError = (thrown: unknown, isBody: boolean, context: Context) => {
  const code = systemCode(thrown)
  const rest = {
    retryable: true,
    context: { ...context, system: code },
    cause: thrown,
    message: redact(asError(thrown).message),
  }
  if (asError(thrown).name === 'TimeoutError' || code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT') {
    return connectError(
      connectCodes.timeout,
      '供数单位在规定时间内没有应答',
      'the department did not answer in time',
      rest,
    )
  }
  return isBody
    ? connectError(
        connectCodes.cutBody,
        '供数单位的应答在传输中被截断',
        'the answer of the department was cut off',
        rest,
      )
    : connectError(
        connectCodes.unreachable,
        '无法连接供数单位的系统',
        'the system of the department cannot be reached',
        rest,
      )
}

/** What a status from 400 on means; only 408, 429 and 5xx may pass by themselves. */
export const statusError = (status: number, headers: Headers, body: string, context: Context) => {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now())
  const rest = {
    context: {
      ...context,
      status,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
      body: redact(body.slice(0, 300)),
    },
  }
  if (status === 401 || status === 403) {
    return connectError(
      connectCodes.unauthorized,
      '供数单位拒绝了本平台的凭证',
      'the department refused our credentials',
      rest,
    )
  }
  if (status === 429) {
    return connectError(connectCodes.rateLimited, '供数单位要求放慢请求', 'the department asks for fewer requests', {
      ...rest,
      retryable: true,
    })
  }
  return status >= 500 || status === 408
    ? connectError(
        connectCodes.serverError,
        `供数单位的系统出错（HTTP ${status}）`,
        `the department's system failed (HTTP ${status})`,
        { ...rest, retryable: true },
      )
    : connectError(
        connectCodes.refused,
        `供数单位拒绝了请求（HTTP ${status}）`,
        `the department refused the request (HTTP ${status})`,
        rest,
      )
}

const charsetOf = (headers: Headers): string => {
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(headers.get('content-type') ?? '')?.[1]?.toLowerCase() ?? 'utf-8'
  return charset === 'gb2312' || charset === 'gbk' ? 'gb18030' : charset
}

/** The body as text by its charset, UTF-8 where none is stated. Throws `connect.wrong_encoding`. */
export const decodeBody = (bytes: Buffer, headers: Headers, context: Context): string => {
  const charset = charsetOf(headers)
  if (charset !== 'utf-8' && charset !== 'utf8' && iconv.encodingExists(charset)) return iconv.decode(bytes, charset)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw connectError(
      connectCodes.wrongEncoding,
      '应答的编码与声明不符',
      'the answer is not in the encoding it declares',
      { context, cause },
    )
  }
}

/** The whole body, at most `bytesMax`. Throws `connect.body_too_large`, `connect.cut_body`, `connect.timeout`. */
export const readBody = async (response: Response, bytesMax: number, context: Context): Promise<Buffer> => {
  const tooLarge = () =>
    connectError(
      connectCodes.bodyTooLarge,
      '供数单位的应答超过大小上限',
      `the answer is larger than ${bytesMax} bytes`,
      { context },
    )
  if (Number(response.headers.get('content-length') ?? 0) > bytesMax) {
    await response.body?.cancel()
    throw tooLarge()
  }
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength
      if (size > bytesMax) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (thrown) {
    throw isHubError(thrown) ? thrown : lineError(thrown, true, context)
  }
  return Buffer.concat(chunks)
}
