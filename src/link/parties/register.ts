/**
 * The tax register as an index: parties are resolved against it one by one, in memory. Problem: 150 k to 1 M taxpayers, most
 * parties exact, some dirty. Choice: codes and exact names through maps, the rest through a pair index and a noisy-channel
 * comparison of at most `candidatesMax` names. The answer depends on settings, content and query only, never on arrival order.
 */
import { type CodeLevel, codeBits, codeLevel, isTelling } from './code-evidence.ts'
import { compareNames, type NameModel } from './differences.ts'
import { createLikelihood } from './likelihood.ts'
import { branchStart, nameForm } from './name-form.ts'
import { createNameIndex, type NameIndex } from './name-index.ts'
import { addressBits, addressLikeness, divisionBits } from './place-evidence.ts'
import { createPlaces } from './places.ts'
import { probabilities, type Rival } from './posterior.ts'
import { defaultWeights, estimateLinkSettings, type LinkSettings, type LinkWeights } from './settings.ts'
import { shortForms } from './short-names.ts'
import type { LinkAnswer, LinkEvidence, LinkReason, PartyQuery, RegistrationEntry } from './types.ts'
import { bareName, siteUnitStart } from './wrapping.ts'

export { estimateLinkSettings }

export interface Register {
  readonly size: number
  upsert(entry: RegistrationEntry): void
  remove(registrationId: string): void
  resolve(query: PartyQuery): LinkAnswer
  /**
   * True when any entry of this register would be a candidate for the party: with a small register of changed taxpayers it
   * finds which parties to resolve anew.
   */
  couldReach(query: PartyQuery): boolean
  /** The entry as it was given, null for one that is not here (any more). */
  entry(registrationId: string): RegistrationEntry | null
  /** The waterfall of one registration against a party, whether or not it is the answer; empty for one that is not here. */
  evidence(query: PartyQuery, registrationId: string): readonly LinkEvidence[]
  /** The registrations whose names come nearest to the party's, likely or not, best first. */
  nearest(query: PartyQuery, count: number): readonly string[]
  readonly settings: LinkSettings
}

type Slots = Map<string, number[]>
const push = (map: Slots, key: string, slot: number): void => {
  const slots = map.get(key)
  if (slots === undefined) map.set(key, [slot])
  else slots.push(slot)
}

const prefixLength = 15
const certain = 0.9999
const answersKept = 5

export const createRegister = (settings: LinkSettings, entries: Iterable<RegistrationEntry> = []): Register =>
  new MemoryRegister(settings, entries)

class MemoryRegister implements Register {
  readonly settings: LinkSettings
  private readonly model: NameModel
  private readonly slots: (RegistrationEntry | null)[] = []
  private readonly slotOf = new Map<string, number>()
  private readonly byUscc: Slots = new Map()
  private readonly byCore: Slots = new Map()
  private readonly byPrefix: Slots = new Map()
  /** Comparison form → rows; a row is one name, current or former, of one slot. */
  private readonly byForm: Slots = new Map()
  private readonly rowSlot: number[] = []
  private readonly rowForm: string[] = []
  private readonly rowIsFormer: boolean[] = []
  private readonly rowBranch: number[] = []
  /** Built at the first name that needs it: a register that only ever meets exact parties never pays for it. */
  private index: NameIndex | null = null
  private indexedRows = 0
  private live = 0

  constructor(settings: LinkSettings, entries: Iterable<RegistrationEntry>) {
    this.settings = settings
    this.model = {
      likelihood: createLikelihood(settings),
      places: createPlaces(settings.places),
      weights: withEveryKind(settings),
    }
    for (const entry of entries) this.upsert(entry)
  }

  get size(): number {
    return this.live
  }

