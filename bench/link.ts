/**
 * Accuracy and speed of linking parties to taxpayers on a real register whose names were corrupted by `noise.ts`: 15 % of the
 * companies are kept out of the register, so that their parties must come out unlinked.
 */
import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { createRegister, estimateLinkSettings } from '../src/link/parties/register.ts'
import type { LinkSettings } from '../src/link/parties/settings.ts'
import type { LinkAnswer, PartyQuery, RegistrationEntry } from '../src/link/parties/types.ts'
import { foldName } from '../src/normalise/values/fold-name.ts'
import { readParties } from '../src/normalise/values/names.ts'
import { type Institution, inventInstitutions } from './institutions.ts'
import { corruptAddress, corruptCode, createCorruptor, createRandom, drawKind, type Random } from './noise.ts'

export interface LinkBenchOptions {
  /** Gzipped CSV with the columns name, uscc, address. */
  readonly registry?: string
  readonly parties?: number
  readonly seed?: number
  /** Show so many wrong links, missed parties and reviews. */
  readonly show?: number
  /** Names and nothing else: no codes, no addresses. */
  readonly namesOnly?: boolean
  /** So many taxpayers of the registry, the first ones. */
  readonly taxpayers?: number
  /** Change settings before they are used (for tuning). */
  readonly tune?: (settings: LinkSettings) => LinkSettings
}

export interface BenchFigure {
  readonly name: string
  readonly unit: string
  readonly throughput: number
  readonly floor: number
  readonly ratio: number
  readonly [detail: string]: unknown
}

/** Rows of a small CSV with quotes; enough for the registries. */
export const csvRows = async function* (path: string): AsyncGenerator<Record<string, string>> {
  const lines = createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
  let header: string[] | null = null
  for await (const line of lines) {
    const cells = splitLine(line)
    if (header === null) header = cells
    else yield Object.fromEntries(header.map((name, i) => [name, cells[i] ?? '']))
  }
}

const splitLine = (line: string): string[] => {
  if (!line.includes('"')) return line.split(',')
  const cells: string[] = []
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g))
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
  return cells
}

export interface Company {
  readonly name: string
  readonly uscc: string
  readonly address: string
}

const readCompanies = async (path: string): Promise<Company[]> => {
  const companies: Company[] = []
  const codes = new Set<string>()
  for await (const row of csvRows(path)) {
    const { name = '', uscc = '', address = '' } = row
    if (uscc.length !== 18 || codes.has(uscc) || name.length < 2) continue
    codes.add(uscc)
    companies.push({ name, uscc, address })
  }
  return companies
}

const entryOf = (company: Company, formerName: string | undefined): RegistrationEntry => ({
  registrationId: company.uscc,
  uscc: company.uscc,
  core: company.uscc.slice(8, 17),
  name: foldName(company.name),
  formerNames: formerName === undefined ? [] : [foldName(formerName)],
  address: company.address === '' ? null : company.address,
  divisionCode: null,
  active: true,
})

export interface Party {
  readonly query: PartyQuery
  readonly truth: string | null
  readonly kinds: readonly string[]
  readonly raw: string
}

/** Shares of parties that are not one name with slips in it, the rest being those of `noiseShares`. */
const shares = { formerName: 0.03, consortium: 0.03, absentBranch: 0.01, institution: 0.03, secondSlip: 0.25 } as const
const branchTowns = ['商丘', '信阳', '周口', '安阳', '第三', '豫南', '华中']

/** The trade name of another company put in the place of a company's own: what it was called before it was renamed. */
const renamed = (companies: readonly Company[], random: Random): Map<string, string> => {
  const former = new Map<string, string>()
  const trade = (name: string): string => name.slice(2, 4)
  const taken = new Set(companies.map((company) => company.name))
  for (const company of companies) {
    if (random() >= 0.05 || company.name.length < 9) continue
    const other = companies[Math.floor(random() * companies.length)]!
    const name = company.name.slice(0, 2) + trade(other.name) + company.name.slice(4)
    if (taken.has(name)) continue
    taken.add(name)
    former.set(company.uscc, name)
  }
  return former
}

