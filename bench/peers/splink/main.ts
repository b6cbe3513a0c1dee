/**
 * `node bench/peers/splink/main.ts [rows]`: the stand-alone `link` and Splink (DuckDB) on the same rows, both sides printed. Needs a Python with
 * splink and pandas, named by SPLINK_PYTHON. Time is wall time with the processor time beside it, loading included on both sides.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printResult } from '../../../src/kernel/log.ts'
import { csvLine } from '../../../src/link/standalone/output-file.ts'
import { prepare } from '../../link.ts'

const rows = Number(process.argv[2] ?? 20_000)
const world = await prepare({ parties: rows, taxpayers: Math.round(rows / 0.85), seed: 9 })
if (world === null) throw new Error('the registry is not on this machine')

const folder = mkdtempSync(join(tmpdir(), 'splink-'))
const put = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name)
  writeFileSync(path, lines.join(''))
  return path
}
const { entries, parties } = world
const usccOf = (code: string | null): string => code ?? ''
const partyLines = parties.map(({ query }, i) =>
  csvLine([String(i), query.name, query.code?.normalised ?? '', query.address ?? '']),
)
const taxpayers = put('own.csv', [
  csvLine(['uscc', 'name', 'formerNames', 'address']),
  ...entries.map((e) => csvLine([usccOf(e.uscc), e.name, e.formerNames.join('、'), e.address ?? ''])),
])
put('taxpayers.csv', [
  csvLine(['id', 'name', 'uscc', 'address']),
  ...entries.map((e) => csvLine([e.registrationId, e.name, usccOf(e.uscc), e.address ?? ''])),
])
const partyFile = put('parties.csv', [csvLine(['id', 'name', 'uscc', 'address']), ...partyLines])

interface Side {
  readonly name: string
  /** The taxpayer of each linked party and its score. */
  readonly links: ReadonlyMap<number, readonly [string, number]>
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Runs one side to its end; the processor time is that of its process and threads. */
const timed = (command: string, args: readonly string[]): { seconds: number; cpuSeconds: number } => {
  const started = performance.now()
  const run = spawnSync('/bin/bash', ['-c', 'TIMEFORMAT=%U+%S; time "$0" "$@"', command, ...args], { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${command} failed: ${run.stderr.slice(-2_000)}`)
  const [user = 0, system = 0] = (run.stderr.trim().split('\n').at(-1) ?? '').split('+').map(Number)
  return { seconds: (performance.now() - started) / 1_000, cpuSeconds: user + system }
}

const table = (name: string): string[][] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

const own = (): Side => {
  const out = join(folder, 'out.csv')
  const main = new URL('../../../src/main.ts', import.meta.url).pathname
  const time = timed(process.execPath, [main, 'link', '--taxpayers', taxpayers, '--parties', partyFile, '--out', out])
  const links = new Map<number, readonly [string, number]>()
  for (const [id, uscc = '', score, decision] of table('out.csv'))
    if (decision === 'link') links.set(Number(id), [uscc, Number(score)])
  return { name: 'own', links, ...time }
}

const splink = (): Side => {
  const script = new URL('./link.py', import.meta.url).pathname
  const time = timed(process.env.SPLINK_PYTHON ?? 'python3', [script, folder])
  const links = new Map<number, readonly [string, number]>()
  for (const [id, taxpayer = '', score] of table('splink.csv')) links.set(Number(id), [taxpayer, Number(score)])
  return { name: 'splink', links, ...time }
}

const present = parties.filter(({ truth }) => truth !== null).length
const judged = ({ links }: Side, from: number) => {
  let linked = 0
  let right = 0
  for (const [id, [taxpayer, score]] of links) {
    if (score < from) continue
    linked += 1
    if (parties[id]?.truth === taxpayer) right += 1
  }
  const precision = right / Math.max(linked, 1)
  const recall = right / present
  return { from, precision, recall, f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9) }
}

try {
  for (const side of [own(), splink()]) {
    const floors = side.name === 'own' ? [0] : [0.5, 0.8, 0.9, 0.95, 0.99, 0.999]
    const best = floors.map((from) => judged(side, from)).reduce((a, b) => (b.f1 > a.f1 ? b : a))
    const { name, seconds, cpuSeconds } = side
    printResult(
      JSON.stringify({
        name,
        rows,
        taxpayers: entries.length,
        seconds,
        cpuSeconds,
        rowsPerSecond: rows / seconds,
        ...best,
      }),
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
