/** What the documents name exists: files, npm scripts, commands; and the table of settings is the generated one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configTable } from '../src/kernel/config-table.ts'

const root = resolve(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const docsFolder = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
const documents = [
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  'connectors/README.md',
  'simulator/README.md',
  ...docsFolder.filter((path) => path.endsWith('.md')).map((path) => join('docs', path)),
]

const withoutBlocks = (text: string): string => text.replace(/^```.*?^```/gms, '')

const tops = readdirSync(root).filter((name) => !['node_modules', '.git', '.data'].includes(name))
const isInRepository = (path: string): boolean => tops.includes(path.split('/')[0] ?? '')

/** Paths in backticks that begin with a name of the top folder; a pattern counts as the folder it stands in. */
const namedPaths = (text: string): string[] =>
  [...withoutBlocks(text).matchAll(/`([^`\s]+)`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => path.includes('/') && isInRepository(path))
    .map((path) => path.replace(/[*<{].*$/, '').replace(/:\d+$/, ''))

const linkedPaths = (path: string, text: string): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => relative(root, resolve(root, dirname(path), target.replace(/#.*$/, ''))))

const settingsOf = (text: string): string | undefined =>
  /<!-- settings: .*? -->\n([\s\S]*?)<!-- end of settings -->/.exec(text)?.[1]?.trim()

describe.each(documents)('%s', (path) => {
  const text = read(path)

  test('names only paths that exist', () => {
    expect([...namedPaths(text), ...linkedPaths(path, text)].filter((named) => !existsSync(join(root, named)))).toEqual(
      [],
    )
  })

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...text.matchAll(/npm run (?:-s )?([a-z:]+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([])
  })

  test('names only commands of the hub that exist', () => {
    const main = read('src/main.ts')
    const named = [...text.matchAll(/npm run -s jingwei -- ([a-z]+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((command) => !new RegExp(`\\b${command}\\b['":]`).test(main))).toEqual([])
  })
})

test.each(['README.md', 'README.zh-CN.md'])('%s has the table of settings as the schema gives it', (path) => {
  expect(settingsOf(read(path))).toBe(configTable().trim())
})

test('every decision record says what was chosen, what was not, what follows, and how it is confirmed', () => {
  const records = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name))
  const headings = ['Context', 'Choice', 'Rejected', 'Consequences', 'Confirmed by']
  const incomplete = records.filter((name) =>
    headings.some((heading) => !read(`docs/decisions/${name}`).includes(`## ${heading}`)),
  )
  expect(incomplete).toEqual([])
  expect(new Set(records.map((name) => name.slice(0, 4))).size).toBe(records.length)
  const index = read('docs/README.md')
  expect(records.filter((name) => !index.includes(`decisions/${name}`))).toEqual([])
})
