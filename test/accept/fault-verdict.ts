/** What a case has to show: by which code it is told, how the commands exit, and in which words the report says it. */
import { driftedField, type Fault } from '../../simulator/faults.ts'
import type { FeedId } from '../../simulator/world/entries.ts'
import { type FaultCase, isFileFeed } from './fault-cases.ts'
import { expectedCodes, possibleCodes } from './fault-codes.ts'

/** How an import that met a fault was told. */
export interface ToldImport {
  readonly code: string | null
  readonly exitCode: number
  readonly rows: number
  /** Lines of the report that a person reads. */
  readonly lines: readonly string[]
}

export interface FaultOutcome {
  /** The import that met the fault; one more where it met only the first of two. */
  readonly met: readonly ToldImport[]
  /** Rows that the undisturbed hub fetched, by delivery. */
  readonly fetched: readonly number[]
  readonly exitCodeAfter: number
  /** With what the imports after the mending stopped; null where they went through. */
  readonly codeAfter: string | null
  /** What the hub noted as drift. */
  readonly drift: readonly string[]
}

/** Rows asked for in one page: fewer make one page, and there is no page before it to repeat, nor a cursor to expire. */
export const rowsPerPage = 3

const driftWrong = (feed: FeedId, told: readonly string[]): string[] => {
  // Tables name their columns in capitals.
  const isTold =
    told.length === 2 &&
    told.includes(`missing ${driftedField(feed)}`) &&
    told.some((one) => /^unknown kzxx$/i.test(one))
  return isTold ? [] : [`drift told as ${told.join(', ') || 'none'}`]
}

/** A report names code, place and number of times, and says in both languages what happened and what to do. */
const reportWrong = (code: string, lines: readonly string[]): string[] => {
  const at = lines.findIndex((line) => line.includes(code) && /×\d+$/.test(line))
  if (at === -1) return [`the report does not tell ${code}`]
  const [zh, en, todoZh, todoEn] = lines.slice(at + 1, at + 5)
  const isWhole =
    /\p{Script=Han}/u.test(zh ?? '') && /[a-z]{3}/.test(en ?? '') && !!todoZh?.includes('→') && !!todoEn?.includes('→')
  return isWhole ? [] : [`the report of ${code} lacks words`]
}

/** Files that say fewer rows than they have, say some twice or are in another encoding: one without rows is as it should be. */
const isOfRows = (kind: Fault): boolean => ['repeatPage', 'totalTooLow', 'wrongEncoding'].includes(kind)

const canHappen = (one: FaultCase, i: number, o: FaultOutcome): boolean => {
  const kind = one.kinds[i]!
  if (isFileFeed(one.feed)) return !isOfRows(kind) || (o.fetched[i] ?? 0) > 0
  const rows = o.fetched.reduce((sum, n) => sum + n, 0)
  return (kind !== 'repeatPage' && kind !== 'gone') || rows > rowsPerPage
}

/** The kinds that the import has to fail at: the first of two on an interface is met once, and the client tries again. */
const mustFail = (one: FaultCase, o: FaultOutcome): boolean =>
  one.kinds.some(
    (kind, i) =>
      expectedCodes(one.feed, kind).length > 0 &&
      (isFileFeed(one.feed) || i === one.kinds.length - 1) &&
      canHappen(one, i, o),
  )

const codeWrong = (one: FaultCase, o: FaultOutcome): string[] => {
  const possible = possibleCodes(one.feed, one.kinds)
  const wrong: string[] = []
  for (const { code, lines } of o.met) {
    if (code !== null && !possible.includes(code)) wrong.push(`said ${code}, not ${possible.join(' or ') || 'nothing'}`)
    if (code !== null) wrong.push(...reportWrong(code, lines))
  }
  const hasFailed = o.met.some(({ exitCode }) => exitCode !== 0)
  if (!hasFailed && mustFail(one, o)) wrong.push('exit code 0')
  if (hasFailed && possible.length === 0) wrong.push('an exit code that is not 0')
  return wrong
}

/** What is not as it should be, in words; empty where all is. Content is compared elsewhere. */
export const wrongIn = (one: FaultCase, o: FaultOutcome): string[] => {
  const wrong = codeWrong(one, o)
  if (o.exitCodeAfter !== 0) wrong.push(`exit code ${o.exitCodeAfter} with ${o.codeAfter} once it was mended`)
  // A day that brought no row shows nothing of its columns.
  if (one.kinds.length === 1 && one.kinds[0] === 'drift' && o.met[0]!.rows > 0)
    wrong.push(...driftWrong(one.feed, o.drift))
  return wrong
}
