import { describe, expect, test } from 'vitest'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { createRegister, estimateLinkSettings } from '../../../src/link/parties/register.ts'
import type { RegistrationEntry } from '../../../src/link/parties/types.ts'
import { foldName } from '../../../src/normalise/values/fold-name.ts'
import { splitSiteUnit } from '../../../src/normalise/values/names.ts'
import { entry, inventedRegister, query, uscc } from '../invented.ts'

const crowd = inventedRegister(1_500)
const settings = estimateLinkSettings(crowd, 1)
const registerWith = (...entries: RegistrationEntry[]) => createRegister(settings, [...crowd, ...entries])

const target = entry(900_001, '郑州罍昶路桥建设有限公司', { formerNames: ['郑州罍昶筑路有限公司'] })
const resolve = (name: string, code: string | null = null, ...entries: RegistrationEntry[]) => {
  const split = splitSiteUnit(foldName(name))
  return registerWith(target, ...entries).resolve(query(split.name, { siteUnit: split.siteUnit, code: readCode(code) }))
}

describe('one party against the register', () => {
  test.each([
    ['the name as it stands', '郑州罍昶路桥建设有限公司', 'name.exact'],
    ['full-width spaces and a trailing dot', '郑州罍昶　路桥建设 有限公司.', 'name.exact'],
    ['有限责任公司 for 有限公司', '郑州罍昶路桥建设有限责任公司', 'name.form'],
    ['brackets around the place', '（郑州）罍昶路桥建设有限公司', 'name.form'],
    ['traditional characters', '鄭州罍昶路橋建設有限公司', 'name.form'],
    ['a former name', '郑州罍昶筑路有限公司', 'name.former'],
    ['a site unit behind the name', '郑州罍昶路桥建设有限公司G107改建项目经理部', 'name.parentOfSiteUnit'],
    ['a label and a seal', '施工单位：郑州罍昶路桥建设有限公司（盖章）', 'name.exact'],
    ['a doubled character', '郑州罍昶昶路桥建设有限公司', 'name.close'],
    ['swapped neighbours', '郑州罍昶桥路建设有限公司', 'name.close'],
    ['a homophone', '郑州罍昶路乔建设有限公司', 'name.close'],
    ['the province before the city', '河南省郑州罍昶路桥建设有限公司', 'name.close'],
  ])('%s links', (_, name, reason) => {
    const answer = resolve(name)
    expect(answer).toMatchObject({ decision: 'link', registrationId: target.registrationId, reason })
    expect(answer.score).toBeGreaterThanOrEqual(settings.linkFrom)
  })

  test.each([
    ['a company that is in no register', '郑州罍昶文化传媒有限公司'],
    ['the same trade name in another city', '洛阳罍昶路桥建设有限公司'],
    ['another trade name of the same business', '郑州戬韫路桥建设有限公司'],
    ['a branch of the company', '郑州罍昶路桥建设有限公司商丘分公司'],
    ['the group of that name', '郑州罍昶路桥建设集团有限公司'],
  ])('%s is not linked', (_, name) => {
    expect(resolve(name).decision).not.toBe('link')
  })

  test('a branch that is no registrant goes to review at its head office', () => {
    expect(resolve('郑州罍昶路桥建设有限公司商丘分公司')).toMatchObject({
      decision: 'review',
      reason: 'name.branch',
      registrationId: target.registrationId,
    })
  })

  test('branches that differ in their number are two registrants', () => {
    const second = entry(900_002, '郑州罍昶路桥建设有限公司第二分公司')
    expect(resolve('郑州罍昶路桥建设有限公司第一分公司', null, second).registrationId).not.toBe(second.registrationId)
    expect(resolve('郑州罍昶路桥建设有限公司第二分公司', null, second)).toMatchObject({
      decision: 'link',
      registrationId: second.registrationId,
    })
  })

  test('bracket content is part of the name', () => {
    const other = entry(900_003, '罍昶（新郑）路桥建设有限公司')
    expect(resolve('罍昶（洛阳）路桥建设有限公司', null, other).decision).not.toBe('link')
  })
})