  upsert(entry: RegistrationEntry): void {
    this.remove(entry.registrationId)
    const slot = this.slots.length
    this.slots.push(entry)
    this.slotOf.set(entry.registrationId, slot)
    this.live += 1
    if (entry.uscc !== null) {
      push(this.byUscc, entry.uscc, slot)
      if (entry.uscc.length >= prefixLength) push(this.byPrefix, entry.uscc.slice(0, prefixLength), slot)
    }
    if (entry.core !== null) push(this.byCore, entry.core, slot)
    this.addRow(slot, entry.name, false)
    for (const name of entry.formerNames) this.addRow(slot, name, true)
    for (const short of shortForms(nameForm(entry.name))) this.addRow(slot, short, true)
  }

  remove(registrationId: string): void {
    const slot = this.slotOf.get(registrationId)
    if (slot === undefined) return
    this.slotOf.delete(registrationId)
    this.slots[slot] = null
    this.live -= 1
  }

  resolve(query: PartyQuery): LinkAnswer {
    const form = formOf(query)
    if (form === '' && query.code === null) return none('query.empty')
    const code = query.code
    const coded = code !== null && isTelling(code) ? this.codeSlots(code.normalised, code.core) : null
    if (coded !== null && coded.slots.length > 0) return this.byCode(query, form, coded)
    if (form === '') return this.byPartialCode(query, form) ?? none('register.absent')
    return this.byUnit(query, form) ?? this.byName(query, form)
  }

  couldReach(query: PartyQuery): boolean {
    if (this.live === 0) return false
    const form = formOf(query)
    const code = query.code
    if (code !== null) {
      if (this.codeSlots(code.normalised, code.core).slots.length > 0) return true
      if (this.damagedCodeSlots(code.normalised, code.suggestions).length > 0) return true
    }
    if (form === '') return false
    if (this.rowsOf(form).length > 0) return true
    const branch = branchStart(form)
    if (branch < form.length && this.rowsOf(form.slice(0, branch)).length > 0) return true
    if (query.siteUnit !== null && this.nameIndex().reaches(form + nameForm(query.siteUnit))) return true
    return this.nameIndex().reaches(form)
  }

  entry(registrationId: string): RegistrationEntry | null {
    const slot = this.slotOf.get(registrationId)
    return slot === undefined ? null : this.slots[slot]!
  }

  evidence(query: PartyQuery, registrationId: string): readonly LinkEvidence[] {
    const slot = this.slotOf.get(registrationId)
    if (slot === undefined) return []
    const form = formOf(query)
    const held = this.closestForm(form, this.slots[slot]!)
    const compared = compareNames(this.model, form, held, branchStart(form), branchStart(held))
    return this.waterfall(query, form, this.rival(query, slot, compared), this.model.likelihood.nameBits(form))
  }

  nearest(query: PartyQuery, count: number): readonly string[] {
    const form = formOf(query)
    if (form === '') return []
    const branch = branchStart(form)
    const bits = new Map<string, number>()
    for (const row of this.nameIndex().search(form)) {
      const id = this.slots[this.rowSlot[row]!]!.registrationId
      const { slipBits } = compareNames(this.model, form, this.rowForm[row]!, branch, this.branchOf(row))
      bits.set(id, Math.min(bits.get(id) ?? Number.POSITIVE_INFINITY, slipBits))
    }
    const ranked = [...bits].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    return ranked.slice(0, count).map(([id]) => id)
  }

  private addRow(slot: number, name: string, isFormer: boolean): void {
    const form = nameForm(name)
    if (form === '') return
    const row = this.rowSlot.length
    this.rowSlot.push(slot)
    this.rowForm.push(form)
    this.rowIsFormer.push(isFormer)
    this.rowBranch.push(-1)
    push(this.byForm, form, row)
    if (this.index !== null) this.index.add(row, form)
  }

  private readonly isLiveRow = (row: number): boolean => this.slots[this.rowSlot[row]!] !== null

  private readonly rowOrder = (a: number, b: number): number => {
    const left = this.slots[this.rowSlot[a]!]?.registrationId ?? ''
    const right = this.slots[this.rowSlot[b]!]?.registrationId ?? ''
    if (left !== right) return left < right ? -1 : 1
    return this.rowForm[a]! < this.rowForm[b]! ? -1 : this.rowForm[a]! > this.rowForm[b]! ? 1 : a - b
  }

