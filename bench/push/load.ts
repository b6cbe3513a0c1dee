/**
 * The partners, in a process of their own: over plain sockets, since a client library would take more of the processor than the server it asks. By
 * IPC: what to send → how it went.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { keyText, singleBody } from './rows.ts'

export interface SinglesAsk {
  readonly port: number
  readonly path: string
  /** Keys of the partners; the connections take them in turn. */
  readonly keys: readonly string[]
  readonly connections: number
  readonly warmMs: number
  readonly measureMs: number
  /** Number of the first record. */
  readonly from: number
}
export interface SinglesFigures {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Number of the next record that was not sent yet. */
  readonly next: number
  /** Processor time of the load itself, in µs a request. */
  readonly cpuMicros: number
}

export interface FileAsk {
  readonly port: number
  readonly path: string
  readonly key: string
  readonly file: string
}
export interface FileFigures {
  readonly seconds: number
  readonly status: number
  readonly counts: Readonly<Record<string, number>>
  readonly receiptId: string
}

const pieces = singleBody()
const bodyBytes = Buffer.byteLength(pieces.join(keyText(0)))

const headOf = (ask: SinglesAsk, key: string): string =>
  `POST ${ask.path} HTTP/1.1\r\nHost: 127.0.0.1:${ask.port}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${bodyBytes}\r\n\r\n`

/** Length of the first answer in `text`, 0 where it is not whole yet. Answers carry a length; other ones are an error here. */
const answerLength = (bytes: Buffer): number => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return 0
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1]
  if (length === undefined) throw new Error('an answer without a length')
  const whole = end + 4 + Number(length)
  return bytes.length >= whole ? whole : 0
}

/** Sends `bytes` and gives the status of the answer. */
const exchange = (socket: Socket, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0)
    const stop = (): void => {
      socket.off('data', onData)
      socket.off('close', onClose)
    }
    const onClose = (): void => reject(new Error('the server closed the connection'))
    const onData = (chunk: Buffer): void => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk])
      if (answerLength(got) === 0) return
      stop()
      resolve(got.toString('latin1', 9, 12))
    }
    socket.on('data', onData)
    socket.once('close', onClose)
    socket.write(bytes)
  })

const quantile = (sorted: readonly number[], share: number): number =>
  Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2))

const singles = async (ask: SinglesAsk): Promise<SinglesFigures> => {
  let next = ask.from
  const times: number[] = []
  const begun = performance.now()
  const measureFrom = begun + ask.warmMs
  const until = measureFrom + ask.measureMs
  const cpuBefore = process.cpuUsage()
  await Promise.all(
    Array.from({ length: ask.connections }, async (_, i) => {
      const socket = connect({ port: ask.port, host: '127.0.0.1', noDelay: true })
      const head = headOf(ask, ask.keys[i % ask.keys.length]!)
      for (;;) {
        const sent = performance.now()
        if (sent >= until) break
        const status = await exchange(socket, head + pieces.join(keyText(next++)))
        if (status !== '201') throw new Error(`a record was answered with ${status}`)
        const ended = performance.now()
        if (ended >= measureFrom && ended < until) times.push(ended - sent)
      }
      socket.destroy()
    }),
  )
  const { user, system } = process.cpuUsage(cpuBefore)
  times.sort((a, b) => a - b)
  return {
    requests: times.length,
    seconds: ask.measureMs / 1_000,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    next,
    cpuMicros: Math.round((user + system) / Math.max(1, next - ask.from)),
  }
}

const sendFile = async (ask: FileAsk): Promise<FileFigures> => {
  const begun = performance.now()
  const asked = request({
    port: ask.port,
    host: '127.0.0.1',
    method: 'POST',
    path: ask.path,
    headers: {
      authorization: `Bearer ${ask.key}`,
      'content-type': 'application/x-ndjson',
      'content-length': (await stat(ask.file)).size,
    },
  })
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    asked.once('error', reject)
    asked.once('response', (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
      answer.once('error', reject)
    })
  })
  await pipeline(createReadStream(ask.file, { highWaterMark: 65_536 }), asked)
  const { status, text } = await answered
  const seconds = (performance.now() - begun) / 1_000
  if (status >= 300) throw new Error(`the file was answered with ${status}: ${text.slice(0, 500)}`)
  const { counts, receiptId } = JSON.parse(text) as { counts: Record<string, number>; receiptId: string }
  return { seconds, status, counts, receiptId }
}

process.send?.({ ready: true })
process.on('message', (message) => {
  const ask = message as SinglesAsk | FileAsk
  const work = 'file' in ask ? sendFile(ask) : singles(ask)
  work.then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack ?? error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
