/**
 * Who there is. A party is a pure function of seed and index, so a city of 200,000 taxpayers needs no table of them.
 * Indexes: public bodies, then taxpayers of the city, then contractors from elsewhere, each in a range of their own.
 */
import type { Day } from './calendar.ts'
import { dayOf } from './calendar.ts'
import { creditCode, organisationCore, personNumber, registrationNumber } from './codes.ts'
import {
  type BodyKind,
  block,
  bodiesFrom,
  bodyKindNames,
  bodyKinds,
  closedEvery,
  closedFrom,
  type FormerName,
  industryCodes,
  kindOfLetter,
  localsFrom,
  outsidersFrom,
  type Party,
  type PartyKind,
  positionsOf,
} from './party.ts'
import type { County } from './places.ts'
import { counties } from './places.ts'
import { Random, scatter } from './random.ts'
import { givenNames, industryWords, legalForms, otherCities, surnames, tradeName, tradeNames } from './words.ts'

/** Looks parties up by index; keeps the recent ones. */
export class Parties {
  readonly seed: number
  /** Taxpayers of the city when the world began. */
  readonly taxpayers: number
  readonly outsiders: number
  readonly bodies: number
  readonly today: Day
  readonly #renamed = new Map<number, (FormerName & { readonly newName: string })[]>()
  #cache = new Map<number, Party>()

  constructor(seed: number, taxpayers: number, today: Day) {
    this.seed = seed
    this.taxpayers = taxpayers
    this.today = today
    this.outsiders = Math.max(6, Math.round(taxpayers * 0.06))
    this.bodies = counties.length * (taxpayers > 1_000 ? bodyKindNames.length : 1)
  }

  at(index: number): Party {
    let party = this.#cache.get(index)
    if (party) return party
    party = this.#make(index)
    if (this.#cache.size > 60_000) this.#cache = new Map()
    this.#cache.set(index, party)
    return party
  }

  body(number: number): Party {
    return this.at(bodiesFrom + (number % this.bodies))
  }

  /** The body of the county that has such works built. */
  bodyOf(county: County, kind: BodyKind): Party {
    const row = this.bodies > counties.length ? bodyKindNames.indexOf(kind) : 0
    return this.body(counties.indexOf(county) + counties.length * row)
  }

  /** The taxpayer with this number, 0 …; numbers from `taxpayers` on are those that registered later. */
  local(number: number): Party {
    return this.at(localsFrom + number)
  }

  /** The party as it is today: one held since before a renaming has its old name. */
  current(party: Party): Party {
    return this.at(party.index)
  }

  isLocal(party: Party): boolean {
    return party.index >= localsFrom && party.index < outsidersFrom
  }

  outsider(number: number): Party {
    return this.at(outsidersFrom + (number % this.outsiders))
  }

  /** Some local contractor, subcontractor or owner; one whose name fits `like`, if there is one to be found. */
  some(kind: 'contractor' | 'subcontractor' | 'owner', random: Random, like?: RegExp): Party {
    const blocks = Math.max(1, Math.floor(this.taxpayers / block.length))
    const last = blocks * positionsOf[kind].length - 1
    let party = this.at(this.#indexOf(kind, random.int(0, last)))
    for (let tries = 0; like && !like.test(party.name) && tries < 24; tries++)
      party = this.at(this.#indexOf(kind, random.int(0, last)))
    return party
  }

  /** From `until` + 1 on the party has a new name. */
  rename(index: number, until: Day): void {
    const party = this.at(index)
    this.#renamed.set(index, [
      ...(this.#renamed.get(index) ?? []),
      { name: party.name, until, newName: this.#newName(party) },
    ])
    this.#cache.delete(index)
  }

  *registered(later: number): Generator<Party> {
    for (let i = 0; i < this.bodies; i++) yield this.body(i)
    for (let i = 0; i < this.taxpayers + later; i++) yield this.local(i)
    for (let i = 2; i < this.taxpayers; i += closedEvery) yield this.at(closedFrom + localsFrom + i)
    for (let i = 0; i < this.outsiders; i++) if (this.outsider(i).registration) yield this.outsider(i)
  }

  #indexOf(kind: keyof typeof positionsOf, number: number): number {
    const list = positionsOf[kind]
    return localsFrom + Math.floor(number / list.length) * block.length + (list[number % list.length] as number)
  }

  #contractorNumber(index: number): number {
    const local = index - localsFrom
    return (
      Math.floor(local / block.length) * positionsOf.contractor.length +
      positionsOf.contractor.indexOf(local % block.length)
    )
  }

  #make(index: number): Party {
    if (index >= closedFrom) return this.#closed(index)
    if (index >= outsidersFrom) return this.#outsider(index)
    if (index >= localsFrom) return this.#local(index)
    return this.#body(index)
  }