  private nameIndex(): NameIndex {
    const isStale = this.rowSlot.length > 2 * this.indexedRows + 10_000
    if (this.index === null || isStale) {
      this.indexedRows = this.rowSlot.length
      const formOf = (row: number): string => this.rowForm[row]!
      this.index = createNameIndex(
        this.rowForm,
        this.model.likelihood,
        this.settings,
        this.isLiveRow,
        this.rowOrder,
        formOf,
      )
    }
    return this.index
  }

  private liveOf(map: Slots, key: string): number[] {
    const slots = map.get(key)
    return slots === undefined ? [] : slots.filter((slot) => this.slots[slot] !== null)
  }

  private rowsOf(form: string): number[] {
    const rows = this.byForm.get(form)
    return rows === undefined ? [] : rows.filter(this.isLiveRow)
  }

  private codeSlots(code: string, core: string | null): { level: 'code.exact' | 'code.core'; slots: number[] } {
    const exact = this.liveOf(this.byUscc, code)
    if (exact.length > 0) return { level: 'code.exact', slots: exact }
    return { level: 'code.core', slots: core === null ? [] : this.liveOf(this.byCore, core) }
  }

  /** Registrations that a truncated or damaged code points to; never more than a hint. */
  private damagedCodeSlots(code: string, suggestions: readonly string[]): number[] {
    const found = new Set<number>()
    for (const suggestion of suggestions) for (const slot of this.liveOf(this.byUscc, suggestion)) found.add(slot)
    if (code.length >= prefixLength)
      for (const slot of this.liveOf(this.byPrefix, code.slice(0, prefixLength))) found.add(slot)
    if (code.length === 18) for (const slot of this.liveOf(this.byCore, code.slice(8, 17))) found.add(slot)
    return [...found].slice(0, this.settings.candidatesMax)
  }

  private byCode(
    query: PartyQuery,
    form: string,
    coded: { level: 'code.exact' | 'code.core'; slots: readonly number[] },
  ): LinkAnswer {
    const chosen = this.preferred(coded.slots, form)
    const entry = this.slots[chosen]!
    const evidence: LinkEvidence[] = [
      {
        comparison: 'code',
        left: query.code!.normalised,
        right: entry.uscc ?? entry.core!,
        level: coded.slots.length > 1 ? 'sharedByRegistrations' : coded.level === 'code.exact' ? 'exact' : 'core',
        weight: this.settings.weights.code.core * (coded.level === 'code.exact' ? 2 : 1.5),
      },
    ]
    const candidates = [chosen, ...coded.slots.filter((slot) => slot !== chosen)]
      .slice(0, answersKept)
      .map((slot) => ({ registrationId: this.slots[slot]!.registrationId, score: slot === chosen ? certain : 0 }))
    const agrees = form === '' || this.namesAgree(form, chosen, evidence)
    if (!agrees) {
      const elsewhere = this.rowsOf(form)
        .map((row) => this.rowSlot[row]!)
        .filter((slot) => this.slots[slot]!.core !== entry.core)
      if (elsewhere.length > 0) {
        const other = this.slots[this.preferred(elsewhere, form)]!
        evidence.push({ comparison: 'name', left: query.name, right: other.name, level: 'equalElsewhere', weight: 0 })
        return {
          decision: 'review',
          registrationId: entry.registrationId,
          score: 0.5,
          reason: 'code.nameElsewhere',
          evidence,
          candidates: [
            { registrationId: entry.registrationId, score: 0.5 },
            { registrationId: other.registrationId, score: 0.5 },
          ],
        }
      }
    }
    const score = agrees ? certain : 0.99
    return { decision: 'link', registrationId: entry.registrationId, score, reason: coded.level, evidence, candidates }
  }

