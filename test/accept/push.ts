/**
 * `push`: 100 000 rows pushed three times in random order over four connections while the hub is killed with -9 again and again and its clients
 * send again; then 2 000 malformed bodies. `--times` kills; `--size tiny` takes 5 000 rows.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { systemActor } from '../../src/access/actor.ts'
import { issueApiKey } from '../../src/access/api-keys.ts'
import { checkAll } from '../../src/check.ts'
import type { Database } from '../../src/db/database.ts'
import { openHub } from '../../src/hub.ts'
import { sleep } from '../../src/kernel/clock.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { advance } from '../../src/pipeline.ts'
import { settlePushRuns } from '../../src/push/settle.ts'
import { oddBody } from '../push/malformed-bodies.ts'
import { measurement } from '../support/hand-fed.ts'
import { type HubCommand, killHard, startHubCommand } from '../support/hub-command.ts'
import { seededRandom } from '../support/random.ts'
import { testMasterKey } from '../support/simulated.ts'
import { type Acknowledged, type Push, pushUntilAnswered, readReceipt } from './push-clients.ts'
import { type AcceptanceRun, expectThat, say } from './run.ts'
import { openScratch } from './scratch.ts'

const rounds = 3
const connections = 4
const malformedBodies = 2_000
const answerWithinMs = 10_000

/** A tenth of the records change from round to round; the others are sent three times as they are. */
const rowOf = (record: number, round: number): Record<string, unknown> => {
  const version = record % 10 === 0 ? round : 0
  return measurement({
    xmbh: `JT2024-${Math.floor(record / 40)}`,
    qs: (record % 40) + 1,
    bqjl: `${record}.0${version}`,
    gxsj: `2025-12-0${1 + version} 09:00:00`,
  })
}

const shuffled = <T>(items: T[], random: () => number): T[] => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
  return items
}

/** All rows of all rounds in random order, cut into pushes: most of some rows to some hundred, every twentieth one of thousands. */
const pushesOf = (records: number, random: () => number): Push[] => {
  const order = shuffled(
    Array.from({ length: records * rounds }, (_, i) => i),
    random,
  )
  const pushes: Push[] = []
  for (let at = 0; at < order.length; ) {
    const n = random() < 0.05 ? 1_000 + Math.floor(random() * 3_000) : 1 + Math.floor(random() ** 3 * 400)
    const rows = order.slice(at, at + n).map((i) => rowOf(i % records, Math.floor(i / records)))
    pushes.push({ rows, idempotencyKey: random() < 0.5 ? `push-${pushes.length}` : null })
    at += n
  }
  return pushes
}

/** The hub as a process, started again by whoever kills it. */
interface Restarted {
  url: string
  command: HubCommand
}

const addressOf = (hub: HubCommand): Promise<string> =>
  new Promise((resolve, reject) => {
    hub.child.stderr?.on('data', (text: string) => {
      const url = /"url":"(http:[^"]+)"/.exec(text)?.[1]
      if (url) resolve(url)
    })
    hub.finished.then(({ stderr }) => reject(new Error(`the hub ended: ${stderr.slice(-2_000)}`)), reject)
  })

const startHub = async (environment: Record<string, string>): Promise<Restarted> => {
  const command = startHubCommand(environment, ['serve'])
  return { command, url: await addressOf(command) }
}

const memoryMb = async (hub: Restarted, field: 'VmRSS' | 'VmHWM'): Promise<number> => {
  const status = await readFile(`/proc/${hub.command.child.pid}/status`, 'utf8')
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024)
}

interface World {
  readonly environment: Record<string, string>
  readonly db: Database
  readonly key: string
  readonly hub: Restarted
}

/** Kills the hub at random moments while pushes are left, and starts it again. Returns how often. */
const killAgainAndAgain = async (
  world: World,
  kills: number,
  isOver: () => boolean,
  done: () => number,
  total: number,
  random: () => number,
): Promise<number> => {
  for (let killed = 0; killed < kills; killed++) {
    const until = (total * (killed + random())) / kills
    while (done() < until && !isOver()) await sleep(5)
    await sleep(random() * 200)
    if (isOver()) return killed
    killHard(world.hub.command.child.pid!)
    await world.hub.command.finished
    Object.assign(world.hub, await startHub(world.environment))
  }
  return kills
}

