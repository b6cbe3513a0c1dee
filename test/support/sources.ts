import { globSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '../..')

export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string
  readonly text: string
}

export interface Import {
  /** A file of the repository, or the specifier of a package. */
  readonly target: string
  readonly isOwn: boolean
}

const folders = ['src', 'connectors', 'schemas', 'simulator', 'openapi', 'bench', 'test']

/** All TypeScript and SQL that people wrote. */
export const readSources = (): SourceFile[] =>
  folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,sql}`, { cwd: repository }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('src/db/generated/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repository, path), 'utf8') }))

const resolveOwn = (from: string, specifier: string): string | null => {
  if (specifier === '#connect') return 'src/connect/index.ts'
  if (specifier.startsWith('#schemas/')) return specifier.slice(1)
  if (!specifier.startsWith('.')) return null
  return posix.normalize(relative(repository, resolve(repository, dirname(from), specifier)).replaceAll('\\', '/'))
}

const statement =
  /\b(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+\s+from\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

/** The code without comments: a rule must not trip over its own explanation. Strings stay. */
export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')

export const importsOf = (file: SourceFile): Import[] =>
  [...withoutComments(file.text).matchAll(statement)].map((match) => {
    const specifier = match[1] ?? match[2] ?? ''
    const own = resolveOwn(file.path, specifier)
    return {
      target: own ?? specifier,
      isOwn: own !== null,
      isTypeOnly: match[1] !== undefined || match[3] !== undefined,
    }
  })