  private namesAgree(form: string, slot: number, evidence: LinkEvidence[]): boolean {
    const entry = this.slots[slot]!
    const names = [entry.name, ...entry.formerNames]
    for (const name of names) if (nameForm(name) === form) return true
    const held = nameForm(entry.name)
    const compared = compareNames(this.model, form, held, branchStart(form), branchStart(held))
    const agrees = compared.slipBits <= 20
    evidence.push({
      comparison: 'name',
      left: form,
      right: entry.name,
      level: agrees ? 'close' : 'different',
      weight: agrees ? 0 : -4,
    })
    return agrees
  }

  /** One code, several registrations (登记序号): the active one first, then the name as said, then the head office. */
  private preferred(slots: readonly number[], form: string): number {
    if (slots.length === 1) return slots[0]!
    const rank = (slot: number): string => {
      const entry = this.slots[slot]!
      const held = nameForm(entry.name)
      const isBranch = branchStart(held) < held.length
      return `${entry.active ? 0 : 1}${held === form ? 0 : 1}${isBranch ? 1 : 0}${entry.registrationId}`
    }
    return slots.reduce((best, slot) => (rank(slot) < rank(best) ? slot : best))
  }

  /** Some site units are registrants of their own (第五施工处): then the party is the unit and not its parent. */
  private byUnit(query: PartyQuery, form: string): LinkAnswer | null {
    if (query.siteUnit === null) return null
    const whole = form + nameForm(query.siteUnit)
    const answer = this.byName({ ...query, siteUnit: null }, whole)
    if (answer.decision !== 'link') return null
    const held = nameForm(this.slots[this.slotOf.get(answer.registrationId!)!]!.name)
    return held.length > form.length + 1 ? answer : null
  }

  private byName(query: PartyQuery, form: string): LinkAnswer {
    const rows = this.rowsOf(form)
    if (rows.length > 0) {
      const current = rows.filter((row) => !this.rowIsFormer[row])
      const isFormer = current.length === 0
      const slots = new Set((isFormer ? rows : current).map((row) => this.rowSlot[row]!))
      const said = bareName(query.name)
      const rivals = [...slots].map((slot) => {
        const slipBits = isFormer ? 1 : this.slots[slot]!.name === said ? 0 : otherWritingBits
        return this.rival(query, slot, { ...sameName, slipBits })
      })
      const isSameText = rivals.some((rival) => this.slots[rival.slot]!.name === query.name)
      const reason = isFormer ? 'name.former' : isSameText ? 'name.exact' : 'name.form'
      return this.answer(query, form, rivals, query.siteUnit === null ? reason : 'name.parentOfSiteUnit')
    }
    const answer = this.byLikeness(query, form)
    if (answer.decision === 'link' || query.siteUnit !== null) return answer
    const unit = siteUnitStart(form)
    if (unit === form.length) return answer
    const parent = this.byName({ ...query, siteUnit: form.slice(unit) }, form.slice(0, unit))
    return parent.decision === 'link' ? parent : answer
  }

  private byLikeness(query: PartyQuery, form: string): LinkAnswer {
    const branch = branchStart(form)
    const best = new Map<number, Rival>()
    const consider = (slot: number, row: number): void => {
      const compared = compareNames(this.model, form, this.rowForm[row]!, branch, this.branchOf(row))
      const known = best.get(slot)
      if (known === undefined || compared.slipBits < known.slipBits) best.set(slot, this.rival(query, slot, compared))
    }
    for (const row of this.nameIndex().search(form)) consider(this.rowSlot[row]!, row)
    if (query.code !== null)
      for (const slot of this.damagedCodeSlots(query.code.normalised, query.code.suggestions))
        if (!best.has(slot)) {
          const held = nameForm(this.slots[slot]!.name)
          best.set(slot, this.rival(query, slot, compareNames(this.model, form, held, branch, branchStart(held))))
        }
    const rivals = [...best.values()]
    if (rivals.length === 0) return this.parentOfBranch(form, branch) ?? none('register.absent')
    return this.answer(query, form, rivals, query.siteUnit === null ? 'name.close' : 'name.parentOfSiteUnit')
  }