const pushAll = async (world: World, pushes: readonly Push[], kills: number, random: () => number) => {
  const acknowledged: Acknowledged[] = []
  let next = 0
  let tries = 0
  const client = async (): Promise<void> => {
    for (let push = pushes[next++]; push; push = pushes[next++]) {
      const answered = await pushUntilAnswered(() => world.hub.url, world.key, push)
      acknowledged.push(answered.acknowledged)
      tries += answered.tries
    }
  }
  const begun = performance.now()
  const working = Promise.all(Array.from({ length: connections }, client))
  let isOver = false
  working.finally(() => (isOver = true)).catch(() => undefined)
  const killed = await killAgainAndAgain(
    world,
    kills,
    () => isOver,
    () => acknowledged.length,
    pushes.length,
    random,
  )
  await working
  return { acknowledged, tries, killed, seconds: (performance.now() - begun) / 1_000 }
}

/** Records whose head is not the newest version that was acknowledged: every version of each was. */
const wrongHeads = async (
  db: Database,
  records: number,
): Promise<{ heads: number; distinct: number; wrong: number }> => {
  const { rows } = await db.pipeline.query<{ xmbh: string; qs: number; bqjl: string }>(
    `SELECT v.payload::jsonb ->> 'xmbh' AS xmbh, (v.payload::jsonb ->> 'qs')::int AS qs, v.payload::jsonb ->> 'bqjl' AS bqjl
     FROM record r JOIN raw_version v ON v.key_hash = r.key_hash AND v.batch_id = r.batch_id AND v.ord = r.ord
     WHERE r.feed = 'transport.measurements' AND r.live`,
  )
  const seen = new Set<number>()
  let wrong = 0
  for (const { xmbh, qs, bqjl } of rows) {
    const record = Number(xmbh.slice('JT2024-'.length)) * 40 + qs - 1
    seen.add(record)
    if (record >= records || bqjl !== rowOf(record, rounds - 1).bqjl) wrong++
  }
  return { heads: rows.length, distinct: seen.size, wrong }
}

const unreadable = async (world: World, acknowledged: readonly Acknowledged[]): Promise<number> => {
  let missing = 0
  let next = 0
  const reader = async (): Promise<void> => {
    for (let own = acknowledged[next++]; own; own = acknowledged[next++]) {
      const again = await readReceipt(world.hub.url, world.key, own.receiptId)
      if (again?.outcomes !== own.outcomes) missing++
    }
  }
  await Promise.all(Array.from({ length: connections }, reader))
  return missing
}

const checkSet = async (world: World, records: number, acknowledged: readonly Acknowledged[]): Promise<boolean> => {
  const isReadable = expectThat(
    (await unreadable(world, acknowledged)) === 0,
    `all ${acknowledged.length} receipts say what they said`,
  )
  const { heads, distinct, wrong } = await wrongHeads(world.db, records)
  const isClean = expectThat(
    heads === records && distinct === records,
    `${heads} live records, ${distinct} different ones, of ${records}`,
  )
  return expectThat(wrong === 0, `${wrong} records without their newest acknowledged version`) && isReadable && isClean
}

/** Brings the stages up and asks whether everything closes. */
const checkBooks = async (environment: Record<string, string>): Promise<boolean> => {
  const hub = await openHub(loadConfig(environment))
  try {
    await advance(hub)
    await settlePushRuns(hub.db)
    const { checks } = await checkAll(hub.db, 1_000_000)
    const findings = checks.flatMap((check) => check.findings)
    const isSound = expectThat(findings.length === 0, `check finds nothing (${findings.length} findings)`)
    const { rows } = await hub.db.pipeline.query<{ state: string; n: number }>(
      // Runs without a receipt are of hubs that were killed before they acknowledged anything.
      `SELECT r.state, count(*)::int AS n FROM run r JOIN batch b USING (run_id)
       WHERE EXISTS (SELECT 1 FROM receipt t WHERE t.batch_id = b.batch_id) GROUP BY 1 ORDER BY 1`,
    )
    say(`     runs of pushes: ${rows.map((row) => `${row.state} ${row.n}`).join(', ')}`)
    const open = rows.filter((row) => row.state !== 'green')
    return expectThat(open.length === 0, 'every batch of an acknowledged push reconciles') && isSound
  } finally {
    await hub.close()
  }
}