interface Source {
  readonly companies: readonly Company[]
  readonly institutions: readonly Institution[]
  readonly absent: ReadonlySet<string>
  readonly former: ReadonlyMap<string, string>
}

interface Drawn {
  readonly company: Company
  readonly name: string
  readonly kinds: string[]
  readonly isAbsent: boolean
}

/** Whom a party means, and the right writing that the slips start from. */
const draw = (
  source: Source,
  renamedCodes: readonly string[],
  byCode: ReadonlyMap<string, Company>,
  random: Random,
): Drawn => {
  const { companies, institutions, absent, former } = source
  const lot = random()
  if (lot < shares.institution && institutions.length > 0) {
    const company = institutions[Math.floor(random() * institutions.length)]!
    const isShort = company.shortName !== null && random() < 0.4
    const name = isShort ? company.shortName! : company.name
    return { company, name, kinds: [isShort ? 'institutionShort' : 'institution'], isAbsent: absent.has(company.uscc) }
  }
  if (lot < shares.institution + shares.formerName && renamedCodes.length > 0) {
    const code = renamedCodes[Math.floor(random() * renamedCodes.length)]!
    return { company: byCode.get(code)!, name: former.get(code)!, kinds: ['formerName'], isAbsent: absent.has(code) }
  }
  const company = companies[Math.floor(random() * companies.length)]!
  if (lot > 1 - shares.absentBranch && company.name.endsWith('公司')) {
    const name = `${company.name}${branchTowns[Math.floor(random() * branchTowns.length)]!}分公司`
    return { company, name, kinds: ['absentBranch'], isAbsent: true }
  }
  return { company, name: company.name, kinds: [], isAbsent: absent.has(company.uscc) }
}

/** The company as leader or member of a 联合体 with another one. */
const consortiumCell = (name: string, other: string, random: Random): { cell: string; at: number } =>
  random() < 0.5
    ? { cell: `${name}（牵头人）、${other}（联合体成员）`, at: 0 }
    : { cell: `${other}（牵头人）、${name}（联合体成员）`, at: 1 }

const makeParties = (source: Source, options: LinkBenchOptions): Party[] => {
  const random = createRandom((options.seed ?? 1) * 7919)
  const { companies } = source
  const corruptor = createCorruptor(
    companies.map((company) => company.name),
    random,
  )
  const byCode = new Map(companies.map((company) => [company.uscc, company]))
  const renamedCodes = [...source.former.keys()]
  const names = new Set(companies.map((company) => company.name))
  const parties: Party[] = []
  const count = options.parties ?? 20_000
  while (parties.length < count) {
    const drawn = draw(source, renamedCodes, byCode, random)
    if (drawn.kinds[0] === 'absentBranch' && names.has(drawn.name)) continue
    const kinds = [...drawn.kinds]
    let name = drawn.name
    const isTold = kinds.length > 0
    for (let round = random() < shares.secondSlip ? 2 : 1; round > 0; round--) {
      if (isTold && random() < 0.5) continue
      const changed = corruptor.corrupt(name, drawKind(random))
      if (changed === null) continue
      name = changed.name
      kinds.push(changed.kind)
    }
    if (kinds.length === 0) continue
    const isCoded = !options.namesOnly && kinds[0] !== 'absentBranch'
    const coded = isCoded ? corruptCode(drawn.company.uscc, random) : { code: null, kind: 'missing' }
    const address = options.namesOnly ? null : corruptAddress(drawn.company.address, random)
    const isJoint = random() < shares.consortium && /公司$/.test(name)
    const other = companies[Math.floor(random() * companies.length)]!
    const { cell, at } =
      isJoint && /公司$/.test(other.name) ? consortiumCell(name, other.name, random) : { cell: name, at: 0 }
    if (cell !== name) kinds.push('consortium')
    const code = at === 0 ? coded.code : null
    const said = readParties(cell, code, 'contractor')[at]
    const query = said ?? { name: foldName(cell), siteUnit: null, code: readCode(code) }
    parties.push({
      raw: cell,
      truth: drawn.isAbsent ? null : drawn.company.uscc,
      kinds: [...kinds, `code:${at === 0 ? coded.kind : 'missing'}`],
      query: { name: query.name, siteUnit: query.siteUnit, code: query.code, divisionCode: null, address },
    })
  }
  return parties
}

