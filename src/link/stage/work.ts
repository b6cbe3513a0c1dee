/**
 * Working tables of one advance: which records, texts, subjects and registrations it is about. A first import of a city is about millions; they stay
 * on the server, and the hub holds a piece of them at a time. They belong to the session and are empty again after the commit.
 */
import type { Advance } from './scope.ts'

/** Column types by table. What is named twice is kept once where a table has a key. */
const tables = {
  /** Registrations that are new, changed or gone; those that belong to another taxpayer or office now. */
  work_registration: 'registration_id text COLLATE "C" PRIMARY KEY, is_moved boolean NOT NULL',
  /** Project records: of this advance (`present`), withdrawn (`gone`), naming a party that is linked otherwise now (`other`). */
  work_record: 'key_hash bytea PRIMARY KEY, state text NOT NULL',
  /** Party texts that this advance's facts name, and whether each is to be resolved. */
  work_text: 'text_hash bytea PRIMARY KEY, is_fresh boolean NOT NULL',
  /** Party texts that the changed records named before. */
  work_unnamed: 'text_hash bytea NOT NULL',
  /** Party texts to resolve, and those whose link, or the taxpayer behind it, is another now. */
  work_resolve: 'text_hash bytea PRIMARY KEY',
  work_relinked: 'text_hash bytea PRIMARY KEY',
  /** Subjects that no present fact spoke of until now. */
  work_subject: 'LIKE subject, PRIMARY KEY (subject_hash)',
  /** What changed and gone project records were found by: `key`, `code`, `name`. */
  work_found_by: 'kind text NOT NULL, value text COLLATE "C" NOT NULL',
  /** Records whose pairs are compared, in the order in which that is done. */
  work_compare: 'key_hash bytea PRIMARY KEY, n int NOT NULL GENERATED ALWAYS AS IDENTITY, UNIQUE (n)',
  /** Records that may be of another project now, those that were looked at, and those that are. */
  work_seed: 'key_hash bytea PRIMARY KEY',
  work_reached: 'key_hash bytea PRIMARY KEY',
  work_moved: 'key_hash bytea PRIMARY KEY',
  /** Subjects to tie: the round in which who follows each is asked for (null: nobody needs to), and how far it is from the end of what it names. */
  work_tie: 'subject_hash bytea PRIMARY KEY, round int, steps int NOT NULL DEFAULT 0',
  /** Where each subject is led by what it names, step by step. */
  work_walk: 'subject_hash bytea NOT NULL, at_hash bytea NOT NULL, step int NOT NULL',
} as const

export type WorkTable = keyof typeof tables

/** Makes the tables where the session has none yet. They are empty then, and at the beginning of each transaction. */
export const layOutWork = (client: Advance['client']) =>
  client.query(
    Object.entries(tables)
      .map(([table, columns]) => `CREATE TEMP TABLE IF NOT EXISTS ${table} (${columns}) ON COMMIT DELETE ROWS`)
      .join(';\n'),
  )

const analysedFrom = 5_000

/** Tells the planner about a filled table where that matters: of temporary tables nobody else does. */
export const analyseWork = async (client: Advance['client'], table: WorkTable): Promise<void> => {
  const { rows } = await client.query<{ isLarge: boolean }>(
    `SELECT count(*) >= ${analysedFrom} AS "isLarge" FROM (SELECT FROM ${table} LIMIT ${analysedFrom}) t`,
  )
  if (rows[0]!.isLarge) await client.query(`ANALYZE ${table}`)
}

export const hasWork = async (client: Advance['client'], table: WorkTable, where = 'true'): Promise<boolean> =>
  (await client.query<{ has: boolean }>(`SELECT EXISTS (SELECT FROM ${table} WHERE ${where}) AS has`)).rows[0]!.has

/** Tells the planner about tables that have doubled since anybody looked: those that this very transaction fills. */
export const analyseGrown = (client: Advance['client'], ...names: readonly string[]) =>
  client.query('SELECT analyse_grown($1)', [names])
