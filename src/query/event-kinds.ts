/**
 * Every kind of fact as an event of a timeline: what it is called, how much it proves, and which of its dates it stands at. No person's name stands in a
 * title unless the role may read it, and no free text of an office at all.
 */
import { z } from 'zod'
import type { Kind, PartyRole } from '#schemas/canonical/index.ts'
import type { Actor } from '../access/actor.ts'
import { nameFor } from '../access/mask.ts'

const Named = z.object({ name: z.string() }).loose()

export const Words = z
  .object({
    name: z.string().nullish(),
    section: z.string().nullish(),
    sequence: z.number().nullish(),
    number: z.string().nullish(),
    documentNumber: z.string().nullish(),
    permitNumber: z.string().nullish(),
    reportNumber: z.string().nullish(),
    contractNumber: z.string().nullish(),
    listedYear: z.number().nullish(),
    physicalProgressBp: z.number().nullish(),
    capacityKva: z.number().nullish(),
    energyKwh: z.number().nullish(),
    volumeM3: z.number().nullish(),
    permittedM3: z.number().nullish(),
    areaM2: z.number().nullish(),
    persons: z.number().nullish(),
    report: z.string().nullish(),
    payment: z.string().nullish(),
    supply: z.string().nullish(),
    entry: z.string().nullish(),
    subject: z.string().nullish(),
    state: z.string().nullish(),
    use: z.string().nullish(),
    closedOn: z.object({ value: z.string() }).nullish(),
    isCorrection: z.boolean().nullish(),
    seller: Named.nullish(),
    parties: z.array(z.object({ role: z.string(), name: z.string() }).loose()).nullish(),
  })
  .loose()
export type Words = z.output<typeof Words>

interface EventKind {
  /** How much such a record proves by itself: a signed paper more than a plan. */
  readonly weight: number
  readonly title: (words: Words, actor: Actor) => string
  /** The dates by which it states when it happened, first come first served: where the precision is read from. */
  readonly dates: readonly string[]
}

const oneOf =
  (names: Readonly<Record<string, string>>) =>
  (code: string | null | undefined): string =>
    (code == null ? undefined : names[code]) ?? ''

const reportName = oneOf({ start: '开工报送', progress: '进度报送', completion: '竣工报送' })
const supplyName = oneOf({ grant: '出让', allocation: '划拨', lease: '租赁' })
const entryName = oneOf({
  contract: '合同',
  subcontract: '分包合同',
  terms: '付款条件',
  receipt: '收款',
  settlement: '结算',
  stoppage: '停工',
})
const paymentName = oneOf({ paid: '税款入库', relief: '减免', credit: '抵减', refund: '退税', arrears: '欠税' })
const subjectName = oneOf({ construction: '施工', business: '经营', letting: '出租', training: '培训' })
const stateName = oneOf({ operating: '在进行', stopped: '已停止', gone: '已撤离' })

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('，')
const figure = (name: string, value: number | null | undefined, unit: string): string =>
  value == null ? '' : `${name}${value.toLocaleString('zh-CN')} ${unit}`
const progress = (words: Words): string =>
  words.physicalProgressBp == null ? '' : `形象进度 ${words.physicalProgressBp / 100}%`
const partyOf = (words: Words, actor: Actor, role: PartyRole): string => {
  const party = words.parties?.find((one) => one.role === role)
  return party ? nameFor(actor.role, party.name) : ''
}

