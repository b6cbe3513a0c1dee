/** The import rules of the project as tables: what may know what, and what may be called where. */
import { expect, test } from 'vitest'
import { importsOf, readSources, type SourceFile, withoutComments } from './support/sources.ts'

interface ImportRule {
  readonly area: string
  /** Prefixes of our own files that it may import. */
  readonly own: readonly string[]
  /** Packages it may import; absent: any. `node:` stands for all of Node. */
  readonly packages?: readonly string[]
}

const stageBase = ['schemas/', 'src/kernel/', 'src/db/', 'src/access/']

const importRules: readonly ImportRule[] = [
  {
    area: 'simulator/',
    own: ['simulator/'],
    // pg: the departments' own front-end database.
    packages: ['node:', 'hono', '@hono/node-server', 'iconv-lite', 'pg', 'vitest', 'fast-check'],
  },
  { area: 'schemas/', own: ['schemas/'], packages: ['zod'] },
  { area: 'src/kernel/', own: ['src/kernel/'] },
  { area: 'src/db/', own: ['src/db/', 'src/kernel/', 'schemas/', 'src/access/actor.ts'] },
  { area: 'connectors/', own: ['connectors/', 'src/connect/index.ts', 'schemas/'], packages: [] },
  { area: 'src/connect/', own: ['src/connect/', 'src/kernel/', 'schemas/', 'src/normalise/values/'] },
  { area: 'src/normalise/values/', own: ['src/normalise/values/', 'src/kernel/', 'schemas/'] },
  // What facts look like to every stage behind normalise: pure, so that stages need not know each other.
  { area: 'src/facts/', own: ['src/facts/', 'src/kernel/', 'schemas/'] },
  { area: 'src/access/', own: ['src/access/', ...stageBase] },
  { area: 'src/grid/', own: ['src/grid/', ...stageBase] },
  { area: 'src/landing/', own: ['src/landing/', 'src/connect/', ...stageBase] },
  { area: 'src/push/', own: ['src/push/', 'src/landing/', 'src/connect/', ...stageBase] },
  { area: 'src/retention/', own: ['src/retention/', ...stageBase] },
  { area: 'src/normalise/', own: ['src/normalise/', 'src/facts/', 'src/connect/', ...stageBase] },
  { area: 'src/link/', own: ['src/link/', 'src/facts/', 'src/normalise/values/', ...stageBase] },
  // The stand-alone commands read a person's own CSV files, with the decoders that landing reads departments' files with.
  {
    area: 'src/link/standalone/',
    own: ['src/link/', 'src/cli/output.ts', 'src/facts/', 'src/normalise/values/', 'src/connect/decode/', ...stageBase],
  },
  // Rates as dated rows and what follows from them: pure, so that an officer's figure can be computed again from its inputs.
  {
    area: 'src/tax/',
    own: ['src/tax/', 'src/kernel/', 'schemas/', 'src/normalise/values/', 'src/schedule/when/'],
    packages: [],
  },
  { area: 'src/track/', own: ['src/track/', 'src/tax/', 'src/facts/', 'src/normalise/values/', ...stageBase] },
  // When a schedule fires and what is owed: pure, and one for the ticker and for what shows it.
  { area: 'src/schedule/when/', own: ['src/schedule/when/', 'src/kernel/'], packages: ['chinese-days'] },
  {
    // Why two records are one is told by the comparison that joined them: pure, and one for the stage and for who asks.
    area: 'src/query/',
    own: [
      'src/query/',
      'src/link/projects/',
      // What a judge is shown is one text for the page and for the verb that keeps its digest.
      'src/link/verbs/shown.ts',
      'src/facts/',
      'src/normalise/values/',
      'src/schedule/when/',
      ...stageBase,
    ],
  },
]

/** Of several areas that hold a file the narrowest counts. */
const ruleFor = (path: string): ImportRule | undefined =>
  importRules.filter((rule) => path.startsWith(rule.area)).sort((a, b) => b.area.length - a.area.length)[0]

const isListed = (target: string, list: readonly string[]): boolean =>
  list.some((item) => target === item || (/[/:]$/.test(item) ? target.startsWith(item) : target.startsWith(`${item}/`)))

const isTest = (path: string): boolean => path.startsWith('test/') || path.endsWith('.test.ts')

const forbiddenImports = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) => {
    const rule = ruleFor(file.path)
    if (!rule || isTest(file.path)) return []
    return importsOf(file)
      .filter(({ target, isOwn }) =>
        isOwn ? !isListed(target, rule.own) : rule.packages !== undefined && !isListed(target, rule.packages),
      )
      .map(({ target }) => `${file.path} imports ${target}`)
  })

interface CallRule {
  readonly what: string
  readonly pattern: RegExp
  readonly within: readonly string[]
  /** The only files that may. */
  readonly except: readonly string[]
}

const ours = ['src/', 'connectors/', 'schemas/']