  /** The registration that was given up: it keeps the name it had, whatever the taxpayer is called since. */
  #closed(index: number): Party {
    const live = index - closedFrom
    const party = this.at(live)
    const [first] = this.#renamed.get(live) ?? []
    const formerNames = first ? party.formerNames.filter((former) => former.until < first.until) : party.formerNames
    const registration = registrationNumber(this.seed, index)
    return { ...party, index, registration, name: first?.name ?? party.name, formerNames, closed: true }
  }

  #body(index: number): Party {
    const number = index - bodiesFrom
    const county = counties[number % counties.length] as County
    const kind = this.bodies > counties.length ? bodyKindNames[Math.floor(number / counties.length)] : 'village'
    const name = county.name + bodyKinds[kind ?? 'village']
    const core = organisationCore(this.seed, index)
    return this.#party(index, 'body', name, [], creditCode('12', county.code, core), county)
  }

  #local(index: number): Party {
    const random = new Random(this.seed, 'party', index)
    const county = random.pick(counties)
    const kind = kindOfLetter[block[(index - localsFrom) % block.length] as keyof typeof kindOfLetter]
    if (kind === 'person') {
      const name = random.pick(surnames) + random.pick(givenNames)
      return this.#party(index, kind, name, [], personNumber(this.seed, index - localsFrom), county)
    }
    const number = this.#contractorNumber(index)
    const role = kind === 'contractor' ? number % 10 : 0
    if (role === 5 || role === 6)
      return this.#branch(index, number - role, role === 5 ? '第一分公司' : '第二分公司', county)
    const core = organisationCore(this.seed, index)
    if (role === 3) {
      const base = this.#nameParts(this.#indexOf('contractor', number - 1))
      const name = `郑州${base.trade}${base.industry}${base.form}`
      return this.#withHistory(index, kind, name, base.trade, creditCode('91', '410100', core), county, random)
    }
    const parts = this.#nameParts(index)
    if (kind === 'household') {
      const name = `${county.name}${parts.trade}${parts.industry}`
      return this.#party(index, kind, name, [], creditCode('92', county.code, core), county)
    }
    const prefix =
      role === 2
        ? '河南'
        : random.weighted([
            ['郑州', 4],
            ['河南', 4],
            [county.short, 1],
            ['', 1],
          ] as const)
    const name = random.chance(0.04)
      ? `${parts.trade}（郑州）${parts.industry}${parts.form}`
      : prefix + parts.trade + parts.industry + parts.form
    const region = random.chance(0.5) ? '410100' : county.code
    return this.#withHistory(index, kind, name, parts.trade, creditCode('91', region, core), county, random)
  }

  #nameParts(index: number): { trade: string; industry: string; form: string } {
    const random = new Random(this.seed, 'name', index)
    const local = index - localsFrom
    const kind = kindOfLetter[block[local % block.length] as keyof typeof kindOfLetter]
    const trade = scatter(local, 7919, (Math.abs(this.seed) * 613) % tradeNames, tradeNames)
    const list = industryWords[kind === 'person' ? 'company' : kind]
    // Equal trade names come round again after `tradeNames` parties: the round moves the industry word, so the pair stays unique.
    const industry = list[(trade + Math.floor(local / tradeNames)) % list.length] as string
    return { trade: tradeName(trade), industry, form: random.weighted(legalForms) }
  }

  #branch(index: number, parentNumber: number, suffix: string, county: County): Party {
    const parent = this.at(this.#indexOf('contractor', parentNumber))
    const code = creditCode('91', county.code, organisationCore(this.seed, index))
    return { ...this.#party(index, 'contractor', parent.name + suffix, [], code, county), branchOf: parent.index }
  }

  #outsider(index: number): Party {
    const number = index - outsidersFrom
    const random = new Random(this.seed, 'outsider', index)
    const [city, region] = random.pick(otherCities)
    const core = organisationCore(this.seed, index)
    const parts =
      number % 5 === 2
        ? this.#nameParts(this.#indexOf('contractor', Math.floor(number / 5) * 10 + 1))
        : this.#nameParts(localsFrom + 5_000_000 + number * 50)
    const name = city + parts.trade + parts.industry + parts.form
    const party = this.#party(index, 'outside', name, [], creditCode('91', region, core), random.pick(counties))
    return {
      ...party,
      province: region.slice(0, 2),
      general: true,
      // Half of them once reported at the site and so have a 跨区域报验 registration here.
      registration: number % 2 === 0 ? party.registration : null,
    }
  }

  #withHistory(
    index: number,
    kind: PartyKind,
    name: string,
    trade: string,
    code: string,
    county: County,
    random: Random,
  ): Party {
    if (!random.chance(kind === 'company' ? 0.03 : 0.08)) return this.#party(index, kind, name, [], code, county)
    const until = random.upTo(dayOf('2017-03-01'), this.today - 200)
    const former = `${random.pick(['郑州', '河南'])}${trade}${random.pick(industryWords.former)}有限公司`
    return this.#party(index, kind, name, [{ name: former, until }], code, county)
  }

  #newName(party: Party): string {
    const form = /(有限责任公司|集团有限公司|股份有限公司|有限公司)$/.exec(party.name)?.[0]
    if (!form) return `${party.name}（新）`
    const stem = party.name.slice(0, -form.length)
    return form === '集团有限公司' ? `${stem}控股集团有限公司` : `${stem}集团有限公司`
  }

  #party(
    index: number,
    kind: PartyKind,
    name: string,
    formerNames: readonly FormerName[],
    code: string,
    county: County,
  ): Party {
    const random = new Random(this.seed, 'registration', index)
    const renamed = this.#renamed.get(index) ?? []
    return {
      index,
      kind,
      name: renamed[renamed.length - 1]?.newName ?? name,
      formerNames: [...formerNames, ...renamed],
      code,
      registration: registrationNumber(this.seed, index),
      county,
      town: random.pick(county.towns),
      general: kind !== 'household' && kind !== 'person' && random.chance(kind === 'company' ? 0.5 : 0.85),
      industry: random.pick(industryCodes[kind]),
      province: '41',
      branchOf: null,
      closed: false,
    }
  }
}
