/** Every SQL text of the hub, parsed by PostgreSQL's own parser and held against the rules that the tables rely on. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadModule, parseSync } from 'libpg-query'
import { beforeAll, describe, expect, test } from 'vitest'

interface Sql {
  readonly at: string
  readonly text: string
}

const sourceFolder = join(import.meta.dirname, '../../src')
const sources = readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
  .sort()

const begins = /^\s*(?:WITH|SELECT|INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|LOCK TABLE|CREATE|ALTER|GRANT|REVOKE)\b/

/** An interpolation, once its inside is cut out. */
const hole = '$' + '{}'

/** What an interpolation may stand for: a name, a list of names, an expression, or nothing. The first that parses is taken. */
const standIns = ['x', '', '1', 'true', 'x AS (SELECT 1)', 'WITH x AS (SELECT 1)', 'AND true', 'SELECT 1']

/** Template and quoted literals, with nested interpolations cut to `${}`. Comments and expressions need no reading for that: literals that are SQL begin like it. */
const literalsOf = (source: string): string[] => {
  const found: string[] = []
  const template = (from: number): { text: string; end: number } => {
    let text = ''
    for (let i = from; i < source.length; i++) {
      if (source[i] === '\\') text += source[++i] ?? ''
      else if (source[i] === '`') return { text, end: i }
      else if (source.startsWith(hole.slice(0, 2), i)) {
        text += hole
        i = interpolation(i + 2)
      } else text += source[i]
    }
    return { text, end: source.length }
  }
  const interpolation = (from: number): number => {
    for (let i = from, depth = 1; i < source.length; i++) {
      if (source[i] === '`') {
        const inner = template(i + 1)
        found.push(inner.text)
        i = inner.end
      } else if (source[i] === '{') depth++
      else if (source[i] === '}' && --depth === 0) return i
    }
    return source.length
  }
  for (let i = 0; i < source.length; i++) {
    const c = source[i]
    if (c === '/' && source[i + 1] === '/') i = source.indexOf('\n', i)
    else if (c === '/' && source[i + 1] === '*') i = source.indexOf('*/', i) + 1
    else if (c === '`') {
      const { text, end } = template(i + 1)
      found.push(text)
      i = end
    } else if (c === "'") {
      const literal = /^'((?:[^'\\\n]|\\.)*)'/.exec(source.slice(i, i + 4_000))
      if (literal) {
        found.push(literal[1]!)
        i += literal[0].length - 1
      }
    }
    if (i < 0) break
  }
  return found
}

const statements: Sql[] = sources.flatMap((name) =>
  literalsOf(readFileSync(join(sourceFolder, name), 'utf8'))
    .filter((text) => begins.test(text))
    .map((text) => ({ at: name, text })),
)

type Node = { readonly [key: string]: unknown }

const parsed = (text: string): Node | null => {
  for (const standIn of text.includes(hole) ? standIns : ['']) {
    try {
      return parseSync(text.replaceAll(hole, standIn)) as unknown as Node
    } catch {}
  }
  return null
}

/** Every node below, with the name under which it stands. */
function* walk(value: unknown, name = ''): Generator<{ name: string; node: Node }> {
  if (Array.isArray(value)) for (const item of value) yield* walk(item, name)
  else if (value !== null && typeof value === 'object') {
    yield { name, node: value as Node }
    for (const [key, child] of Object.entries(value)) yield* walk(child, key)
  }
}

const nodesNamed = (tree: Node, name: string): Node[] =>
  [...walk(tree)].filter((n) => n.name === name).map((n) => n.node)

/** Words of the hub that begin like a statement and are none. */
const isProse = ({ text }: Sql): boolean => !/\b(?:FROM|SELECT|SET|INTO|VALUES|TABLE|ON|TO)\b|^\s*TRUNCATE/.test(text)

const appendOnly = new Set([
  'judgement',
  'act',
  'act_answer',
  'alias',
  'alias_end',
  'tick',
  'audit',
  'audit_seal',
  'project_identity',
  'project_merge',
  'settings_version',
  'raw_version',
])

const tableOf = (node: Node): string => String((node.relation as Node | undefined)?.relname ?? '')

/** Functions and words that are newer than PostgreSQL 15. */
const newerFunctions = new Set([
  'uuidv7',
  'uuidv4',
  'any_value',
  'random_normal',
  'array_sample',
  'array_shuffle',
  'json_scalar',
  'json_serialize',
  'array_sort',
  'array_reverse',
  'casefold',
])
const newerNodes = [
  'JsonTable',
  'JsonFuncExpr',
  'JsonScalarExpr',
  'JsonSerializeExpr',
  'JsonParseExpr',
  'JsonIsPredicate',
  'ReturningOption',
  'MergeSupportFunc',
]

