import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/kernel/config.ts'
import { configTable } from '../../src/kernel/config-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'jingwei-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const withFile = (text: string, env: Record<string, string> = {}) => {
  const path = join(folder, 'jingwei.yaml')
  writeFileSync(path, text)
  return loadConfig({ JINGWEI_CONFIG: path, ...env }, folder)
}

test('an empty environment gives the demo on port 8080 with an embedded database', () => {
  const config = loadConfig({}, '/srv/hub')
  expect(config).toMatchObject({
    port: 8080,
    configFile: null,
    dataFolder: '/srv/hub/.data',
    region: { code: '410100' },
  })
  expect(config.database).toMatchObject({ url: null, dataFolder: '/srv/hub/.data', masterKey: null })
})

test('an empty variable counts as not set', () => {
  expect(loadConfig({ DATABASE_URL: '', PORT: '' }).database.url).toBeNull()
})

test('variables of others are left alone, a mistyped one of ours is refused with the name that was meant', () => {
  expect(loadConfig({ PATH: '/bin', SOMETHING: 'x' }).port).toBe(8080)
  expect(() => loadConfig({ JINGWEI_DATADIR: 'x' })).toThrow(
    expect.objectContaining({
      code: 'config.unknown_key',
      context: expect.objectContaining({ meant: 'JINGWEI_DATA_DIR' }),
    }),
  )
})

test('a wrong value is refused with its place', () => {
  expect(() => loadConfig({ PORT: '99999' })).toThrow(
    expect.objectContaining({ code: 'config.invalid', context: expect.objectContaining({ place: 'PORT' }) }),
  )
  expect(() => withFile('schedules: {water.projects: {cron: daily}}')).toThrow(
    expect.objectContaining({
      code: 'config.invalid',
      context: expect.objectContaining({ place: 'schedules.water.projects.cron' }),
    }),
  )
})

test('a mistyped key of the file is refused where it stands, in both languages', () => {
  const attempt = () => withFile('sources:\n  water:\n    baseUri: http://10.0.0.1\n')
  expect(attempt).toThrow(
    expect.objectContaining({
      code: 'config.unknown_key',
      context: expect.objectContaining({ key: 'baseUri', meant: 'baseUrl' }),
    }),
  )
  try {
    attempt()
  } catch (error) {
    const { publicMessage } = error as { publicMessage: { zh: string; en: string } }
    expect(publicMessage.zh).toContain('是否想写 baseUrl')
    expect(publicMessage.en).toContain('did you mean baseUrl')
  }
})

test('secrets come from the environment or a file and print as stars', () => {
  writeFileSync(join(folder, 'secret'), 'from-a-file\n')
  const text = `sources:
  water: {baseUrl: 'http://10.0.0.1/api', clientId: hub, secret: '$\{WATER_SECRET}'}
  tax: {folder: /exchange, secretFile: ${join(folder, 'secret')}}
`
  const config = withFile(text, { WATER_SECRET: 'from-the-environment' })
  expect(config.sources.water?.secret?.reveal()).toBe('from-the-environment')
  expect(config.sources.tax?.secret?.reveal()).toBe('from-a-file')
  for (const shown of [JSON.stringify(config), inspect(config, { depth: 9 }), `${config.sources.water?.secret}`])
    expect(shown).not.toMatch(/from-/)
  expect(() => withFile(text)).toThrow(expect.objectContaining({ code: 'config.variable_missing' }))
})

test('a file that is missing or no YAML is refused with its path', () => {
  expect(() => loadConfig({ JINGWEI_CONFIG: 'nowhere.yaml' }, folder)).toThrow(
    expect.objectContaining({ code: 'config.unreadable' }),
  )
  expect(() => withFile('a: [')).toThrow(expect.objectContaining({ code: 'config.unreadable' }))
})

test('nothing can be changed after the start', () => {
  const config = withFile('sources: {water: {baseUrl: "http://10.0.0.1"}}')
  expect(() => Object.assign(config.sources.water!, { enabled: false })).toThrow(TypeError)
})

test('the table names every setting with its default', () => {
  const table = configTable()
  for (const name of [
    'PORT',
    'DATABASE_URL',
    'region.code',
    'sources.<department>.secretFile',
    'policies.gather.rowsMax',
    'database.reader.connectionsMax',
  ]) {
    expect(table).toContain(`| \`${name}\` |`)
  }
  expect(table).toContain('| `policies.gather.rowsMax` | `10000` |')
})
