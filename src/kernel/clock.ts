/**
 * The only place that asks for the time. Dates without a zone are days in China (UTC+8 all year since 1992),
 * so they are computed by a fixed offset: no time zone data is needed and it is cheap in hot paths.
 */
const chinaOffsetMs = 8 * 3_600_000
const dayMs = 86_400_000

let offsetMs = 0

/** The present instant. */
export const now = (): Date => new Date(Date.now() + offsetMs)

/** The present instant as milliseconds since 1970, for durations and deadlines that follow `now()`. */
export const nowMs = (): number => Date.now() + offsetMs

/** Milliseconds that only ever grow, for measuring; never compare them with `nowMs()`. */
export const elapsedMs = (): number => performance.now()

/** The day in Asia/Shanghai of an instant (default: now) as `YYYY-MM-DD`. */
export const today = (instant: Date = now()): string =>
  new Date(instant.getTime() + chinaOffsetMs).toISOString().slice(0, 10)

/** The first instant of a day in Asia/Shanghai. `day` is `YYYY-MM-DD`; RangeError where it is no day. */
export const startOfDay = (day: string): Date => {
  const start = new Date(`${day}T00:00:00+08:00`)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(start.getTime()) || today(start) !== day)
    throw new RangeError(`no such day: ${day}`)
  return start
}

/** The last millisecond of a day in Asia/Shanghai: what `asOf=D` means (decision 10). */
export const endOfDay = (day: string): Date => new Date(startOfDay(day).getTime() + dayMs - 1)

/** `day` moved by whole days, as `YYYY-MM-DD`. */
export const addDays = (day: string, days: number): string => today(new Date(startOfDay(day).getTime() + days * dayMs))

/** Days from `from` to `to`, negative where `to` lies before. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((startOfDay(to).getTime() - startOfDay(from).getTime()) / dayMs)

/** Moves the hub's clock by a fixed offset (tests, and a demo that advances days). 0 puts it back. */
export const setClockOffset = (ms: number): void => {
  offsetMs = ms
}

/** Moves the clock so that `now()` is this instant and runs on from there. */
export const setClock = (instant: Date | string): void => {
  offsetMs = new Date(instant).getTime() - Date.now()
}

/** Resolves after `ms`, at once when the signal fires (with the signal's reason as rejection). */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