const functionNames = (tree: Node): string[] =>
  nodesNamed(tree, 'FuncCall').map(
    (call) =>
      ((call.funcname as Node[]) ?? []).map((part) => String((part.String as Node | undefined)?.sval ?? '')).at(-1) ??
      '',
  )

describe('SQL in the sources', () => {
  const trees: { sql: Sql; tree: Node }[] = []
  const unread: Sql[] = []
  beforeAll(async () => {
    await loadModule()
    for (const sql of statements.filter((s) => !isProse(s))) {
      const tree = parsed(sql.text)
      if (tree) trees.push({ sql, tree })
      else unread.push(sql)
    }
  })

  const offending = (isOffence: (tree: Node) => boolean): string[] =>
    trees
      .filter(({ tree }) => isOffence(tree))
      .map(({ sql }) => `${sql.at}: ${sql.text.replaceAll(/\s+/g, ' ').slice(0, 160)}`)

  test('is found, and parses', () => {
    expect(trees.length).toBeGreaterThan(150)
    expect(unread.filter((s) => !s.text.includes(hole)).map((s) => `${s.at}: ${s.text.slice(0, 160)}`)).toEqual([])
    expect(unread.length).toBeLessThan(trees.length / 20)
  })

  test('never updates or deletes what is only added to', () => {
    expect(
      offending((tree) =>
        ['UpdateStmt', 'DeleteStmt'].some((kind) => nodesNamed(tree, kind).some((n) => appendOnly.has(tableOf(n)))),
      ),
    ).toEqual([])
    expect(
      offending((tree) =>
        nodesNamed(tree, 'TruncateStmt').some((n) =>
          JSON.stringify(n.relations)
            .match(/"relname":"(\w+)"/g)
            ?.some((m) => appendOnly.has(m.slice(11, -1))),
        ),
      ),
    ).toEqual([])
  })

  test('never asks the server for the time: the clock is ours', () => {
    const asks = (tree: Node) =>
      nodesNamed(tree, 'SQLValueFunction').some((n) => /TIME|DATE/.test(String(n.op))) ||
      functionNames(tree).some((name) =>
        ['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'timeofday'].includes(name),
      )
    const isDefinition = (tree: Node) => nodesNamed(tree, 'CreateStmt').length > 0
    expect(offending((tree) => asks(tree) && !isDefinition(tree))).toEqual([])
  })

  test('names the columns that it brings into the hub', () => {
    // A star over a sub-select or a CTE is bounded by what that names; over a table it is whatever the table has today.
    const starsOf = (select: Node): (string | null)[] =>
      ((select.targetList as Node[]) ?? []).flatMap((target) => {
        const fields = ((target.ResTarget as Node)?.val as Node)?.ColumnRef as Node | undefined
        const parts = (fields?.fields as Node[]) ?? []
        if (!parts.some((part) => part.A_Star !== undefined)) return []
        return [parts.length > 1 ? String((parts[0]!.String as Node).sval) : null]
      })
    const readsTableWhole = (select: Node, ctes: ReadonlySet<string>): boolean => {
      if (select.larg !== undefined)
        return readsTableWhole(select.larg as Node, ctes) || readsTableWhole(select.rarg as Node, ctes)
      const stars = starsOf(select)
      const tables = nodesNamed({ from: select.fromClause }, 'RangeVar').filter((t) => !ctes.has(String(t.relname)))
      const names = tables.map((t) => String((t.alias as Node | undefined)?.aliasname ?? t.relname))
      const isDirect = ((select.fromClause as Node[]) ?? []).some((f) => f.RangeSubselect === undefined)
      return stars.some((of) => (of === null ? isDirect && tables.length > 0 : names.includes(of)))
    }
    const ctesOf = (tree: Node) => new Set(nodesNamed(tree, 'CommonTableExpr').map((c) => String(c.ctename)))
    const top = (tree: Node): Node[] =>
      ((tree.stmts as Node[]) ?? []).flatMap((s): Node[] => {
        const select = (s.stmt as Node).SelectStmt as Node | undefined
        return select ? [select] : []
      })
    expect(offending((tree) => top(tree).some((select) => readsTableWhole(select, ctesOf(tree))))).toEqual([])
  })

  test('needs nothing newer than PostgreSQL 15', () => {
    const isNewer = (tree: Node) =>
      newerNodes.some((kind) => nodesNamed(tree, kind).length > 0) ||
      functionNames(tree).some((name) => newerFunctions.has(name)) ||
      nodesNamed(tree, 'MergeStmt').some((n) => n.returningClause !== undefined || n.returningList !== undefined)
    expect(offending(isNewer)).toEqual([])
  })
})
