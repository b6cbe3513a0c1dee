/**
 * JSON lines on stderr: stdout belongs to the results of commands. Levels: error = act now, warn = act this week, info = happened.
 * The redactor runs over the finished line, not over chosen fields: a field nobody thought of cannot leak.
 */
import { writeSync } from 'node:fs'
import { type Logger, pino } from 'pino'
import { currentContext } from './context.ts'
import { isHubError } from './errors.ts'
import { redact } from './redact.ts'

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug'
export type { Logger }

const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error ? { code: error.code } : {}),
    ...(isHubError(error) ? { retryable: error.retryable, context: error.context } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      // A full pipe (EAGAIN) is tried again; a closed one (EPIPE) must not take the hub down.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}

/** Makes a logger whose finished, redacted lines go to `write`. */
export const createLogger = (level: LogLevel, write: (line: string) => void): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...currentContext() }),
      serializers: { err: describeError, error: describeError },
      // Money and ticks are bigint, which JSON refuses.
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[]
          if (typeof first === 'object' && first !== null && !(first instanceof Error)) {
            return method.apply(this, [plain(first as Record<string, unknown>), ...rest] as unknown as Parameters<
              typeof method
            >)
          }
          return method.apply(this, args)
        },
      },
    },
    { write: (line: string) => write(redact(line)) },
  )

const plain = (fields: Record<string, unknown>): Record<string, unknown> => {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) out[name] = typeof value === 'bigint' ? value.toString() : value
  return out
}

/** The hub's logger; `setLogLevel` is called once by main with the configured level. */
export const log: Logger = createLogger('info', (line) => writeAll(2, line))

export const setLogLevel = (level: LogLevel): void => {
  log.level = level
}

/** The result of a command, on stdout. The only other thing that ever goes there is nothing. */
export const printResult = (text: string): void => writeAll(1, text.endsWith('\n') ? text : `${text}\n`)
