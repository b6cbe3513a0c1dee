/** The cases that a tax officer believes: each fault has a lawful twin, and both are in the world as their stories say. */
import { describe, expect, it } from 'vitest'
import { measurementsOf } from '../../simulator/world/lifecycle.ts'
import { crossRegionOf } from '../../simulator/world/regions.ts'
import { createWorld } from '../../simulator/world/world.ts'

const world = createWorld({ size: 'town', seed: 1, today: '2026-03-10' })
const cases = new Map(
  world.projects.flatMap((project) => (project.story ? [[project.story.id, project] as const] : [])),
)
const of = (id: string) => {
  const project = cases.get(id)
  if (!project) throw new Error(id)
  return project
}
const blues = (id: string) => [...world.worksInvoices(of(id))].filter((i) => i.work?.tier === 1)
const net = (id: string): number => blues(id).reduce((sum, i) => sum + i.grossFen, 0)
const workDone = (id: string): number =>
  of(id).contracts.reduce((sum, contract) => {
    const seen = measurementsOf(world.seed, of(id), contract).filter((m) => m.audited <= world.clock)
    return sum + (seen.at(-1)?.cumulativeFen ?? 0)
  }, 0)

describe('the cases of a world', () => {
  it('come in pairs of a fault and a lawful twin', () => {
    const byIndicator = Map.groupBy([...cases.values()], ({ story }) => story!.indicator)
    for (const [indicator, pair] of byIndicator)
      expect([indicator, pair.map(({ story }) => story!.isFault).sort()]).toEqual([indicator, [false, true]])
    expect(cases.size).toBe(16)
  })

  it('are in the same words in every world, whatever its size', () => {
    const other = createWorld({ size: 'town', seed: 2, today: '2026-03-10' })
    const names = other.projects.flatMap((p) => (p.story && p.story.id !== 'owner-renamed' ? [p.fullName] : []))
    expect(names).toEqual([...cases.values()].flatMap((p) => (p.story!.id === 'owner-renamed' ? [] : [p.fullName])))
  })

  it('S312 is built by a company of Kaifeng, 杜岭 by one of Gongyi', () => {
    const [kaifeng, gongyi] = [
      of('report-missing').contracts[1]!.members[0]!,
      of('report-not-owed').contracts[0]!.members[0]!,
    ]
    expect(crossRegionOf(kaifeng.code.slice(2, 8), of('report-missing').county.code)).toBe(true)
    expect(gongyi.county.code).toBe('410181')
    expect(crossRegionOf('410181', of('report-not-owed').county.code)).toBe(false)
  })

  it('贾鲁河 has measured 8 600 万 and invoiced 3 100 万 of 80 %, its twin 69 % of 70 %', () => {
    expect(workDone('progress-ahead')).toBe(8_600_000_000)
    expect(net('progress-ahead')).toBe(3_100_000_000)
    expect(of('progress-ahead').contracts[0]!.paymentRatio).toBe(0.8)
    expect(workDone('progress-by-terms')).toBe(8_600_000_000)
    expect(net('progress-by-terms')).toBe(Math.round(8_600_000_000 * 0.69))
    expect(of('progress-by-terms').contracts[0]!.paymentRatio).toBe(0.7)
  })

  it('invoices carry the rates and sellers that the stories lay down', () => {
    expect(new Set(blues('rate-wrong').map((i) => i.rateBp))).toEqual(new Set([600]))
    expect(new Set(blues('rates-contracted').map((i) => i.rateBp))).toEqual(new Set([900, 600, 1_300]))
    const [stranger, member] = [of('seller-stranger').story!.seller!, of('seller-authorised').story!.seller!]
    expect(new Set(blues('seller-stranger').map((i) => i.seller.index))).toEqual(new Set([stranger.party.index]))
    expect(of('seller-stranger').contracts[0]!.members[0]!.index).not.toBe(stranger.party.index)
    expect(new Set(blues('seller-authorised').map((i) => i.seller.index))).toEqual(new Set([member.party.index]))
    expect(member.party.branchOf).toBe(of('seller-authorised').contracts[0]!.members[0]!.index)
  })

  it('科学大道 lacks 5 % beyond retention; the twin took back what the review took off', () => {
    const priceOf = (id: string) => of(id).contracts[0]!.priceFen
    expect(net('retention-exceeded') / priceOf('retention-exceeded')).toBeCloseTo(0.92, 4)
    expect(net('audit-reduced') / priceOf('audit-reduced')).toBeCloseTo(0.92, 4)
    expect(blues('audit-reduced').some((i) => i.grossFen < 0)).toBe(true)
    expect(blues('retention-exceeded').some((i) => i.grossFen < 0)).toBe(false)
  })

  it('the authority of 颍河 has no code, the plant an older name', () => {
    expect(of('owner-without-code').actingOwner).toMatch(/建设管理局$/)
    expect(of('owner-renamed').owner.formerNames.length).toBeGreaterThan(0)
    expect(of('owner-renamed').fullName.startsWith(of('owner-renamed').owner.formerNames[0]!.name)).toBe(true)
  })
})
