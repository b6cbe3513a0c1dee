import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readCode } from '#schemas/identifiers/index.ts'
import {
  divisionName,
  foldName,
  projectNameParts,
  readPlace,
  splitConsortium,
} from '../../../src/normalise/values/index.ts'

/** Real records, where present; see docs of the data folder. Nothing of them is kept here. */
const folder = new URL('../../../../shared/data/', import.meta.url)
const read = (path: string): string[] =>
  gunzipSync(readFileSync(new URL(path, folder)))
    .toString('utf8')
    .trim()
    .split('\n')

describe.skipIf(!existsSync(folder))('real records', () => {
  test('registry codes are read as valid but for the few that are wrong', () => {
    const codes = read('registry_henan.csv.gz')
      .slice(1)
      .map((line) => line.split(',')[1] ?? '')
    const valid = codes.filter((code) => readCode(code)?.status === 'valid').length
    expect(valid / codes.length).toBeGreaterThan(0.9999)
  })

  test('award notices split into the winners that their register names', () => {
    const awards = read('yichang/awards.jsonl.gz').map(
      (line) => JSON.parse(line) as { winner_raw: string; winners: string[] },
    )
    const wrong = awards.filter(
      (a) =>
        splitConsortium(a.winner_raw)
          .map((p) => p.name)
          .join() !== a.winners.map(foldName).join(),
    )
    expect(wrong.length).toBe(0)
  })

  test('no registered company is taken for several', () => {
    const names = read('registry_henan.csv.gz')
      .slice(1, 50_000)
      .map((line) => line.split(',')[0] ?? '')
    expect(names.filter((name) => splitConsortium(name).length > 1).length).toBe(0)
  })

  test('addresses lie in the city of their register', () => {
    const rows = read('registry_henan.csv.gz')
      .slice(1, 50_000)
      .map((line) => line.split(','))
    const placed = rows
      .map((row) => ({ city: row.at(-2) ?? '', code: readPlace(null, row.at(-1)).place.divisionCode }))
      .filter((p) => p.code !== null && p.city !== '')
    const right = placed.filter((p) => divisionName(p.code ?? '')?.includes(p.city)).length
    expect(placed.length / rows.length).toBeGreaterThan(0.8)
    expect(right / placed.length).toBeGreaterThan(0.98)
  })

  test('two lots with one core are almost always of one project', () => {
    const clean = new Set(['YCA', 'YDA', 'DYA', 'ZGA', 'CYA', 'XSA', 'YAA', 'WFA'])
    const lots = read('yichang/awards.jsonl.gz')
      .map((line) => JSON.parse(line) as { lot_no: string; lot_name: string })
      .filter((lot) => clean.has(lot.lot_no.slice(0, 3)))
      .map((lot) => ({ project: lot.lot_no.slice(0, 9), core: projectNameParts(lot.lot_name).core }))
    const pairs = lots.flatMap((a, i) =>
      lots
        .slice(i + 1)
        .filter((b) => b.core === a.core)
        .map((b) => a.project === b.project),
    )
    expect(pairs.length).toBeGreaterThan(200)
    expect(pairs.filter(Boolean).length / pairs.length).toBeGreaterThan(0.98)
  })
})
