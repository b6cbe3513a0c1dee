/** kill -9 of the hub while partners push and send again what was not answered: nothing acknowledged is lost, nothing is there twice. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemActor } from '../../src/access/actor.ts'
import { issueApiKey } from '../../src/access/api-keys.ts'
import { checkAll } from '../../src/check.ts'
import { openHub } from '../../src/hub.ts'
import { sleep } from '../../src/kernel/clock.ts'
import { loadConfig } from '../../src/kernel/config.ts'
import { testUrl } from '../support/database-url.ts'
import { section } from '../support/hand-fed.ts'
import { type HubCommand, killHard, startHubCommand } from '../support/hub-command.ts'
import { runSeed, seededRandom } from '../support/random.ts'
import { testMasterKey } from '../support/simulated.ts'
import type { ReceiptJson } from './world.ts'

const seed = runSeed(7)
const recordsMax = 600
const clients = 4
const kills = 2

/** Where the hub answers, from its own log. */
const addressOf = (hub: HubCommand): Promise<string> =>
  new Promise((resolve, reject) => {
    hub.child.stderr?.on('data', (text: string) => {
      const url = /"url":"(http:[^"]+)"/.exec(text)?.[1]
      if (url) resolve(url)
    })
    hub.finished.then(({ stderr }) => reject(new Error(`the hub ended: ${stderr}`)), reject)
  })

test(`a hub killed while it takes pushes has every acknowledged row, once (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-push-'))
  const environment = {
    DATABASE_URL: await testUrl(),
    JINGWEI_DATA_DIR: folder,
    JINGWEI_MASTER_KEY: testMasterKey,
    JINGWEI_LOG_LEVEL: 'info',
    PORT: '0',
  }
  const inspector = await openHub(loadConfig(environment))
  let hub = startHubCommand(environment, ['serve'])
  try {
    const { key } = await issueApiKey(
      inspector.db,
      { department: 'transport', feed: null, name: 'test', expiresAt: null },
      systemActor,
    )
    let url = await addressOf(hub)
    const acknowledged = new Map<string, string>()
    let next = 0
    const push = async (rows: readonly Record<string, unknown>[]): Promise<ReceiptJson> => {
      for (;;) {
        try {
          const answer = await fetch(`${url}/v1/feeds/transport.sections/records`, {
            method: 'POST',
            headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
            body: JSON.stringify(rows),
          })
          if (answer.status < 300) return (await answer.json()) as ReceiptJson
          if (answer.status < 500) throw new TypeError(`refused: ${await answer.text()}`)
        } catch (error) {
          if (error instanceof TypeError && error.message.startsWith('refused')) throw error
        }
        await sleep(30)
      }
    }
    const client = async (): Promise<void> => {
      while (next < recordsMax) {
        const names = Array.from({ length: 1 + Math.floor(random() * 8) }, () => `K-${next++}`)
        const receipt = await push(names.map((htdbh) => section({ htdbh })))
        for (const [i, name] of names.entries()) acknowledged.set(name, receipt.rows[i]!.recordId!)
      }
    }
    const working = Promise.all(Array.from({ length: clients }, client))
    for (let kill = 1; kill <= kills; kill++) {
      const until = acknowledged.size + 40 + Math.floor(random() * 60)
      while (acknowledged.size < until && next < recordsMax) await sleep(2)
      killHard(hub.child.pid!)
      await hub.finished
      hub = startHubCommand(environment, ['serve'])
      url = await addressOf(hub)
    }
    await working
    hub.child.kill('SIGTERM')
    expect((await hub.finished).code).toBe(0)

    const { rows } = await inspector.db.pipeline.query<{ records: number; versions: number; facts: number }>(
      `SELECT (SELECT count(*)::int FROM record WHERE live) AS records, (SELECT count(*)::int FROM raw_version) AS versions, (SELECT count(*)::int FROM fact) AS facts`,
    )
    const n = acknowledged.size
    expect(rows).toEqual([{ records: n, versions: n, facts: n }])
    expect(new Set(acknowledged.values()).size).toBe(n)
    const { checks } = await checkAll(inspector.db, 100)
    expect(checks.flatMap((check) => check.findings)).toEqual([])
    const { rows: runs } = await inspector.db.pipeline.query(`SELECT DISTINCT state FROM run WHERE kind = 'push'`)
    expect(runs).toEqual([{ state: 'green' }])
  } finally {
    if (hub.child.exitCode === null) killHard(hub.child.pid!)
    await hub.finished
    await inspector.close()
    await rm(folder, { recursive: true, force: true })
  }
}, 180_000)
