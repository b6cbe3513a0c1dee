import type { IncomingMessage } from 'node:http'
import { problemError } from './problem.ts'

/** The body as bytes, at most `bytesMax`: what is longer is refused without being read to its end. Throws `http.too_large`. */
const readBody = async (request: Request, bytesMax: number): Promise<Buffer> => {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw problemError('http.too_large')
  if (request.body === null) return Buffer.alloc(0)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of streamed(request)) {
    size += chunk.byteLength
    if (size > bytesMax) throw problemError('http.too_large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A body that is not read to its end is left, not cancelled: that would close the connection before the sender has read why. */
const streamed = (request: Request): AsyncIterable<Uint8Array> =>
  request.body?.values({ preventCancel: true }) ?? nothing()

const wholeBytesMax = 65_536

/**
 * The body as it comes, for a handler that reads it itself and sets its own bounds. One that says it is small is taken whole: a stream of the web's
 * kind costs more than all that a small push is.
 */
export const bodyBytes = (request: Request): AsyncIterable<Uint8Array> | (() => Promise<Uint8Array>) => {
  const length = request.headers.get('content-length')
  if (length === null || Number(length) > wholeBytesMax) return streamed(request)
  return async () => new Uint8Array(await request.arrayBuffer())
}

const mediaType = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A JSON body. Throws `http.not_json`, `http.bad_json`, `http.too_large`. */
export const readJson = async (request: Request, bytesMax: number): Promise<unknown> => {
  if (!/^application\/([\w.-]+\+)?json$/.test(mediaType(request))) throw problemError('http.not_json')
  const bytes = await readBody(request, bytesMax)
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (cause) {
    throw problemError('http.bad_json', { cause })
  }
}

/** A form's fields; of a field sent twice the last counts. Throws `http.too_large`. */
export const readForm = async (request: Request, bytesMax: number): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams((await readBody(request, bytesMax)).toString('utf8')))

const leftBytesMax = 1_048_576
const leftMaxMs = 1_000

/**
 * Takes what is left of a body that nobody read to its end, and gives whether the connection can go on. Without that the sender, still sending, would
 * find it closed and not the answer; a long rest is not waited for: then the answer has to say that the connection ends (RFC 9112, 9.3).
 */
export const leaveBody = (incoming: IncomingMessage): Promise<boolean> =>
  new Promise((resolve) => {
    if (incoming.complete || incoming.destroyed) {
      resolve(true)
      return
    }
    let left = 0
    const stop = (): void => {
      clearTimeout(timer)
      incoming.off('data', onData).off('end', stop).off('close', stop)
      resolve(incoming.complete)
    }
    const timer = setTimeout(stop, leftMaxMs)
    const onData = (chunk: Uint8Array): void => {
      left += chunk.byteLength
      if (left > leftBytesMax || incoming.complete) stop()
      // Whoever read it before may have it paused.
      else incoming.resume()
    }
    incoming.on('data', onData).on('end', stop).on('close', stop)
    incoming.resume()
  })