const sendOdd = async (world: World, seed: number): Promise<boolean> => {
  const bodies = fc.sample(oddBody, { seed, numRuns: malformedBodies })
  const statuses = new Map<number, number>()
  const failures: string[] = []
  let slowestMs = 0
  let next = 0
  const before = await memoryMb(world.hub, 'VmRSS')
  const client = async (): Promise<void> => {
    for (let body = bodies[next++]; body; body = bodies[next++]) {
      const begun = performance.now()
      const status = await fetch(`${world.hub.url}/v1/feeds/transport.sections/records${body.query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world.key}`, ...body.headers },
        body: new Uint8Array(body.bytes),
        signal: AbortSignal.timeout(answerWithinMs),
      }).then(
        (answer) => answer.text().then(() => answer.status),
        (error: unknown) => {
          failures.push(String((error as Error).cause ?? error))
          return 0
        },
      )
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      slowestMs = Math.max(slowestMs, performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: connections }, client))
  const grown = (await memoryMb(world.hub, 'VmRSS')) - before
  say(
    `     malformed: ${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([s, n]) => `${s} × ${n}`)
      .join(', ')}`,
  )
  for (const failure of new Set(failures)) say(`     no answer: ${failure}`)
  const isAnswered = expectThat(
    [...statuses.keys()].every((status) => status >= 200 && status < 500),
    `${malformedBodies} malformed bodies: none answered with 5xx, none without an answer; slowest ${Math.round(slowestMs)} ms`,
  )
  return (
    expectThat(grown < 128, `memory of the hub over them: ${before} MB ${grown < 0 ? '' : '+'}${grown} MB`) &&
    isAnswered
  )
}

export const push: AcceptanceRun = async ({ size, seed, times }) => {
  const records = size === 'tiny' ? 5_000 : 100_000
  const random = seededRandom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-accept-push-'))
  const scratch = await openScratch()
  const environment = {
    DATABASE_URL: await scratch.database(),
    JINGWEI_DATA_DIR: folder,
    JINGWEI_MASTER_KEY: testMasterKey,
    JINGWEI_LOG_LEVEL: 'info',
    PORT: '0',
  }
  const inspector = await openHub(loadConfig(environment))
  const hub = await startHub(environment)
  try {
    const partner = { department: 'transport', feed: null, name: 'accept', expiresAt: null }
    const { key } = await issueApiKey(inspector.db, partner, systemActor)
    const world: World = { environment, db: inspector.db, key, hub }
    const pushes = pushesOf(records, random)
    const done = await pushAll(world, pushes, times, random)
    say(
      `     ${records * rounds} rows in ${pushes.length} pushes, ${done.tries} tries, ${done.killed} kills, ${done.seconds.toFixed(0)} s; peak of the last hub ${await memoryMb(hub, 'VmHWM')} MB; seed ${seed}`,
    )
    let isMet = expectThat(done.acknowledged.length === pushes.length, 'every push was acknowledged')
    isMet = (await checkSet(world, records, done.acknowledged)) && isMet
    isMet = (await sendOdd(world, seed)) && isMet
    hub.command.child.kill('SIGTERM')
    await hub.command.finished
    return (await checkBooks(environment)) && isMet
  } finally {
    if (hub.command.child.exitCode === null) killHard(hub.command.child.pid!)
    await hub.command.finished
    await inspector.close()
    await scratch.close()
    await rm(folder, { recursive: true, force: true })
  }
}