  private byPartialCode(query: PartyQuery, form: string): LinkAnswer | null {
    const code = query.code!
    const slots = this.damagedCodeSlots(code.normalised, code.suggestions)
    if (slots.length === 0) return null
    const slot = this.preferred(slots, form)
    const registrationId = this.slots[slot]!.registrationId
    const held = this.slots[slot]!.uscc ?? ''
    const evidence = [
      {
        comparison: 'code',
        left: code.normalised,
        right: held,
        level: 'partial',
        weight: this.settings.weights.code.partial,
      },
    ]
    return {
      decision: 'review',
      registrationId,
      score: 0.5,
      reason: 'code.partial',
      evidence,
      candidates: [{ registrationId, score: 0.5 }],
    }
  }

  private branchOf(row: number): number {
    const known = this.rowBranch[row]!
    if (known >= 0) return known
    return (this.rowBranch[row] = branchStart(this.rowForm[row]!))
  }

  private rival(
    query: PartyQuery,
    slot: number,
    compared: Omit<Rival, 'slot' | 'identity' | 'besideBits' | 'addressBits'>,
  ): Rival {
    const entry = this.slots[slot]!
    const { weights } = this.settings
    let besideBits = codeBits(weights, codeLevel(query.code, entry))
    let address = 0
    if (compared.slipBits < 40) {
      address = addressBits(weights, addressLikeness(query.address, entry.address))
      besideBits += address
      besideBits += divisionBits(weights, query.divisionCode, entry.divisionCode)
    }
    if (!entry.active) besideBits -= 1
    return {
      slot,
      identity: entry.core ?? entry.registrationId,
      slipBits: compared.slipBits,
      siblingBits: compared.siblingBits,
      besideBits,
      addressBits: address,
      isOtherBranch: compared.isOtherBranch,
      isEqual: compared.isEqual,
      isOther: compared.isOther,
    }
  }

  private answer(query: PartyQuery, form: string, rivals: readonly Rival[], reason: LinkReason): LinkAnswer {
    const nameBits = this.model.likelihood.nameBits(form)
    const scores = probabilities(this.settings, rivals, nameBits)
    const order = rivals
      .map((_, i) => i)
      .sort((a, b) => scores[b]! - scores[a]! || this.slotOrder(rivals[a]!.slot, rivals[b]!.slot, form))
    const top = rivals[order[0]!]!
    const entry = this.slots[top.slot]!
    const score = Math.min(scores[order[0]!]!, certain)
    const second = order.find((i) => rivals[i]!.identity !== top.identity)
    const candidates = order
      .slice(0, answersKept)
      .filter((i) => scores[i]! >= 0.0001)
      .map((i) => ({
        registrationId: this.slots[rivals[i]!.slot]!.registrationId,
        score: Math.min(scores[i]!, certain),
      }))
    const level = codeLevel(query.code, entry)
    const evidence = this.waterfall(query, form, top, nameBits)
    if (level === 'contradicts') {
      const isSameName = top.slipBits <= 1
      return isSameName
        ? {
            decision: 'review',
            registrationId: entry.registrationId,
            score: Math.min(score, 0.5),
            reason: 'code.contradicts',
            evidence,
            candidates,
          }
        : { ...none('register.absent'), score, evidence, candidates }
    }
    if (score >= this.settings.linkFrom && this.isBridged(top, level)) {
      const by = level === 'repaired' ? 'code.repaired' : level === 'partial' ? 'code.partial' : reason
      return { decision: 'link', registrationId: entry.registrationId, score, reason: by, evidence, candidates }
    }
    if (score >= this.settings.reviewFrom) {
      const isClose = second !== undefined && scores[second]! >= score * 0.3
      const why = top.isOtherBranch ? 'name.branch' : isClose ? 'name.ambiguous' : 'name.weak'
      return { decision: 'review', registrationId: entry.registrationId, score, reason: why, evidence, candidates }
    }
    return this.parentOfBranch(form, branchStart(form)) ?? { ...none('register.absent'), score, evidence, candidates }
  }