export const eventKinds: Readonly<Record<Kind, EventKind>> = {
  approval: {
    weight: 0.9,
    title: (words) => `立项 ${words.documentNumber ?? words.name ?? ''}`,
    dates: ['approvedOn'],
  },
  projectEntry: {
    weight: 0.7,
    title: (words) => (words.listedYear == null ? `台账 ${words.name ?? ''}` : `${words.listedYear} 年重点项目名单`),
    dates: ['registeredOn'],
  },
  permit: { weight: 0.9, title: (words) => `施工许可 ${words.permitNumber ?? words.name ?? ''}`, dates: ['issuedOn'] },
  award: { weight: 0.8, title: (words) => `中标 ${words.name ?? ''}`, dates: ['noticedOn'] },
  contract: {
    weight: 0.9,
    title: (words) => `合同 ${words.section ?? words.name ?? ''}`,
    dates: ['signedOn', 'startedOn'],
  },
  measurement: {
    weight: 0.8,
    title: (words) => joined(`计量${words.sequence == null ? '' : `第${words.sequence}期`}`, progress(words)),
    dates: ['measuredOn', 'period'],
  },
  completion: {
    weight: 0.95,
    title: (words) => joined('竣工验收备案', figure('面积 ', words.areaM2, '㎡')),
    dates: ['completedOn', 'filedOn'],
  },
  investment: {
    weight: 0.5,
    title: (words) => joined(reportName(words.report) || '投资报送', progress(words)),
    dates: ['period', 'startedOn', 'completedOn'],
  },
  landSupply: {
    weight: 0.8,
    title: (words) => joined(`供地 ${supplyName(words.supply)}`.trim(), figure('面积 ', words.areaM2, '㎡')),
    dates: ['signedOn'],
  },
  fundPayment: {
    weight: 0.8,
    title: (words, actor) =>
      `${words.payment === 'settlementReview' ? '结算评审' : '财政拨付'} ${partyOf(words, actor, 'payee')}`,
    dates: ['paidOn'],
  },
  observation: {
    weight: 0.4,
    title: (words) => joined(`巡查${subjectName(words.subject)}`, stateName(words.state)),
    dates: ['seenOn'],
  },
  waterPermit: {
    weight: 0.4,
    title: (words) => joined('取水许可', figure('年 ', words.permittedM3, 'm³')),
    dates: ['validFrom'],
  },
  waterUse: { weight: 0.3, title: (words) => joined('取水', figure('', words.volumeM3, 'm³')), dates: ['period'] },
  powerAccount: {
    weight: 0.5,
    title: (words) =>
      joined(
        words.use === 'temporaryWorks' ? '基建临时用电户' : '用电户',
        figure('', words.capacityKva, 'kVA'),
        words.closedOn ? `${words.closedOn.value} 销户` : '',
      ),
    dates: ['connectedOn'],
  },
  powerInstallation: {
    weight: 0.4,
    title: (words) => joined('用电报装', figure('', words.capacityKva, 'kVA')),
    dates: ['connectedOn', 'appliedOn'],
  },
  powerReading: {
    weight: 0.3,
    title: (words) => joined(words.isCorrection ? '退补电量' : '用电', figure('', words.energyKwh, 'kWh')),
    dates: ['readOn', 'period'],
  },
  invoice: {
    weight: 0.6,
    title: (words, actor) => `发票 ${words.seller ? nameFor(actor.role, words.seller.name) : (words.number ?? '')}`,
    dates: ['issuedOn'],
  },
  prepayment: { weight: 0.7, title: () => '增值税预缴', dates: ['paidOn', 'declaredOn'] },
  crossRegionReport: {
    weight: 0.7,
    title: (words) => `跨区域涉税事项报告 ${words.reportNumber ?? ''}`,
    dates: ['reportedOn'],
  },
  socialInsurance: {
    weight: 0.5,
    title: (words) => joined('按项目工伤保险', figure('', words.persons, '人')),
    dates: ['paidOn', 'period'],
  },
  officerEntry: {
    weight: 0.6,
    title: (words) => `信息采集 ${entryName(words.entry)}`,
    dates: ['happenedOn'],
  },
  // What speaks of no project stands in no timeline today; named all the same, so that no page ever shows a bare code.
  taxRegistration: { weight: 0.5, title: () => '税务登记', dates: ['registeredOn'] },
  enterprise: { weight: 0.5, title: () => '市场主体登记', dates: ['establishedOn'] },
  enterpriseChange: { weight: 0.5, title: () => '市场主体变更', dates: ['changedOn'] },
  companySeal: { weight: 0.3, title: () => '印章备案', dates: ['carvedOn'] },
  letting: { weight: 0.3, title: () => '出租房屋', dates: ['letFrom'] },
  taxReturn: { weight: 0.5, title: () => '纳税申报', dates: ['periodTo'] },
  taxPayment: { weight: 0.6, title: (words) => paymentName(words.payment) || '税款', dates: ['paidOn', 'periodTo'] },
  invoiceSupply: { weight: 0.3, title: () => '发票领用', dates: ['happenedOn'] },
  invoiceQuota: { weight: 0.3, title: () => '发票总额度', dates: ['effectiveOn', 'period'] },
  riskTask: { weight: 0.5, title: () => '风险应对', dates: ['issuedOn'] },
}

/** An event of a kind that this version does not know yet, as a newer hub on the same database may have stored it. */
export const unknownKind: EventKind = { weight: 0.5, title: () => '', dates: [] }

export const eventKind = (kind: string): EventKind => eventKinds[kind as Kind] ?? unknownKind
