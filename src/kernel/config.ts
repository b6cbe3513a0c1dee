/** The only reader of the environment: everything is resolved once at the start, checked strictly, frozen and passed down. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import {
  EnvironmentSchema,
  FileSchema,
  type HoldSettings,
  knownKeys,
  type RetentionPolicy,
  type ScheduleSettings,
  type SourceSettings,
} from './config-schema.ts'
import { asError, HubError } from './errors.ts'
import type { LogLevel } from './log.ts'
import { nearest } from './nearest.ts'
import { Secret } from './secret.ts'

export type {
  DueSettings,
  HoldSettings,
  RetentionPolicy,
  ScheduleSettings,
  SourceSettings,
} from './config-schema.ts'

export interface PoolConfig {
  readonly connectionsMax: number
  readonly statementTimeoutMs: number
}

export interface Config {
  readonly port: number
  readonly host: string
  readonly logLevel: LogLevel
  /** Absolute. */
  readonly dataFolder: string
  /** Absolute path of the YAML file; null: the demo. */
  readonly configFile: string | null
  readonly masterKey: Secret | null
  /** What `connectDatabase` takes. */
  readonly database: {
    readonly url: Secret | null
    readonly dataFolder: string
    readonly masterKey: Secret | null
    readonly pipeline: PoolConfig
    readonly reader: PoolConfig
    /** Of a disk that is not ours to ask. */
    readonly capacityBytes?: number | undefined
  }
  readonly region: { readonly code: string; readonly name: string }
  /** By department. */
  readonly sources: Readonly<Record<string, SourceSettings>>
  /** By feed, or by department for all its feeds. */
  readonly schedules: Readonly<Record<string, ScheduleSettings>>
  readonly policies: {
    readonly gather: { readonly rowsMax: number; readonly bytesMax: number; readonly waitMaxMs: number }
    /** By feed; what is not set is as the feed declares it. */
    readonly hold: Readonly<Record<string, HoldSettings>>
    readonly retention: RetentionPolicy
    /** What of a person's judgement needs another person. */
    readonly judgement: { readonly secondPersonFromYuan: number }
    readonly stallAfterMinutes: number
  }
  readonly calendar: { readonly holidays: readonly string[]; readonly workdays: readonly string[] }
  /** Where messages go; a null url: they are logged and shown only. */
  readonly notify: { readonly url: Secret | null; readonly secret: Secret | null }
}

export type Environment = Readonly<Record<string, string | undefined>>

const refuse = (code: string, zh: string, en: string, context: Record<string, unknown>, cause?: unknown): HubError =>
  new HubError({ code, publicMessage: { zh, en }, context, cause })

const unknownKey = (where: string, key: string, known: readonly string[]): HubError => {
  const meant = nearest(key, known)
  return refuse(
    'config.unknown_key',
    `${where}：不认识的配置项 ${key}${meant ? `，是否想写 ${meant}？` : ''}`,
    `${where}: unknown setting ${key}${meant ? `; did you mean ${meant}?` : ''}`,
    { where, key, meant },
  )
}

/** Parses strictly; the first fault is told with its place, what was expected, and for a mistyped name the one that was meant. */
const check = <S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const place = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    throw unknownKey(place ? `${where} ${place}` : where, key, knownKeys(schema, issue.path))
  }
  throw refuse(
    'config.invalid',
    `${where}：${place} 不正确（${issue.message}）`,
    `${where}: ${place} is not valid (${issue.message})`,
    { where, place },
  )
}

const ownNames = Object.keys(EnvironmentSchema.shape)

const readEnvironment = (env: Environment, referenced: ReadonlySet<string>) => {
  const known: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (ownNames.includes(name)) {
      // An empty variable is how compose files and shells say "not set".
      if (value) known[name] = value
    } else if (name.startsWith('JINGWEI_') && !referenced.has(name))
      throw unknownKey('环境变量 / environment', name, ownNames)
  }
  return check(EnvironmentSchema, known, '环境变量 / environment')
}

/** Replaces each text that is exactly `${NAME}` by that variable; notes the names. */
const fillIn = (value: unknown, env: Environment, referenced: Set<string>, file: string): unknown => {
  if (typeof value === 'string') {
    const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value)?.[1]
    if (!name) return value
    referenced.add(name)
    const found = env[name]
    if (!found)
      throw refuse(
        'config.variable_missing',
        `${file}：环境变量 ${name} 未设置`,
        `${file}: the variable ${name} is not set`,
        { name },
      )
    return found
  }
  if (Array.isArray(value)) return value.map((item) => fillIn(item, env, referenced, file))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, env, referenced, file)]))
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw refuse('config.unreadable', `无法读取 ${path}`, `cannot read ${path}`, { path }, cause)
  }
}

const readYaml = (path: string): unknown => {
  try {
    return parse(readText(path)) ?? {}
  } catch (cause) {
    if (cause instanceof HubError) throw cause
    const reason = asError(cause).message
    throw refuse(
      'config.unreadable',
      `${path} 不是正确的 YAML：${reason}`,
      `${path} is not valid YAML: ${reason}`,
      { path },
      cause,
    )
  }
}

const withSecret = ({ secretFile, ...source }: z.output<typeof FileSchema>['sources'][string]): SourceSettings =>
  secretFile ? { ...source, secret: new Secret(readText(secretFile).trim()) } : source

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !(value instanceof Secret) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) freeze(item)
  }
  return value
}

/**
 * The hub's configuration from the environment and the YAML file it names. Frozen; relative paths are taken from `folder`.
 * Throws HubError `config.unknown_key`, `config.invalid`, `config.variable_missing`, `config.unreadable`.
 */
export const loadConfig = (env: Environment = process.env, folder: string = process.cwd()): Config => {
  const referenced = new Set<string>()
  const configFile = env.JINGWEI_CONFIG ? resolve(folder, env.JINGWEI_CONFIG) : null
  const file = check(
    FileSchema,
    configFile ? fillIn(readYaml(configFile), env, referenced, configFile) : {},
    configFile ?? 'YAML',
  )
  const own = readEnvironment(env, referenced)
  const dataFolder = resolve(folder, own.JINGWEI_DATA_DIR)
  const masterKey = own.JINGWEI_MASTER_KEY ?? null
  return freeze({
    port: own.PORT,
    host: own.HOST,
    logLevel: own.JINGWEI_LOG_LEVEL,
    dataFolder,
    configFile,
    masterKey,
    database: { ...file.database, url: own.DATABASE_URL ?? null, dataFolder, masterKey },
    region: file.region,
    sources: Object.fromEntries(Object.entries(file.sources).map(([name, source]) => [name, withSecret(source)])),
    schedules: file.schedules,
    policies: file.policies,
    calendar: file.calendar,
    notify: { url: file.notify.url ?? null, secret: file.notify.secret ?? null },
  })
}