  /** Whether what differs may be a slip at all, or is outweighed by a code. */
  private isBridged(rival: Rival, level: CodeLevel): boolean {
    const { weights } = this.settings
    if (level === 'repaired' && rival.slipBits <= weights.bridgedSlipBits) return true
    return !rival.isOtherBranch && !rival.isOther && rival.slipBits <= weights.slipBitsMax
  }

  private slotOrder(a: number, b: number, form: string): number {
    return a === b ? 0 : this.preferred([a, b], form) === a ? -1 : 1
  }

  /** A branch that is no registrant itself may belong to its head office: that is for a person to say. */
  private parentOfBranch(form: string, branch: number): LinkAnswer | null {
    if (branch >= form.length) return null
    const rows = this.rowsOf(form.slice(0, branch))
    if (rows.length === 0) return null
    const slot = this.preferred(
      rows.map((row) => this.rowSlot[row]!),
      form,
    )
    const entry = this.slots[slot]!
    const evidence = [{ comparison: 'name', left: form, right: entry.name, level: 'headOffice', weight: 0 }]
    const candidates = [{ registrationId: entry.registrationId, score: 0.3 }]
    return {
      decision: 'review',
      registrationId: entry.registrationId,
      score: 0.3,
      reason: 'name.branch',
      evidence,
      candidates,
    }
  }

  private waterfall(query: PartyQuery, form: string, rival: Rival, nameBits: number): LinkEvidence[] {
    const entry = this.slots[rival.slot]!
    const { weights } = this.settings
    const rarity = weights.languageScale * nameBits - Math.log2(Math.max(this.settings.names, 2))
    const lines: LinkEvidence[] = [
      { comparison: 'nameRarity', left: query.name, right: entry.name, level: 'register', weight: rarity },
    ]
    if (rival.slipBits > 0) {
      const held = this.closestForm(form, entry)
      compareNames(this.model, form, held, branchStart(form), branchStart(held), lines)
    }
    const level = codeLevel(query.code, entry)
    if (level !== 'none')
      lines.push({
        comparison: 'code',
        left: query.code!.normalised,
        right: entry.uscc ?? entry.core ?? '',
        level,
        weight: codeBits(weights, level),
      })
    const likeness = addressLikeness(query.address, entry.address)
    if (likeness !== null)
      lines.push({
        comparison: 'address',
        left: query.address!,
        right: entry.address!,
        level: likeness.toFixed(2),
        weight: addressBits(weights, likeness),
      })
    const division = divisionBits(weights, query.divisionCode, entry.divisionCode)
    if (division !== 0)
      lines.push({
        comparison: 'division',
        left: query.divisionCode!,
        right: entry.divisionCode!,
        level: division > 0 ? 'near' : 'other',
        weight: division,
      })
    return lines
  }

  private closestForm(form: string, entry: RegistrationEntry): string {
    let best = nameForm(entry.name)
    let bits = Number.POSITIVE_INFINITY
    for (const name of [entry.name, ...entry.formerNames]) {
      const held = nameForm(name)
      const compared = compareNames(this.model, form, held, branchStart(form), branchStart(held))
      if (compared.slipBits < bits) {
        bits = compared.slipBits
        best = held
      }
    }
    return best
  }
}

const formOf = (query: PartyQuery): string => nameForm(bareName(query.name))

/** Settings stored before a kind of difference was known have no price for it. */
const withEveryKind = ({ weights }: LinkSettings): LinkWeights => ({
  ...weights,
  difference: { ...defaultWeights.difference, ...weights.difference },
})

/** What it costs to write a name in another way than the register does; tells 有限公司 from 有限责任公司 where both are registered. */
const otherWritingBits = 4

const sameName = { slipBits: 0, siblingBits: 60, isOtherBranch: false, isEqual: true, isOther: false }

const none = (reason: LinkReason): LinkAnswer => ({
  decision: 'none',
  registrationId: null,
  score: 0,
  reason,
  evidence: [],
  candidates: [],
})
