import { about, date, defineFeed, extractFiles, type Feed, integer, month, oneOf, text, yuan } from '#connect'
import { SocialInsuranceRow } from '#schemas/feeds/tax.ts'

/** 5 按项目参加工伤保险: one payment for the works, which it names. */
const kindOfInsurance = oneOf({
  '1': 'pension',
  '2': 'medical',
  '3': 'unemployment',
  '4': 'injury',
  '5': 'projectInjury',
  '6': 'maternity',
})

const insurance: Feed<SocialInsuranceRow> = defineFeed({
  id: 'tax.social-insurance',
  title: '社保费',
  cron: '15 6 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({
    department: 'tax',
    name: 'social-insurance',
    feed: () => insurance,
    sumField: 'JFJE',
    overlapDays: 7,
  }),
  record: SocialInsuranceRow,
  key: (r) => [String(r.JFXH)],
  map: (r) => ({
    kind: 'socialInsurance',
    registrationId: text(r.DJXH) ?? '',
    about: about({ name: text(r.XMMC) }),
    insurance: kindOfInsurance(r.XZ_DM),
    period: month(r.FKSSQ),
    persons: integer(r.JFRS),
    baseFen: yuan(r.JFJS),
    amountFen: yuan(r.JFJE),
    paidOn: date(r.JKRQ),
  }),
  ignore: [],
  mapping: 1,
})
export default insurance
