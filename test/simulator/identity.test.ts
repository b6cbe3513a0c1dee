/** Everybody in the simulator is invented, and every number is well formed. */
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { say } from '../../simulator/departments/say.ts'
import { sayInvoice, sayTaxpayer } from '../../simulator/departments/tax.ts'
import { trueParties } from '../../simulator/truth.ts'
import { dayOf } from '../../simulator/world/calendar.ts'
import { coreCheck, creditCodeCheck, personCheck, projectCode } from '../../simulator/world/codes.ts'
import { industryWords } from '../../simulator/world/words.ts'
import { createWorld, type World } from '../../simulator/world/world.ts'
import { today } from './support.ts'

const shared = new URL('../../../shared/data/', import.meta.url)
const registries = ['registry_henan.csv.gz', 'registry_hubei.csv.gz', 'registry_yichang.csv.gz']
  .map((name) => new URL(name, shared))
  .filter((url) => existsSync(url))
const seed = Number(process.env.SEED ?? 20_260_310)

const parties = (world: World) => [
  ...world.taxpayers(null),
  ...Array.from({ length: world.parties.outsiders }, (_, i) => world.parties.outsider(i)),
]

describe('check characters', () => {
  it('agree with published examples', () => {
    expect(creditCodeCheck('91350100M000100Y4')).toBe('3')
    expect(coreCheck('D2143569')).toBe('X')
    expect(personCheck('11010519491231002')).toBe('X')
  })

  it('are valid on every code of the register', () => {
    for (const party of parties(createWorld({ size: 'town', seed, today }))) {
      if (party.kind === 'person') {
        expect(party.code).toMatch(/^4199\d{13}[\dX]$/)
        expect(personCheck(party.code.slice(0, 17))).toBe(party.code[17])
        continue
      }
      expect(party.code).toMatch(/^(91|92|12)\d{6}MQ[0-9A-HJ-NPQRTUWXY]{8}$/)
      expect(creditCodeCheck(party.code.slice(0, 17))).toBe(party.code[17])
      expect(coreCheck(party.code.slice(8, 16))).toBe(party.code[16])
    }
  })

  it('stand on every identity number of the register, in a region that never was', () => {
    const world = createWorld({ size: 'tiny', seed, today })
    for (const party of world.taxpayers(null)) {
      const { FDDBRSFZJHM = '' } = sayTaxpayer(world, party)
      expect(FDDBRSFZJHM).toMatch(/^4199\d{13}[\dX]$/)
      expect(personCheck(FDDBRSFZJHM.slice(0, 17))).toBe(FDDBRSFZJHM[17])
    }
  })
})

describe('numbers', () => {
  it('a project code is of the generation that its day had', () => {
    expect(projectCode(1, 5, dayOf('2019-05-01'), '410105', '4812', '01')).toMatch(/^2019-410105-48-01-\d{6}$/)
    expect(projectCode(1, 5, dayOf('2023-03-01'), '410105', '4812', '01')).toMatch(/^2303-410105-04-01-\d{6}$/)
  })

  it('an invoice has twenty digits and no code, or a code and eight digits', () => {
    const world = createWorld({ size: 'tiny', seed, today })
    for (const invoice of world.invoices(null)) {
      const { FPDM = '', FPHM = '', KPRQ = '', JE = '', SE = '', JSHJ = '' } = sayInvoice(world, invoice).row
      if (FPDM === '') expect(FPHM).toMatch(new RegExp(`^${KPRQ.slice(2, 4)}\\d{18}$`))
      else expect(`${FPDM} ${FPHM}`).toMatch(/^(\d{10}|0\d{11}) \d{8}$/)
      const fen = (text: string): number => Math.round(Number(text) * 100)
      expect(fen(JE) + fen(SE)).toBe(fen(JSHJ))
    }
  })

  it('a red invoice names a blue one of the same seller that came before it', () => {
    const world = createWorld({ size: 'town', seed, today })
    world.advance(2)
    const rows = [...world.invoices(null)].map((invoice) => sayInvoice(world, invoice).row)
    const byNumber = new Map(rows.map((row) => [`${row.XSF_NSRSBH}|${row.FPHM}`, row]))
    const reds = rows.filter((row) => row.FPZT_DM === '3')
    expect(reds.length).toBeGreaterThan(50)
    for (const red of reds) {
      const blue = byNumber.get(`${red.XSF_NSRSBH}|${red.LZFPHM}`)
      expect(blue, red.LZFPHM).toBeDefined()
      expect(String(blue?.KPRQ) <= String(red.KPRQ)).toBe(true)
      expect(Number(red.JSHJ)).toBeLessThan(0)
    }
  })
})

describe('names', () => {
  it('no industry word stands in two lists, so equal trade names are still two names', () => {
    const words = Object.values(industryWords).flat()
    expect(new Set(words).size).toBe(words.length)
  })

  it.each([
    'development.approvals',
    'transport.sections',
    'tendering.awards',
  ] as const)('are written with ordinary slips in %s: some, not many', (feed) => {
    const world = createWorld({ size: 'town', seed, today })
    const names = new Map(
      parties(world).map((party) => [
        party.registration,
        [party.name, ...party.formerNames.map((former) => former.name)],
      ]),
    )
    const mentions = [...trueParties(world, feed)].filter((party) => party.djxh !== null && party.role !== 'agency')
    const slipped = mentions.filter(
      ({ djxh, memberRaw }) => !names.get(djxh)?.some((name) => memberRaw.startsWith(name)),
    )
    expect(slipped.length / mentions.length).toBeGreaterThan(0.004)
    expect(slipped.length / mentions.length).toBeLessThan(0.08)
  })

  it('about 45 % of sections come without a project code, and near-duplicate projects exist', () => {
    const world = createWorld({ size: 'town', seed, today })
    const list = world.list('transport.sections')
    const without = list.filter(({ entry, updatedAt }) => say(world, entry, updatedAt).row.xmdm === null)
    expect(without.length / list.length).toBeGreaterThan(0.25)
    expect(without.length / list.length).toBeLessThan(0.65)
    const estates = world.projects.filter((project) => project.kind === 'housing').map((project) => project.name.object)
    expect(new Set(estates).size).toBeLessThan(estates.length)
  })

  it.skipIf(registries.length === 0)(
    'and codes of nobody stand in the registries we can check (needs ../shared/data)',
    () => {
      const names = new Set<string>()
      const codes = new Set<string>()
      for (const url of registries) {
        for (const line of gunzipSync(readFileSync(url)).toString('utf8').split('\n')) {
          const [name = '', code = ''] = line.replace(/^\ufeff/, '').split(',')
          names.add(name)
          codes.add(code)
        }
      }
      expect(names.size).toBeGreaterThan(100_000)
      for (const size of ['town', 'city'] as const) {
        const world = createWorld({ size, seed, today })
        for (const party of parties(world)) {
          const all = [party.name, ...party.formerNames.map((former) => former.name)]
          if (party.kind !== 'person') for (const name of all) expect(names.has(name), name).toBe(false)
          expect(codes.has(party.code), party.code).toBe(false)
        }
      }
    },
  )
})