const callRules: readonly CallRule[] = [
  { what: 'reads the environment', pattern: /\bprocess\.env\b/, within: ours, except: ['src/kernel/config.ts'] },
  {
    what: 'asks for the time',
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/,
    within: ours,
    except: ['src/kernel/clock.ts'],
  },
  {
    what: 'writes to stdout',
    pattern: /\bprocess\.stdout\b|\bconsole\.\w+\(/,
    within: ours,
    except: ['src/kernel/log.ts'],
  },
  { what: 'imports undici', pattern: /from 'undici'/, within: ours, except: ['src/connect/http.ts'] },
  { what: 'uses chance', pattern: /\bMath\.random\b/, within: ours, except: ['src/kernel/retry.ts'] },
  {
    what: 'uses chance or the time',
    pattern: /\bMath\.random\b|\bDate\.now\(/,
    within: ['simulator/world/'],
    except: [],
  },
  {
    what: 'holds SQL',
    pattern: /\b(?:SELECT\s[\s\S]{1,200}?\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s)/,
    within: ['src/http/', 'src/console/', 'connectors/', 'schemas/'],
    except: [],
  },
  {
    what: 'reaches the database',
    // Types may be named: a route passes on what a query is given.
    pattern: /\b(?:import|export)\s+(?!type\b)[^'"]*\sfrom '(?:pg|@prisma\/[^']*|[^']*\/db\/[^']*)'/,
    within: ['src/http/', 'src/console/'],
    except: [],
  },
  {
    what: 'is newer than PostgreSQL 15',
    pattern: /\buuidv7\(|\bWITHOUT OVERLAPS\b|\bON_ERROR\b|\) VIRTUAL\b|\bMERGE\s+INTO[\s\S]{1,2000}?\bRETURNING\b/,
    within: ['src/'],
    except: [],
  },
  {
    what: 'swallows a type',
    pattern: /@ts-(?:ignore|nocheck|expect-error)/,
    within: [...ours, 'simulator/', 'bench/'],
    except: [],
  },
]

const forbiddenCalls = (files: readonly SourceFile[]): string[] =>
  callRules.flatMap((rule) =>
    files
      .filter(
        ({ path }) =>
          rule.within.some((prefix) => path.startsWith(prefix)) && !rule.except.includes(path) && !isTest(path),
      )
      .filter(({ text }) => rule.pattern.test(rule.what === 'swallows a type' ? text : withoutComments(text)))
      .map(({ path }) => `${path} ${rule.what}`),
  )

test('every file imports only what its area may know', () => {
  expect(forbiddenImports(readSources())).toEqual([])
})

test('environment, time, chance, stdout, network and SQL are used in their one place', () => {
  expect(forbiddenCalls(readSources())).toEqual([])
})

test('files are named in kebab-case after one thing', () => {
  const odd = readSources().filter(({ path }) => {
    const name = path.split('/').at(-1)!
    return (
      !/^(?:\d{4}_)?[a-z0-9]+(?:[-_.][a-z0-9]+)*\.(?:ts|sql)$/.test(name) ||
      /^(?:utils?|helpers?|common|managers?|misc)\.ts$/.test(name)
    )
  })
  expect(odd.map(({ path }) => path)).toEqual([])
})

test('the rules notice what they forbid', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text })
  expect(
    forbiddenImports([file('connectors/water/projects.ts', `import { x } from '../../src/db/pools.ts'`)]),
  ).toHaveLength(1)
  expect(forbiddenImports([file('connectors/water/projects.ts', `import pg from 'pg'`)])).toHaveLength(1)
  expect(forbiddenImports([file('src/link/run.ts', `import {\n  a,\n  b,\n} from '../track/run.ts'`)])).toHaveLength(1)
  expect(forbiddenImports([file('src/link/run.ts', `import { foldName } from '../normalise/values/name.ts'`)])).toEqual(
    [],
  )
  expect(forbiddenImports([file('schemas/x.ts', `export * from '../src/kernel/errors.ts'`)])).toHaveLength(1)
  expect(forbiddenImports([file('simulator/x.ts', `const s = await import('../src/main.ts')`)])).toHaveLength(1)
  expect(forbiddenCalls([file('src/link/run.ts', 'const at = Date.now()')])).toEqual([
    'src/link/run.ts asks for the time',
  ])
  expect(forbiddenCalls([file('src/link/run.ts', '// not Date.now() here')])).toEqual([])
  expect(forbiddenCalls([file('src/http/get.ts', `import type { Queryable } from '../db/transaction.ts'`)])).toEqual([])
  expect(forbiddenCalls([file('src/http/get.ts', `import { prismaOf } from '../db/prisma.ts'`)])).toHaveLength(1)
  expect(forbiddenCalls([file('src/http/get.ts', 'const q = `SELECT a\n FROM b `')])).toEqual([
    'src/http/get.ts holds SQL',
  ])
})
