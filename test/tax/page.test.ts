/** The part of the project page: figures in 万元 with their article, what is the taxpayer's apart, and never the word of an assessment. */
import { expect, test } from 'vitest'
import type { TaxContractor, TaxLadder, TaxStep } from '#schemas/canonical/tax-ladder.ts'
import { taxLadder } from '../../src/console/parts/tax-ladder.ts'

const step = (over: Partial<TaxStep> = {}): TaxStep => ({
  tax: 'vatPrepayment',
  attribution: 'project',
  expected: { lowFen: 70_000_000n, pointFen: 70_000_000n, highFen: 90_000_000n },
  notDueFen: 0n,
  declaredFen: 0n,
  reliefFen: 0n,
  creditFen: 0n,
  paidFen: 0n,
  refundFen: 0n,
  lateFeeFen: 0n,
  arrearsFen: 0n,
  gapFen: 70_000_000n,
  gapKind: 'notDeclared',
  rules: ['vatPrepayment.general.9'],
  records: [],
  ...over,
})

const contractor: TaxContractor = {
  name: '武汉甲<建设>有限公司',
  taxpayerId: null,
  registrationIds: [],
  scheme: 'general',
  homeDivision: '420100',
  isCrossRegion: true,
  isCrossProvince: true,
  report: null,
  gapKinds: ['notCheckedIn', 'notDeclared'],
  notes: ['register.absent'],
  steps: [step()],
  beside: [
    step({
      tax: 'vat',
      attribution: 'taxpayer',
      declaredFen: null,
      reliefFen: null,
      creditFen: null,
      refundFen: null,
      paidFen: null,
      arrearsFen: null,
      gapFen: null,
      gapKind: null,
    }),
  ],
  months: [
    {
      period: '2024-03',
      dueOn: '2024-04-18',
      evidence: 'measured',
      baseFen: 0n,
      highBaseFen: 5_450_000_000n,
      deductedFen: 0n,
      record: 'r_1',
      records: 2,
      lines: [],
    },
  ],
}

const ladder: TaxLadder = {
  siteDivision: '410105',
  contractors: [contractor],
  contracts: [],
  expected: { lowFen: 70_000_000n, pointFen: 70_000_000n, highFen: 90_000_000n },
  declaredFen: 0n,
  paidFen: 0n,
  arrearsFen: 0n,
  gapFen: 70_000_000n,
  rules: [
    {
      id: 'vatPrepayment.general.9',
      tax: 'vatPrepayment',
      rateBp: 200,
      basis: 'x',
      article: '国家税务总局公告2016年第17号第四条',
      open: null,
    },
  ],
}

const page = async (of: TaxLadder | null): Promise<string> => String(await taxLadder(of))

test('shows band, gap with its kind, article and report in 万元 with two decimals', async () => {
  const text = await page(ladder)
  for (const said of [
    '70.00',
    '70.00 至 90.00',
    '未申报 70.00',
    '未报验',
    '2% 国家税务总局公告2016年第17号第四条',
    '没有跨区域涉税事项报告',
    '一般计税',
    '武汉市',
  ])
    expect(text).toContain(said)
  expect(text).not.toContain('<建设>')
})

test('says what is of the taxpayer apart, and that all of it is a question', async () => {
  const text = await page(ladder)
  expect(text).toContain('按纳税人申报，不分项目')
  expect(text).toContain('不比对')
  expect(text).toContain('这是疑点，不是核定，也不是结论')
})

test('a position of before shows that there is none yet', async () => {
  expect(await page(null)).toContain('尚无计税阶梯')
})