interface Tally {
  parties: number
  linked: number
  right: number
  reviews: number
  reviewsRight: number
  present: number
}

/** Twentieths, and finer where links are made: of those at 0.99 and above 99 in 100 must be right. */
const binOf = (score: number): number =>
  score >= 0.999 ? 0.999 : score >= 0.99 ? 0.99 : score >= 0.98 ? 0.98 : Math.floor(score * 20) / 20

const newTally = (): Tally => ({ parties: 0, linked: 0, right: 0, reviews: 0, reviewsRight: 0, present: 0 })

const count = (tally: Tally, truth: string | null, answer: LinkAnswer): void => {
  tally.parties += 1
  if (truth !== null) tally.present += 1
  if (answer.decision === 'link') {
    tally.linked += 1
    if (answer.registrationId === truth) tally.right += 1
  } else if (answer.decision === 'review') {
    tally.reviews += 1
    if (truth !== null && answer.candidates.some((candidate) => candidate.registrationId === truth))
      tally.reviewsRight += 1
  }
}

/** 95 % half width of a share, by the normal approximation. */
const halfWidth = (share: number, of: number): number => 1.96 * Math.sqrt((share * (1 - share)) / Math.max(of, 1))

const figuresOf = (tally: Tally) => {
  const precision = tally.right / Math.max(tally.linked, 1)
  const recall = tally.right / Math.max(tally.present, 1)
  const missed = tally.present - tally.right
  return {
    precision,
    precisionHalfWidth: halfWidth(precision, tally.linked),
    recall,
    recallHalfWidth: halfWidth(recall, tally.present),
    f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9),
    reviewShare: tally.reviews / Math.max(tally.parties, 1),
    missedInReview: tally.reviewsRight / Math.max(missed, 1),
  }
}

/** Of the links at a probability and above, the share that is right. */
const reliabilityOfLinks = () => {
  const counts = { at99: 0, right99: 0 }
  return {
    add: (score: number, isRight: boolean): void => {
      if (score < 0.99) return
      counts.at99 += 1
      if (isRight) counts.right99 += 1
    },
    figures: () => ({ linksAt99: counts.at99, rightAt99: counts.right99 / Math.max(counts.at99, 1) }),
  }
}

export interface LinkBenchWorld {
  readonly companies: readonly Company[]
  readonly entries: readonly RegistrationEntry[]
  readonly parties: readonly Party[]
}

/** The register without its absent 15 %, and corrupted parties of all; null where the registry is absent. */
export const prepare = async (options: LinkBenchOptions): Promise<LinkBenchWorld | null> => {
  const registry = options.registry ?? '../shared/data/registry_henan.csv.gz'
  if (!existsSync(registry)) return null
  const read = await readCompanies(registry)
  const companies = options.taxpayers === undefined ? read : read.slice(0, options.taxpayers)
  const random = createRandom(options.seed ?? 1)
  const institutions = inventInstitutions(4_000, random)
  const all: Company[] = [...companies, ...institutions]
  const absent = new Set(all.filter(() => random() < 0.15).map((company) => company.uscc))
  const former = renamed(companies, random)
  const entries = all
    .filter((company) => !absent.has(company.uscc))
    .map((company) => entryOf(company, former.get(company.uscc)))
  return { companies: all, entries, parties: makeParties({ companies, institutions, absent, former }, options) }
}