describe('codes', () => {
  const code = target.uscc!

  test('a valid code links whatever the name', () => {
    expect(resolve('名称完全不同的单位', code)).toMatchObject({
      decision: 'link',
      registrationId: target.registrationId,
      reason: 'code.exact',
    })
  })

  test('a code of the same organisation from another authority links by its core', () => {
    expect(resolve('郑州罍昶路桥建设有限公司', uscc(900_001, '410100'))).toMatchObject({
      decision: 'link',
      reason: 'code.core',
    })
  })

  test('a 15-digit number of the old system links by its core', () => {
    expect(resolve('郑州罍昶路桥建设有限公司', `410105${code.slice(8, 17)}`)).toMatchObject({
      decision: 'link',
      reason: 'code.core',
    })
  })

  test('a valid code of somebody else forbids the link by name', () => {
    expect(resolve('郑州罍昶路桥建设有限公司', uscc(777_777))).toMatchObject({
      decision: 'review',
      reason: 'code.contradicts',
      registrationId: target.registrationId,
    })
  })

  test('a code of one company with the exact name of another is for a person to judge', () => {
    const other = entry(900_004, '洛阳斝垚养殖有限公司')
    const answer = resolve('洛阳斝垚养殖有限公司', code, other)
    expect(answer).toMatchObject({ decision: 'review', reason: 'code.nameElsewhere' })
    expect(answer.candidates.map((c) => c.registrationId).sort()).toEqual([target.registrationId, other.registrationId])
  })

  test('a truncated code and half a name find the company, the code alone only suggests it', () => {
    expect(resolve('罍昶路桥建设', code.slice(0, 15))).toMatchObject({
      decision: 'link',
      registrationId: target.registrationId,
    })
    expect(resolve('', code.slice(0, 15))).toMatchObject({ decision: 'review', reason: 'code.partial' })
  })

  test('of several registrations with one code the active one is meant, then the lowest number', () => {
    const twin = (id: string, active: boolean) => ({ ...target, registrationId: id, active })
    const register = createRegister(settings, [twin('B', true), twin('A', true), twin('0', false)])
    const answer = register.resolve(query(target.name, { code: readCode(code) }))
    expect(answer).toMatchObject({ decision: 'link', registrationId: 'A' })
    expect(answer.evidence[0]?.level).toBe('sharedByRegistrations')
  })

  test.each([
    '/',
    '无',
    '组织结构代码',
    '000000000000000000',
    '123',
  ])('the rubbish code %s changes nothing', (rubbish) => {
    const without = resolve('郑州罍昶路乔建设有限公司')
    const withRubbish = resolve('郑州罍昶路乔建设有限公司', rubbish)
    expect(withRubbish.registrationId).toBe(without.registrationId)
    expect(withRubbish.score).toBeLessThanOrEqual(without.score)
  })
})

describe('a living register', () => {
  test('an entry that was renamed is found by its new name and no more by its old one', () => {
    const register = registerWith(target)
    register.upsert({ ...target, name: '郑州翙曈路桥建设有限公司', formerNames: [] })
    expect(register.resolve(query('郑州翙曈路桥建设有限公司')).registrationId).toBe(target.registrationId)
    expect(register.resolve(query(target.name)).decision).toBe('none')
    expect(register.size).toBe(crowd.length + 1)
  })

  test('a removed entry is gone', () => {
    const register = registerWith(target)
    register.remove(target.registrationId)
    expect(register.resolve(query(target.name)).decision).toBe('none')
  })

  test('a small register of what changed says which parties it could reach', () => {
    const changed = createRegister(settings, [target])
    expect(changed.couldReach(query('郑州罍昶路乔建设有限公司'))).toBe(true)
    expect(changed.couldReach(query('完全无关的单位', { code: readCode(target.uscc) }))).toBe(true)
    expect(changed.couldReach(query('斝婳'))).toBe(false)
  })

  test('an equal name twice is decided by the address, else left to a person', () => {
    const here = entry(900_005, '翊翙商行', { address: '郑州市金水区花园路88号院3号楼' })
    const there = entry(900_006, '翊翙商行', { address: '洛阳市西工区解放路15号' })
    const register = registerWith(here, there)
    expect(register.resolve(query('翊翙商行')).decision).toBe('review')
    expect(register.resolve(query('翊翙商行')).reason).toBe('name.ambiguous')
    expect(register.resolve(query('翊翙商行', { address: '金水区花园路88号院' })).registrationId).toBe(
      here.registrationId,
    )
  })

  test('a party without name and code is nobody', () => {
    expect(registerWith().resolve(query(''))).toMatchObject({ decision: 'none', reason: 'query.empty' })
  })
})

describe('settings', () => {
  test('survive JSON and give the same answers', () => {
    const restored = JSON.parse(JSON.stringify(settings)) as typeof settings
    expect(restored).toEqual(settings)
    const again = createRegister(restored, [...crowd, target])
    expect(again.resolve(query('郑州罍昶路乔建设有限公司'))).toEqual(resolve('郑州罍昶路乔建设有限公司'))
  })

  test('do not depend on the order of the register', () => {
    expect(JSON.stringify(estimateLinkSettings([...crowd].reverse(), 1))).toBe(JSON.stringify(settings))
  })
})
