/** The simulator as a process of its own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url))

const run = (args: readonly string[]) => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const firstLine = new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    child.stderr.on('data', (bytes: Buffer) => (text += bytes.toString()))
    child.on('close', () => resolve(text))
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, firstLine, ended }
}

it('prints one ready line with its ports, serves, and ends on SIGTERM', async () => {
  const drop = await mkdtemp(join(tmpdir(), 'jingwei-drop-'))
  const { child, firstLine, ended } = run(['--size', 'tiny', '--seed', '2', '--drop', drop, '--today', '2026-03-10'])
  const ready = JSON.parse(await firstLine) as { ready: boolean; port: number; truthPort: number }
  expect(ready.ready).toBe(true)
  expect((await fetch(`http://127.0.0.1:${ready.port}/development/api/v2/approvals`)).status).toBe(401)
  expect(await (await fetch(`http://127.0.0.1:${ready.truthPort}/truth/stats`)).json()).toMatchObject({
    seed: 2,
    clock: '2026-03-10',
  })
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  await rm(drop, { recursive: true, force: true })
})

it('refuses a size or a date it does not know, and says so', async () => {
  for (const [args, word] of [
    [['--size', 'huge', '--drop', '/tmp/x'], '--size'],
    [['--today', '2026-13-01', '--drop', '/tmp/x'], '--today'],
    [['--size', 'tiny'], '--drop'],
  ] as const) {
    const { firstLine, ended } = run(args)
    expect(await firstLine).toContain(word)
    expect(await ended).toBe(2)
  }
})
