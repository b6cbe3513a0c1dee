/**
 * Feeds whose record is the canonical one already: `{ key, fact, gxsj, bz }`, sums as decimal text. For what lies behind normalise, which knows no
 * department's words; the feeds of the departments are tested with theirs.
 */
import { z } from 'zod'
import { type AnyFeed, defineFeed } from '#connect'
import type { Canonical, Identifier, PartyMention, PartyRole, Place } from '#schemas/canonical/index.ts'
import { readFact } from '../../src/facts/columns.ts'

const Told = z.looseObject({
  key: z.array(z.string()),
  fact: z.looseObject({ kind: z.string() }),
  gxsj: z.string().nullish(),
  bz: z.string().nullish(),
})

/** A feed of this id that is fed by `told`. */
export const canonicalFeed = (id: string): AnyFeed =>
  defineFeed({
    id,
    title: id,
    cron: '0 1 * * *',
    mode: 'increment',
    expect: { rejectedShareMax: 1 },
    pages: null,
    record: Told,
    key: (r) => r.key,
    sourceOrder: (r) => r.gxsj ?? null,
    isWithdrawn: (r) => r.bz === 'withdrawn',
    map: (r) => readFact(JSON.stringify(r.fact)),
    ignore: [],
    volatile: ['gxsj'],
    mapping: 1,
  }) as AnyFeed

const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** A fact as a row of its feed. */
export const told = (
  key: readonly string[],
  fact: Canonical,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({ key, fact: JSON.parse(JSON.stringify(fact, asText)), ...more })

export const nowhere: Place = { divisionCode: null, text: null }
export const inCounty = (divisionCode: string, text: string | null = null): Place => ({ divisionCode, text })

export const dayOf = (value: string) => ({ value, precision: 'day' as const })

export const codeOf = (normalised: string, scheme: Identifier['scheme'] = 'projectCode'): Identifier => ({
  scheme,
  raw: normalised,
  normalised,
  status: 'valid',
  core: scheme === 'uscc' ? normalised.slice(8, 17) : null,
  suggestions: [],
})

export const partyOf = (role: PartyRole, name: string, uscc: string | null = null): PartyMention => ({
  role,
  raw: name,
  name,
  siteUnit: null,
  code: uscc === null ? null : codeOf(uscc, 'uscc'),
  consortium: null,
})
