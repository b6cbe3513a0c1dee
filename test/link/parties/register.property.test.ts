import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCode } from '#schemas/identifiers/read-code.ts'
import { createRegister, estimateLinkSettings } from '../../../src/link/parties/register.ts'
import { foldName } from '../../../src/normalise/values/fold-name.ts'
import { inventedRegister, query } from '../invented.ts'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const runs = { seed, numRuns: 60 }
const crowd = inventedRegister(400)
const settings = estimateLinkSettings(crowd, 1)
const register = createRegister(settings, crowd)
const company = fc.constantFrom(...crowd)

/** One slip somewhere in a name. */
const slip = fc.record({
  at: fc.nat(30),
  how: fc.constantFrom('drop', 'double', 'swap', 'replace'),
  by: fc.constantFrom(...'市政路桥商贸'),
})
const slipped = (name: string, { at, how, by }: { at: number; how: string; by: string }): string => {
  const i = at % (name.length - 1)
  const [head, c, next, tail] = [name.slice(0, i), name[i]!, name[i + 1]!, name.slice(i + 2)]
  if (how === 'drop') return head + next + tail
  if (how === 'double') return head + c + c + next + tail
  return how === 'swap' ? head + next + c + tail : head + by + next + tail
}

test('a company always matches itself', () => {
  fc.assert(
    fc.property(company, (one) => {
      expect(register.resolve(query(foldName(one.name)))).toMatchObject({
        decision: 'link',
        registrationId: one.registrationId,
      })
    }),
    runs,
  )
})

test('answers do not depend on the order in which the register was filled, nor on detours', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(crowd, { minLength: crowd.length }), company, slip, (order, one, error) => {
      const other = createRegister(settings, order.slice(0, 200))
      other.resolve(query(one.name))
      other.upsert({ ...order[0]!, name: '暂名有限公司' })
      for (const each of order) other.upsert(each)
      const name = slipped(one.name, error)
      expect(other.resolve(query(name))).toEqual(register.resolve(query(name)))
    }),
    { ...runs, numRuns: 25 },
  )
})

test('a register that was added to and taken from equals one built of what is left', () => {
  const step = fc.record({ at: fc.nat(crowd.length - 1), isRemoval: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), company, slip, (steps, one, error) => {
      const living = createRegister(settings, crowd)
      living.resolve(query(one.name))
      const left = new Map(crowd.map((each) => [each.registrationId, each]))
      for (const { at, isRemoval } of steps) {
        const each = crowd[at]!
        if (isRemoval) {
          living.remove(each.registrationId)
          left.delete(each.registrationId)
        } else {
          const changed = { ...each, formerNames: [`旧${each.name}`] }
          living.upsert(changed)
          left.set(each.registrationId, changed)
        }
      }
      const fresh = createRegister(settings, left.values())
      const name = slipped(one.name, error)
      expect(living.size).toBe(left.size)
      for (const said of [name, `旧${one.name}`])
        expect(living.resolve(query(said))).toEqual(fresh.resolve(query(said)))
    }),
    { ...runs, numRuns: 25 },
  )
})

test('a rubbish field never raises a score', () => {
  const rubbish = fc.oneof(fc.constantFrom('/', '无', '组织结构代码', '-', '123456'), fc.string({ maxLength: 20 }))
  fc.assert(
    fc.property(company, slip, rubbish, rubbish, (one, error, code, address) => {
      const name = slipped(one.name, error)
      const plain = register.resolve(query(name))
      const loaded = register.resolve(query(name, { code: readCode(code), address }))
      expect(loaded.score).toBeLessThanOrEqual(plain.score + 1e-9)
    }),
    runs,
  )
})

test('a changed taxpayer that would be an answer is always reached', () => {
  fc.assert(
    fc.property(company, slip, (one, error) => {
      const name = slipped(one.name, error)
      const answer = register.resolve(query(name))
      fc.pre(answer.registrationId !== null)
      const changed = createRegister(
        settings,
        crowd.filter((each) => each.registrationId === answer.registrationId),
      )
      expect(changed.couldReach(query(name))).toBe(true)
    }),
    runs,
  )
})

test('scores are probabilities and any text gets an answer', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 20 }), (name, code) => {
      const { score, candidates } = register.resolve(query(foldName(name), { code: readCode(code) }))
      for (const one of [score, ...candidates.map((c) => c.score)]) expect(one >= 0 && one <= 1).toBe(true)
    }),
    { ...runs, numRuns: 200 },
  )
})
