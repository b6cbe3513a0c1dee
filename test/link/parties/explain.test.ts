import { describe, expect, test } from 'vitest'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { estimateFromParties } from '../../../src/link/parties/estimate.ts'
import { explain } from '../../../src/link/parties/explain.ts'
import { createRegister, estimateLinkSettings } from '../../../src/link/parties/register.ts'
import { shortForms } from '../../../src/link/parties/short-names.ts'
import { bareName, siteUnitStart } from '../../../src/link/parties/wrapping.ts'
import { entry, inventedRegister, query, uscc } from '../invented.ts'

const crowd = inventedRegister(1_500)
const target = entry(900_001, '郑州罍昶路桥建设有限公司', { address: '郑州市金水区花园路88号院3号楼' })
const twin = entry(900_002, '洛阳斝垚养殖有限公司', { formerNames: ['洛阳斝垚牧业有限公司'] })
const settings = estimateLinkSettings(crowd, 7)
const register = createRegister(settings, [...crowd, target, twin])

describe('an explanation', () => {
  test('says of a link by which rule it was found, what each difference weighs, and what would undo it', () => {
    const said = explain(register, query('郑州罍昶路乔建设有限公司'))
    expect(said).toMatchObject({ decision: 'link', reason: 'name.close', settingsVersion: 7 })
    const [best] = said.candidates
    expect(best).toMatchObject({ registrationId: target.registrationId, rule: 'name.pairs' })
    expect(best?.waterfall.find(({ level }) => level === 'homophone')).toMatchObject({ left: '乔', right: '桥' })
    expect(said.smallestChange).toMatchObject({ change: 'code.other' })
  })

  test('its lines sum to the odds of the score', () => {
    for (const name of ['郑州罍昶路乔建设有限公司', '郑州罍昶文化传媒有限公司', '罍昶路桥']) {
      for (const { score, waterfall } of explain(register, query(name)).candidates) {
        const bits = waterfall.reduce((sum, { weight }) => sum + weight, 0)
        expect(1 / (1 + 2 ** -bits)).toBeCloseTo(Math.min(Math.max(score, 0.0001), 0.9999), 6)
      }
    }
  })

  test('says of a non-link what is nearest and what would make it one', () => {
    const said = explain(register, query('郑州罍昶文化传媒有限公司'))
    expect(said.decision).not.toBe('link')
    expect(said.candidates[0]?.registrationId).toBe(target.registrationId)
    expect(said.smallestChange).not.toBeNull()
  })

  test.each([
    ['the code', query('谁也不是', { code: readCode(uscc(900_002)) }), 'code.whole'],
    ['a former name', query('洛阳斝垚牧业有限公司'), 'name.former'],
    ['the name', query('洛阳斝垚养殖有限责任公司'), 'name.equal'],
  ])('names %s as what found the registration', (_, party, rule) => {
    expect(explain(register, party).candidates[0]?.rule).toBe(rule)
  })

  test('is the same each time and for any order of the register', () => {
    const other = createRegister(settings, [twin, ...[...crowd].reverse(), target])
    const party = query('郑州罍昶路桥建没有限公司', { address: '花园路88号' })
    expect(explain(other, party)).toEqual(explain(register, party))
  })
})

describe('what stands around a name', () => {
  test.each([
    ['承包入:郑州罍昶路桥建设有限公司', '郑州罍昶路桥建设有限公司'],
    ['郑州罍昶路桥建设有限公司（宫章）', '郑州罍昶路桥建设有限公司'],
    ['郑州罍昶路桥建设有限公司（公章', '郑州罍昶路桥建设有限公司'],
    ['罍昶（郑州）路桥建设有限公司', '罍昶（郑州）路桥建设有限公司'],
  ])('%s', (name, bare) => {
    expect(bareName(name)).toBe(bare)
  })

  test('a misspelt site unit is told by what it resembles, a branch is none', () => {
    expect('郑州罍昶路桥建设有限公司项目经礼部'.slice(0, siteUnitStart('郑州罍昶路桥建设有限公司项目经礼部'))).toBe(
      '郑州罍昶路桥建设有限公司',
    )
    const branch = '郑州罍昶路桥建设有限公司第一分公司'
    expect(siteUnitStart(branch)).toBe(branch.length)
  })
})

describe('short names', () => {
  test.each([
    ['中国建筑第七工程局有限公司', '中建七局'],
    ['中铁十五局集团有限公司', '中铁十五局'],
    ['云川县住房和城乡建设局', '云川县住建局'],
    ['云川县发展和改革委员会', '云川县发改委'],
  ])('%s is also %s', (name, short) => {
    expect(shortForms(name)).toContain(short)
    const one = entry(900_010, name)
    expect(createRegister(settings, [...crowd, one]).resolve(query(short))).toMatchObject({
      decision: 'link',
      registrationId: one.registrationId,
    })
  })
})

test('parties whose taxpayers nobody told move the m probabilities towards the slips they make', () => {
  const parties = crowd.flatMap(({ name }, i) => [
    query(name),
    query(i % 2 === 0 ? name.replace('有限公司', '') : name),
  ])
  const entries = crowd.slice(0, 400)
  const estimated = estimateFromParties(settings, entries, parties.slice(0, 800), 8, 2)
  expect(estimated.version).toBe(8)
  const before = settings.weights.difference
  expect(estimated.weights.difference.legalFormDropped).toBeLessThan(before.legalFormDropped)
  expect(estimated.weights.difference.homophone).toBeGreaterThan(before.homophone)
  expect(estimated.weights.presentShare).toBeGreaterThan(settings.weights.presentShare)
})
