import { elapsedMs } from './clock.ts'

export interface Progress {
  /** Rows (or whatever is counted) done in all so far. */
  readonly update: (done: number, note?: string) => void
  readonly end: () => void
}

const silent: Progress = { update: () => undefined, end: () => undefined }

/**
 * One line on stderr that rewrites itself, at most ten times a second, and only where stderr is a terminal: in a pipe, a service or CI
 * nothing is printed. `total` null: count only.
 */
export const startProgress = (
  title: string,
  total: number | null,
  out: NodeJS.WriteStream = process.stderr,
): Progress => {
  if (!out.isTTY) return silent
  const start = elapsedMs()
  let shownMs = 0
  return {
    update(done, note = '') {
      const at = elapsedMs()
      if (at - shownMs < 100) return
      shownMs = at
      const share = total ? ` ${Math.min(100, Math.floor((done / total) * 100))} %` : ''
      const rate = Math.round(done / Math.max(0.001, (at - start) / 1_000))
      out.write(`\r\x1b[K${title}${share}  ${done.toLocaleString('en')}  ${rate.toLocaleString('en')}/s  ${note}`)
    },
    end: () => void out.write('\r\x1b[K'),
  }
}
