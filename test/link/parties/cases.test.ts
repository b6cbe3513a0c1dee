/** Frozen pairs of party and taxpayer, all invented: a STRONG one that fails is a fault, of the others so many may. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { createRegister, estimateLinkSettings } from '../../../src/link/parties/register.ts'
import { foldName } from '../../../src/normalise/values/fold-name.ts'
import { splitSiteUnit } from '../../../src/normalise/values/names.ts'
import { entry, query } from '../invented.ts'

const rows = (name: string): string[][] =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

const entries = rows('case-taxpayers.tsv').map(([number = '', name = '', former = '']) =>
  entry(Number(number), name, { formerNames: former === '' ? [] : [former] }),
)
const register = createRegister(estimateLinkSettings(entries, 1), entries)

interface Case {
  readonly tier: string
  readonly isSame: boolean
  readonly kind: string
  readonly registrationId: string
  readonly name: string
  readonly code: string
}
const cases: Case[] = rows('cases.tsv').map(([tier = '', expected, kind = '', number = '', name = '', code = '']) => ({
  tier,
  isSame: expected === 'same',
  kind,
  registrationId: entries[Number(number) - 1]!.registrationId,
  name,
  code,
}))

const holds = (one: Case): boolean => {
  const split = splitSiteUnit(foldName(one.name))
  const answer = register.resolve(query(split.name, { siteUnit: split.siteUnit, code: readCode(one.code) }))
  const isLinked = answer.decision === 'link' && answer.registrationId === one.registrationId
  return isLinked === one.isSame
}

const failures = (tier: string): string[] =>
  cases.filter((one) => one.tier === tier && !holds(one)).map(({ kind, name, code }) => `${kind} ${name} ${code}`)

test('there are 3 000 frozen cases and more, of every tier', () => {
  expect(cases.length).toBeGreaterThanOrEqual(3_000)
  expect(new Set(cases.map(({ tier }) => tier))).toEqual(new Set(['STRONG', 'MEDIUM', 'WEAK']))
})

test('every STRONG case holds', () => {
  expect(failures('STRONG')).toEqual([])
})

test.each([
  ['MEDIUM', 0.05],
  ['WEAK', 0.45],
])('of the %s cases at most the share %f fails', (tier, shareMax) => {
  const failed = failures(tier)
  const of = cases.filter((one) => one.tier === tier).length
  expect(failed.length / of, failed.slice(0, 20).join('\n')).toBeLessThanOrEqual(shareMax)
})
