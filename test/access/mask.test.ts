import { describe, expect, test } from 'vitest'
import { looksLikePerson, maskAddress, maskPersonName, nameFor, payloadFor } from '../../src/access/mask.ts'

describe('names', () => {
  test.each([['张三'], ['欧阳修文'], ['买买提·艾力'], ['王五六']])('%s reads as a person', (name) =>
    expect(looksLikePerson(name)).toBe(true))
  test.each([
    ['水利局'],
    ['测试甲公司'],
    ['交通厅'],
    ['城投集团'],
    ['某某村'],
    ['ABC'],
    ['金水路改造'],
    [''],
  ])('%s does not', (name) => expect(looksLikePerson(name)).toBe(false))
  test.each([
    ['张三', '张*'],
    ['张三丰', '张**'],
    ['𠮷田三', '𠮷**'],
    ['王', '王*'],
  ])('%s becomes %s', (name, masked) => expect(maskPersonName(name)).toBe(masked))
  test('are clear for who needs them', () => {
    expect([
      nameFor('officer', '张三丰'),
      nameFor('riskDesk', '张三丰'),
      nameFor('leader', '张三丰'),
      nameFor('leader', '水利局'),
    ]).toEqual(['张**', '张三丰', '张**', '水利局'])
  })
})

test.each([
  ['郑州市金水区经八路街道纬五路12号', '郑州市金水区经八路街道****'],
  ['河南省郑州市中牟县官渡镇1号', '河南省郑州市中牟县官渡镇****'],
  ['郑州市某路1号', '郑州市****'],
  ['某路1号', '****'],
])('the address %s becomes %s', (address, masked) => expect(maskAddress(address)).toBe(masked))

test.each([
  ['{"xm":"张三","ztz":5}', '{"xm":"***","ztz":"***"}'],
  ['not json', '***'],
  ['[1,2]', '***'],
])('the payload %s shows its fields only', (payload, masked) => {
  expect(payloadFor('operator', payload)).toBe(masked)
  expect(payloadFor('steward', payload)).toBe(payload)
})
