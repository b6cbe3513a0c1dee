/**
 * Monthly deliveries in a folder: several files under one manifest, which is written last.
 * A month is there when its manifest is; it is read whole or, where a listed file is missing, not at all.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { type Encoding, fileBytes, gunzipped, peeked, sniffEncoding, sniffSize } from './decode/bytes.ts'
import { connectCodes, connectError } from './errors.ts'
import { droppedFiles, type ExtractFilesOptions } from './extract-files.ts'
import type { Pager } from './feed.ts'
import { type DropFolder, type DroppedFile, listFolder, Manifest, readManifest } from './manifest.ts'

export interface MonthlyFilesOptions extends Omit<ExtractFilesOptions, 'overlapDays'> {
  /** Months before the last one in which late and corrected months are looked for. */
  readonly overlapMonths: number
}

const MonthlyManifest = z.object({
  period: z.string().regex(/^\d{4}(?:0[1-9]|1[0-2])$/),
  files: z.array(Manifest.omit({ date: true }).extend({ file: z.string() })).max(1_000),
})
type MonthlyManifest = z.infer<typeof MonthlyManifest>

interface Month {
  readonly folder: string
  /** Names in the folder. */
  readonly present: ReadonlySet<string>
  readonly manifest: MonthlyManifest
}

/** The month's last day: `2024-05-20` as a beginning takes May along, as an end it does not. */
const lastDay = (period: string): string => {
  const days = new Date(Date.UTC(Number(period.slice(0, 4)), Number(period.slice(4)), 0)).getUTCDate()
  return `${period}${days}`
}

const badManifest = (period: string, zh: string, en: string, context: Readonly<Record<string, unknown>>) =>
  connectError(
    connectCodes.manifestUnreadable,
    `${period} 的月度清单有误：${zh}`,
    `the manifest of ${period} is wrong: ${en}`,
    { context: { period, ...context } },
  )

const missing = (period: string, file: string, zh: string, en: string) =>
  connectError(
    connectCodes.fileMissing,
    `${period} 的数据不齐：${zh}`,
    `the delivery of ${period} is incomplete: ${en}`,
    {
      // A transfer may still be under way.
      retryable: true,
      context: { period, file },
    },
  )

const unlisted = (period: string, file: string) =>
  connectError(
    connectCodes.fileUnlisted,
    `${file} 不在 ${period} 的月度清单中，拒收该月数据`,
    `${file} is not in the manifest of ${period}; the month is refused`,
    { context: { period, file } },
  )

/** Files of one feed and month by their names: `readings_202405.csv`, or numbered `readings_202405_01.csv` on. */
const shapeOf = (name: string, period: string): RegExp =>
  new RegExp(`^${name}_${period}(?:_(\\d{2}))?\\.csv(?:\\.gz)?$`)

/** The first of 1, 2, … that no file bears; null where they are complete or there is one file without a number. */
const gapIn = (files: readonly string[], shape: RegExp): number | null => {
  const numbers = files.map((file) => shape.exec(file)?.[1] ?? null)
  if (files.length === 1 && numbers[0] === null) return null
  const at = numbers.findIndex((number, i) => Number(number) !== i + 1)
  return at === -1 ? null : at + 1
}

const filesOfMonth = ({ folder, present, manifest }: Month, department: string, name: string): DroppedFile[] => {
  const { period } = manifest
  const shape = shapeOf(name, period)
  const date = lastDay(period)
  const listed = manifest.files
    .filter(({ feed }) => feed === `${department}.${name}`)
    .sort((a, b) => (a.file < b.file ? -1 : 1))
  const names = listed.map(({ file }) => file)
  const odd = names.find((file, i) => !shape.test(file) || names[i + 1] === file)
  if (odd !== undefined)
    throw badManifest(
      period,
      `文件名 ${odd} 不合约定或重复`,
      `the file name ${odd} is not as agreed, or stands twice`,
      {
        file: odd,
      },
    )
  if (listed.length === 0) {
    // It stands in for the files, so that the month is refused when it is to be read, and not before.
    const file = `${name}_${period}.csv`
    const refusal = missing(period, file, `清单未列 ${name}（无数据应报空文件）`, `its manifest lists no ${name}`)
    const nothing = { feed: name, date, mode: 'increment', rows: 0, sm3: '0'.repeat(64), encoding: 'utf-8' } as const
    return [{ name: file, path: join(folder, file), date, manifest: nothing, refusal }]
  }
  const gap = gapIn(names, shape)
  const extra = [...present].find((file) => shape.test(file) && !names.includes(file))
  const absent = names.find((file) => !present.has(file))
  const refusal =
    gap !== null
      ? missing(period, name, `清单缺第 ${gap} 个文件`, `its manifest lacks file number ${gap}`)
      : absent !== undefined
        ? missing(period, absent, `清单所列 ${absent} 不存在`, `${absent} is listed and not there`)
        : extra !== undefined
          ? unlisted(period, extra)
          : undefined
  return listed.map(({ file, ...stated }) => ({
    name: file,
    path: join(folder, file),
    date,
    manifest: { ...stated, date },
    ...(refusal === undefined ? {} : { refusal }),
  }))
}

/**
 * Files of a feed in all months that are there from that of the day `from` (`YYYYMMDD`) on, oldest first. What a month lacks is told by the `refusal` of its files, since months that were
 * read long ago may have been cleared away. Throws `landing.folder_missing`, `landing.manifest_unreadable`.
 */
export const listMonths = async (
  drop: DropFolder,
  department: string,
  name: string,
  from: string,
): Promise<DroppedFile[]> => {
  const { folder, names } = await listFolder(drop, department)
  const present = new Set(names)
  const files: DroppedFile[] = []
  const first = `manifest_${from.slice(0, 6)}`
  for (const file of names.filter((one) => /^manifest_\d{6}\.json$/.test(one) && one >= first).sort()) {
    const manifest = await readManifest(join(folder, file), file, MonthlyManifest)
    const period = file.slice(9, 15)
    if (manifest.period !== period)
      throw badManifest(period, `内容所写为 ${manifest.period}`, `it speaks of ${manifest.period}`, {
        stated: manifest.period,
      })
    files.push(...filesOfMonth({ folder, present, manifest }, department, name))
  }
  return files
}

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte < 0x80)

/** Throws `connect.wrong_encoding` where the beginning of a file is not in the encoding that the manifest states. */
const checkEncoding = async ({ name, path, manifest }: DroppedFile): Promise<void> => {
  const { head, all } = await peeked(gunzipped(fileBytes(path)), sniffSize)
  // Taking one piece and no more closes the file.
  for await (const _ of all) break
  const found: Encoding = sniffEncoding(head)
  if (found === manifest.encoding || isAscii(head)) return
  throw connectError(
    connectCodes.wrongEncoding,
    `${name} 的编码不是清单所写的 ${manifest.encoding}`,
    `${name} is not in ${manifest.encoding}, which its manifest states`,
    { context: { file: name, stated: manifest.encoding, found } },
  )
}

/**
 * A pager over monthly deliveries `manifest_<yyyymm>.json`, each listing all files of its month with rows, sum and SM3 digest. A month that comes
 * late or corrected is read again, and with it all later ones: an old version must not end up over a newer one.
 * Throws what `extractFiles` throws, and `landing.file_missing`, `landing.file_unlisted`, `connect.wrong_encoding`.
 */
export const monthlyFiles = (o: MonthlyFilesOptions): Pager =>
  droppedFiles(
    { ...o, overlapDays: o.overlapMonths * 31 },
    { list: (folder, from) => listMonths(folder, o.department, o.name, from), check: checkEncoding },
  )
