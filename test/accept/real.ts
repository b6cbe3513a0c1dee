/**
 * `npm run real -- <folder> [--keep]`: real award notices and real registrations through the normal landing path, region 420500. Prints what
 * became of them and accounts for every line of the input; exit code 0 only when nothing is missing. The folder is never copied.
 */

import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createGunzip } from 'node:zlib'
import { stringify } from 'yaml'
import { checkAll } from '../../src/check.ts'
import { filePages } from '../../src/cli/load.ts'
import type { Page } from '../../src/connect/feed.ts'
import { feedNamed, type Hub, openHub } from '../../src/hub.ts'
import { type ImportReport, loadPages } from '../../src/import.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { setLogLevel } from '../../src/kernel/log.ts'
import { pairScore } from './grouping-truth.ts'
import { registryPages } from './registry-rows.ts'
import { errorText, expectThat, say, shareText } from './run.ts'

const files = {
  registers: ['registry_yichang.csv.gz', 'registry_hubei.csv.gz'],
  awards: join('yichang', 'awards.jsonl.gz'),
} as const

const linesOf = async (path: string): Promise<number> => {
  let count = 0
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) }))
    if (line.trim() !== '') count++
  return count
}

const timed = async <T>(what: string, fn: () => Promise<T>): Promise<T> => {
  const begun = performance.now()
  const result = await fn()
  say(`     ${what}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
  return result
}

async function* chained(pages: readonly AsyncIterable<Page>[]): AsyncGenerator<Page> {
  for (const each of pages) yield* each
}

/** Every line of the input stands in exactly one of the report's figures. */
const account = (report: ImportReport, lines: number): boolean => {
  const batch = report.batches[0]
  if (!batch)
    return expectThat(false, `${report.feed}: nothing was landed (${report.state} ${errorText(report.error)})`)
  const parts = (['new', 'changed', 'unchanged', 'withdrawn', 'older', 'repeated', 'quarantined'] as const).map(
    (name) => [name, batch[name]] as const,
  )
  const sum = parts.reduce((total, [, n]) => total + n, 0n)
  const words = parts.flatMap(([name, n]) => (n > 0n ? [`${n} ${name}`] : [])).join(' + ')
  const { stages } = report
  if (stages)
    say(
      `     landing ${report.landingMs} ms, normalise ${stages.normaliseMs} ms, link ${stages.linkMs} ms, track ${stages.trackMs} ms`,
    )
  return [
    expectThat(sum === BigInt(lines) && batch.fetched === sum, `${report.feed}: ${lines} lines = ${words}`),
    expectThat(
      report.state === 'green',
      `${report.feed} is ${report.state}${report.error ? ` ${JSON.stringify(report.error)}` : ''}`,
    ),
  ].every(Boolean)
}

const loadRegisters = async (hub: Hub, folder: string): Promise<boolean> => {
  let lines = 0
  const pages = files.registers.map((name) => registryPages(join(folder, name), () => lines++))
  const report = await timed('registrations loaded', () =>
    loadPages(hub, feedNamed(hub, 'tax.taxpayers'), 'real', files.registers, chained(pages)),
  )
  return account(report, lines)
}

const loadAwards = async (hub: Hub, folder: string): Promise<boolean> => {
  const path = join(folder, files.awards)
  const feed = feedNamed(hub, 'tendering.awards')
  const report = await timed('award notices loaded', () =>
    loadPages(hub, feed, 'real', [files.awards], filePages(feed, [path])),
  )
  return account(report, await linesOf(path))
}

interface Tally {
  readonly what: string
  readonly n: bigint
}

const sayTally = async (hub: Hub, title: string, sql: string): Promise<bigint> => {
  const { rows } = await hub.db.pipeline.query<Tally>(sql)
  const total = rows.reduce((sum, r) => sum + r.n, 0n)
  say(`     ${title}: ${total}`)
  for (const r of rows) say(`       ${String(r.n).padStart(7)}  ${r.what}`)
  return total
}

const byDecision = (decision: string): string =>
  `SELECT l.reason AS what, count(*) AS n FROM mention m JOIN party_link l USING (text_hash) WHERE l.decision = '${decision}' GROUP BY 1 ORDER BY 2 DESC, 1`

const sayOutcome = async (hub: Hub): Promise<boolean> => {
  await sayTally(
    hub,
    'registrations',
    `SELECT CASE WHEN uscc IS NULL THEN 'without a code' ELSE 'with a code' END AS what, count(*) AS n FROM registration GROUP BY 1`,
  )
  await sayTally(
    hub,
    'projects, by stage',
    `SELECT (body::jsonb)->>'stage' AS what, count(*) AS n FROM position GROUP BY 1 ORDER BY 2 DESC`,
  )
  const mentions = await sayTally(
    hub,
    'parties named, by role',
    `SELECT role AS what, count(*) AS n FROM mention GROUP BY 1 ORDER BY 2 DESC`,
  )
  await sayTally(
    hub,
    'distinct parties',
    `SELECT l.decision AS what, count(*) AS n FROM party JOIN party_link l USING (text_hash) GROUP BY 1 ORDER BY 2 DESC`,
  )
  const linked = await sayTally(hub, 'linked', byDecision('link'))
  const review = await sayTally(hub, 'in review', byDecision('review'))
  const none = await sayTally(hub, 'unlinked', byDecision('none'))
  await sayTally(
    hub,
    'quarantined',
    `SELECT feed || ' ' || code || ' ' || pointer AS what, count(*) AS n FROM quarantine GROUP BY 1 ORDER BY 2 DESC`,
  )
  await sayTally(
    hub,
    'issues on records taken',
    `SELECT feed || ' ' || code || ' ' || pointer AS what, count(*) AS n FROM issue GROUP BY 1 ORDER BY 2 DESC LIMIT 15`,
  )
  return expectThat(
    linked + review + none === mentions,
    `every party named is linked, in review or unlinked (${linked} + ${review} + ${none} = ${mentions})`,
  )
}

/** Districts in which lots of one project really share the number's beginning. */
const clean = new Set(['YCA', 'YDA', 'DYA', 'ZGA', 'CYA', 'XSA', 'YAA', 'WFA'])

/** Lots that share the first nine characters of their number are one project; the number itself is hidden from the grouping. */
const sayGrouping = async (hub: Hub): Promise<void> => {
  const { rows } = await hub.db.pipeline.query<{ key: string; lot: string | null; project: string }>(
    `SELECT encode(m.key_hash, 'hex') AS key, (f.body::jsonb)->>'lotNumber' AS lot, m.project_id::text AS project FROM member_by_record m JOIN fact f USING (key_hash) WHERE f.kind = 'award'`,
  )
  const score = (name: string, chosen: typeof rows): void => {
    const s = pairScore(
      new Map(chosen.map((r) => [r.key, r.lot!.slice(0, 9)])),
      new Map(chosen.map((r) => [r.key, r.project])),
    )
    const f1 = s.recall + s.precision === 0 ? 0 : (2 * s.recall * s.precision) / (s.recall + s.precision)
    say(
      `     grouping, ${name}: ${chosen.length} lots, pairwise F1 ${shareText(f1)} (recall ${shareText(s.recall)}, precision ${shareText(s.precision)}, ${s.rightPairs} right of ${s.foundPairs}, ${s.truePairs} true)`,
    )
  }
  const numbered = rows.filter((r) => (r.lot?.length ?? 0) >= 9)
  score(
    'clean districts',
    numbered.filter((r) => clean.has(r.lot!.slice(0, 3))),
  )
  score('all districts', numbered)
}

const checkHub = async (hub: Hub): Promise<boolean> => {
  const findings = (await checkAll(hub.db, 1_000_000)).checks.flatMap((c) => c.findings)
  for (const f of findings.slice(0, 10))
    say(`     ${f.check} ${f.subject}: expected ${f.expected.slice(0, 200)}, found ${f.found.slice(0, 200)}`)
  return expectThat(findings.length === 0, `check finds nothing (${findings.length} findings)`)
}

const openOwnHub = async (dataFolder: string): Promise<Hub> => {
  const configFile = join(dataFolder, 'real.yaml')
  await writeFile(configFile, stringify({ region: { code: '420500', name: '宜昌市' } }))
  return openHub(
    loadConfig({ JINGWEI_DATA_DIR: join(dataFolder, 'data'), JINGWEI_CONFIG: configFile, JINGWEI_LOG_LEVEL: 'error' }),
  )
}

const run = async (folder: string, dataFolder: string): Promise<boolean> => {
  const hub = await timed('hub opened', () => openOwnHub(dataFolder))
  try {
    const met = [await loadRegisters(hub, folder), await loadAwards(hub, folder), await sayOutcome(hub)]
    await sayGrouping(hub)
    met.push(await timed('checked', () => checkHub(hub)))
    say(`     memory: ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB at most`)
    return met.every(Boolean)
  } finally {
    await hub.close()
  }
}

const missingFiles = async (folder: string): Promise<string[]> => {
  const missing: string[] = []
  for (const name of [...files.registers, files.awards]) await stat(join(folder, name)).catch(() => missing.push(name))
  return missing
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false } },
})
const folder = positionals[0] ? resolve(positionals[0]) : null
const missing = folder ? await missingFiles(folder) : []
if (!folder || missing.length > 0) {
  say(
    folder
      ? `real: ${folder} lacks ${missing.join(', ')}`
      : 'usage: npm run real -- <folder with registry_*.csv.gz and yichang/awards.jsonl.gz> [--keep]',
  )
  process.exit(2)
}
setLogLevel('error')
const dataFolder = await mkdtemp(join(tmpdir(), 'jingwei-real-'))
let isMet = false
try {
  isMet = await run(folder, dataFolder)
} catch (error) {
  say(`stopped: ${errorText(error)}`)
} finally {
  if (values.keep) say(`     kept: ${dataFolder}`)
  else await rm(dataFolder, { recursive: true, force: true })
}
process.exit(isMet ? 0 : 1)
