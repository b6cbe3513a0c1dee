import { expect, test } from 'vitest'
import { withContext } from '../../src/kernel/context.ts'
import { HubError } from '../../src/kernel/errors.ts'
import { newSecret } from '../../src/kernel/ids.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { redact } from '../../src/kernel/redact.ts'
import { deriveSecret, Secret } from '../../src/kernel/secret.ts'

const capture = () => {
  const lines: string[] = []
  const logger = createLogger('debug', (line) => lines.push(line))
  return { logger, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown>, lines }
}

test('a line is JSON with its level, time, message and the ids of the work around it', () => {
  const { logger, last } = capture()
  withContext({ runId: 'run_1' }, () => withContext({ batchId: '7' }, () => logger.info({ rows: 3 }, 'landed')))
  expect(last()).toMatchObject({
    level: 'info',
    msg: 'landed',
    rows: 3,
    runId: 'run_1',
    batchId: '7',
    time: expect.stringMatching(/Z$/),
  })
})

test('ids of one unit of work do not reach another', async () => {
  const { logger, lines } = capture()
  const work = async () => {
    await Promise.resolve()
    logger.info('done')
  }
  await Promise.all([1, 2].map((n) => withContext({ requestId: `r${n}` }, work)))
  logger.info('outside')
  expect(lines.map((line) => JSON.parse(line).requestId)).toEqual(['r1', 'r2', undefined])
})

test('errors keep code, context and the chain of causes; money is written as text', () => {
  const { logger, last } = capture()
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  logger.error(
    {
      err: new HubError({ code: 'a.b', publicMessage: { zh: '甲', en: 'x' }, cause, context: { feed: 'f' } }),
      amountFen: 5n,
    },
    'failed',
  )
  expect(last()).toMatchObject({
    amountFen: '5',
    err: { code: 'a.b', retryable: false, context: { feed: 'f' }, cause: { code: 'ECONNREFUSED' } },
  })
})

test('a secret the process knows never reaches a line, however it got there', () => {
  const { logger, lines } = capture()
  const secret = new Secret('s3cr3t "value"')
  const derived = deriveSecret(secret, 'test')
  logger.error(
    { err: new Error(`login with ${secret.reveal()} failed`), nested: { deep: [derived.reveal()] } },
    secret.reveal(),
  )
  expect(lines.join('')).not.toMatch(/s3cr3t/)
  expect(lines.join('')).not.toContain(derived.reveal())
  expect(() => JSON.parse(lines[0]!)).not.toThrow()
})

test('identity numbers, phones and tokens are blanked by their shape', () => {
  expect(redact('身份证11010519491231002X，电话13800138000')).toBe('身份证[id-card]，电话[phone]')
  expect(redact('old 110105491231002 new 440524188001010014')).toBe('old [id-card] new [id-card]')
  expect(redact('+86 13912345678')).toBe('[phone]')
  expect(redact('Authorization: Bearer abcdefgh.ijkl')).toBe('Authorization: Bearer [token]')
  expect(redact(`key ${newSecret('jwk')}`)).toBe('key [token]')
  expect(redact('postgresql://hub:pa55@db/x')).toBe('postgresql://hub:***@db/x')
})

test('company codes, amounts, hashes and times stay readable', () => {
  for (const text of [
    '91410105MA44TERT3N',
    '12300000050',
    '2026-11-23T05:28:00.000Z',
    'a3f1c9e0b7d24e6f8a1b2c3d4e5f6071',
    '2303-410105-04-01-123456',
  ]) {
    expect(redact(text)).toBe(text)
  }
})
