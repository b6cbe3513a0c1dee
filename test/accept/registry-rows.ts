/** Rows of a public register of enterprises as the tax core would send them: its own columns, and a 登记序号 made from the code. */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { fileBytes, gunzipped } from '../../src/connect/decode/bytes.ts'
import { csvRecords } from '../../src/connect/decode/csv.ts'
import { textBlocks } from '../../src/connect/decode/text-blocks.ts'
import type { Page, RawRow } from '../../src/connect/feed.ts'

/** The 20 digits of a 登记序号: `1`, the registering division, and what the code gives; the same for the same code. */
export const registrationIdOf = (uscc: string, division: string): string => {
  const digits = BigInt(`0x${createHash('sha256').update(uscc).digest('hex').slice(0, 16)}`) % 10n ** 13n
  return `1${division}${digits.toString().padStart(13, '0')}`
}

interface RegistryRow {
  readonly name: string
  readonly uscc: string
  readonly registeredOn: string
  readonly representative: string
  readonly address: string
}

const isBranch = /分公司|分店|分部|办事处|营业部|分支/

const taxpayerOf = (r: RegistryRow): Record<string, string> => {
  // Digits 3 to 8 of a code are the division of the office that registered it.
  const division = /^\d{6}$/.test(r.uscc.slice(2, 8)) ? r.uscc.slice(2, 8) : '000000'
  return {
    DJXH: registrationIdOf(r.uscc, division),
    SHXYDM: r.uscc,
    NSRSBH: r.uscc,
    YNSRSBH: '',
    NSRMC: r.name,
    CYMC: '',
    NSRZT_DM: '03',
    KZZTDJLX_DM: r.uscc.startsWith('92') && !isBranch.test(r.name) ? '1120' : '1110',
    NSRLX_DM: '',
    HY_DM: '',
    ZCDZ: r.address,
    SCJYDZ: r.address,
    JDXZ_DM: '',
    ZGSWSKFJ_DM: '',
    ZGSWSKFJ_MC: '',
    SSGLY_DM: '',
    FDDBRXM: r.representative,
    FDDBRSFZJHM: '',
    LXDH: '',
    DJRQ: r.registeredOn,
    XGRQ: '',
  }
}

const rowsPerPage = 2_000

/** Pages of one gzipped register. `onLine` is told of every line of data, so that the caller can account for it. */
export async function* registryPages(path: string, onLine: () => void): AsyncGenerator<Page> {
  const source = basename(path)
  let columns: readonly string[] | null = null
  let rows: RawRow[] = []
  let line = 1
  for await (const group of csvRecords(textBlocks(gunzipped(fileBytes(path)), 'utf-8'), ',')) {
    for (const { cells } of group) {
      if (columns === null) {
        columns = cells
        continue
      }
      onLine()
      line++
      const cell = (name: string): string => cells[columns!.indexOf(name)] ?? ''
      const record = taxpayerOf({
        name: cell('name'),
        uscc: cell('uscc'),
        registeredOn: cell('reg_date'),
        representative: cell('rep_pseudonym'),
        address: cell('address'),
      })
      rows.push({ text: JSON.stringify(record), at: { source, row: line } })
      if (rows.length < rowsPerPage) continue
      yield { rows, next: null }
      rows = []
    }
  }
  if (rows.length > 0) yield { rows, next: null }
}
