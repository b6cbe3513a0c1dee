/** Run it (`node src/kernel/config-table.ts`) to print the README's table of settings; a test compares the two. */
import { z } from 'zod'
import { bare, EnvironmentSchema, FileSchema } from './config-schema.ts'
import { printResult } from './log.ts'

interface Row {
  readonly name: string
  readonly example: string
  readonly fallback: string
  readonly meaning: string
}

const code = (text: string): string => (text === '' ? '' : `\`${text}\``)

/** Description, example and default of a schema, looked for through its wrappers. */
const facts = (schema: z.ZodType): { meaning: string; example: string; fallback: string } => {
  const meta = schema.meta() as { description?: string; example?: string } | undefined
  const def = (schema as unknown as { def: { innerType?: z.ZodType; defaultValue?: unknown } }).def
  const inner = def.innerType ? facts(def.innerType) : { meaning: '', example: '', fallback: '' }
  return {
    meaning: meta?.description ?? inner.meaning,
    example: meta?.example ?? inner.example,
    fallback: def.defaultValue === undefined ? inner.fallback : String(def.defaultValue),
  }
}

const rowsOf = (schema: z.ZodType, path: string, key: Readonly<Record<string, string>>): Row[] => {
  const here = bare(schema)
  if (here instanceof z.ZodObject) {
    return Object.entries(here.shape).flatMap(([name, child]) =>
      rowsOf(child as z.ZodType, path ? `${path}.${name}` : name, key),
    )
  }
  if (here instanceof z.ZodRecord) return rowsOf(here.valueType as z.ZodType, `${path}.${key[path] ?? '<name>'}`, key)
  const { meaning, example, fallback } = facts(schema)
  return [{ name: path, example, fallback, meaning }]
}

const recordKeys = { sources: '<department>', schedules: '<feed>', 'policies.hold': '<feed>' }

const table = (title: string, rows: readonly Row[]): string =>
  [
    `| ${title} | default | example | meaning |`,
    '|---|---|---|---|',
    ...rows.map((row) => `| ${code(row.name)} | ${code(row.fallback)} | ${code(row.example)} | ${row.meaning} |`),
  ].join('\n')

/** All settings as two Markdown tables: environment variables, then keys of the YAML file. */
export const configTable = (): string =>
  `${table('variable', rowsOf(EnvironmentSchema, '', {}))}\n\n${table('key of the YAML file', rowsOf(FileSchema, '', recordKeys))}\n`

if (import.meta.main) printResult(configTable())