/** One figure with accuracy at the automatic threshold, and one a kind of noise. Nothing where the registry is absent. */
export const run = async function* (options: LinkBenchOptions = {}): AsyncGenerator<BenchFigure> {
  const world = await prepare(options)
  if (world === null) return
  const { companies, entries, parties } = world

  const beforeBuild = performance.now()
  const estimated = estimateLinkSettings(entries, 1)
  const settings = options.tune?.(estimated) ?? estimated
  const estimatedAt = performance.now()
  const register = createRegister(settings, entries)
  const builtAt = performance.now()
  register.resolve({ name: '河南某某某有限公司', code: null, siteUnit: null, divisionCode: null })
  const indexedAt = performance.now()

  const floorStart = performance.now()
  const exact = new Map(entries.map((entry) => [entry.name, entry.registrationId]))
  let hits = 0
  for (const party of parties) if (exact.get(party.query.name) === party.truth) hits += 1
  const floor = parties.length / ((performance.now() - floorStart) / 1000)

  const total = newTally()
  const byKind = new Map<string, Tally>()
  const byReason = new Map<string, Tally>()
  const reliability = new Map<number, { links: number; right: number }>()
  const shown: Record<string, unknown>[] = []
  const started = performance.now()
  const cpuBefore = process.cpuUsage()
  const latencies = new Float64Array(parties.length)
  const answers = parties.map((party, i) => {
    const before = process.threadCpuUsage()
    const answer = register.resolve(party.query)
    const { user, system } = process.threadCpuUsage(before)
    latencies[i] = (user + system) / 1000
    return answer
  })
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  latencies.sort()
  const settled = reliabilityOfLinks()
  for (const [i, party] of parties.entries()) {
    const answer = answers[i]!
    count(total, party.truth, answer)
    for (const kind of party.kinds) {
      const tally = byKind.get(kind) ?? newTally()
      byKind.set(kind, tally)
      count(tally, party.truth, answer)
    }
    const tally = byReason.get(answer.reason) ?? newTally()
    byReason.set(answer.reason, tally)
    count(tally, party.truth, answer)
    const bin = binOf(answer.score)
    const cell = reliability.get(bin) ?? { links: 0, right: 0 }
    reliability.set(bin, cell)
    cell.links += 1
    if ((answer.registrationId ?? answer.candidates[0]?.registrationId) === party.truth) cell.right += 1
    if (answer.decision === 'link') settled.add(answer.score, answer.registrationId === party.truth)
    const isWrong = answer.decision === 'link' && answer.registrationId !== party.truth
    const isMissed = party.truth !== null && answer.decision !== 'link'
    if (isWrong || isMissed)
      shown.push({
        wrong: isWrong,
        raw: party.raw,
        truth: companies.find((c) => c.uscc === party.truth)?.name,
        kinds: party.kinds,
        answer,
      })
  }
  const details = {
    parties: parties.length,
    register: register.size,
    exactShare: hits / parties.length,
    estimateMs: Math.round(estimatedAt - beforeBuild),
    buildMs: Math.round(builtAt - estimatedAt),
    indexMs: Math.round(indexedAt - builtAt),
    cpuMs: Math.round((cpu.user + cpu.system) / 1000),
    p95CpuMs: Math.round((latencies[Math.floor(latencies.length * 0.95)] ?? 0) * 1000) / 1000,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    seed: options.seed ?? 1,
  }
  yield {
    name: 'link',
    unit: 'parties/s',
    throughput: parties.length / seconds,
    floor,
    ratio: parties.length / seconds / floor,
    ...figuresOf(total),
    ...details,
    ...settled.figures(),
  }
  for (const [kind, tally] of [...byKind].sort())
    yield {
      name: `link.${kind}`,
      unit: 'parties',
      throughput: tally.parties,
      floor: tally.parties,
      ratio: 1,
      ...figuresOf(tally),
    }
  for (const [reason, tally] of [...byReason].sort())
    yield {
      name: `link.reason.${reason}`,
      unit: 'parties',
      throughput: tally.parties,
      floor: tally.parties,
      ratio: 1,
      ...figuresOf(tally),
    }
  for (const [bin, cell] of [...reliability].sort((a, b) => a[0] - b[0]))
    yield {
      name: `link.reliability.${bin.toFixed(3)}`,
      unit: 'share',
      throughput: cell.right / cell.links,
      floor: bin,
      ratio: 1,
      answers: cell.links,
    }
  const show = options.show ?? 0
  for (const wrong of [true, false])
    for (const item of shown.filter((one) => one.wrong === wrong).slice(0, show))
      yield { name: wrong ? 'link.wrong' : 'link.missed', unit: 'case', throughput: 0, floor: 0, ratio: 0, ...item }
}
