/**
 * What an interface shows on each day, written out before anything is measured: the bytes of its rows one after the other, in the order of their
 * update times, and an index with time and end of each. A page is then one read of a file.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface ListedRow {
  readonly key: string
  readonly updatedAt: string
  readonly bytes: Buffer
}

const pieceBytes = 262_144

/** `2025-06-02 07:30:00` → 20250602073000; a day alone counts from its beginning. */
export const timeNumber = (text: string): number => Number(text.replace(/\D/g, '').padEnd(14, '0').slice(0, 14))

const pathOf = (folder: string, feed: string, day: number): string => join(folder, `${feed}.${day}`)

/** Writes the list of one feed day by day. Keys are held in memory while it writes, rows are not. */
export class ListWriter {
  readonly #folder: string
  readonly #feed: string
  #day = -1
  #keys: string[] = []
  #index = new Float64Array()

  constructor(folder: string, feed: string) {
    this.#folder = folder
    this.#feed = feed
  }

  /** The next day's list: what stood before, without the rows that come anew, and these behind it. */
  async write(rows: Iterable<ListedRow>): Promise<number> {
    const before = { path: pathOf(this.#folder, this.#feed, this.#day), keys: this.#keys, index: this.#index }
    this.#day++
    const news = this.#day === 0 ? rows : [...rows]
    const again = this.#day === 0 ? new Set<string>() : new Set([...news].map(({ key }) => key))
    const path = pathOf(this.#folder, this.#feed, this.#day)
    const keys: string[] = []
    const index: number[] = []
    let end = 0
    let count = 0
    await using file = await open(path, 'w')
    for (const [from, through] of spansWithout(before.keys, again)) {
      const start = from === 0 ? 0 : (before.index[from * 2 - 1] ?? 0)
      const stop = before.index[through * 2 - 1] ?? 0
      await copy(before.path, start, stop, file)
      for (let row = from; row < through; row++) {
        keys.push(before.keys[row] ?? '')
        index.push(before.index[row * 2] ?? 0, (before.index[row * 2 + 1] ?? 0) - start + end)
      }
      end += stop - start
    }
    let waiting: Buffer[] = []
    let waitingBytes = 0
    for (const { key, updatedAt, bytes } of news) {
      keys.push(key)
      end += bytes.length
      index.push(timeNumber(updatedAt), end)
      waiting.push(bytes)
      waitingBytes += bytes.length
      count++
      if (waitingBytes < pieceBytes) continue
      await file.write(Buffer.concat(waiting))
      waiting = []
      waitingBytes = 0
    }
    await file.write(Buffer.concat(waiting))
    this.#keys = keys
    this.#index = Float64Array.from(index)
    await writeFile(`${path}.index`, Buffer.from(this.#index.buffer))
    return count
  }
}

/** Runs of rows whose keys are not among those that come again, as `[from, through)`. */
const spansWithout = function* (keys: readonly string[], again: ReadonlySet<string>): Generator<[number, number]> {
  let from = 0
  for (let row = 0; row <= keys.length; row++) {
    if (row < keys.length && !again.has(keys[row] ?? '')) continue
    if (row > from) yield [from, row]
    from = row + 1
  }
}

const copy = async (path: string, start: number, stop: number, file: FileHandle): Promise<void> => {
  if (stop === start) return
  for await (const bytes of createReadStream(path, { start, end: stop - 1, highWaterMark: pieceBytes }))
    await file.write(bytes as Buffer)
}

/** The list of one feed on one day, as it is served. */
export class RowList {
  readonly #file: FileHandle
  readonly #index: Float64Array

  private constructor(file: FileHandle, index: Float64Array) {
    this.#file = file
    this.#index = index
  }

  static async open(folder: string, feed: string, day: number): Promise<RowList> {
    const path = pathOf(folder, feed, day)
    const bytes = await readFile(`${path}.index`)
    return new RowList(
      await open(path),
      new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    )
  }

  get length(): number {
    return this.#index.length / 2
  }

  /** Index of the first row that was updated at `since` or later; 0 where it is empty. */
  firstFrom(since: string): number {
    if (since === '') return 0
    const time = timeNumber(since)
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#index[middle * 2] ?? 0) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The bytes of rows `from` to `through` (exclusive). */
  async bytes(from: number, through: number): Promise<Buffer> {
    if (through <= from) return Buffer.alloc(0)
    const start = from === 0 ? 0 : (this.#index[from * 2 - 1] ?? 0)
    const bytes = Buffer.allocUnsafe((this.#index[through * 2 - 1] ?? 0) - start)
    await this.#file.read(bytes, 0, bytes.length, start)
    return bytes
  }
}
