import {
  date,
  defineFeed,
  extractFiles,
  type Feed,
  identityFields,
  oneOf,
  party,
  place,
  rateBp,
  text,
  yuan,
} from '#connect'
import { TaxInvoice } from '#schemas/feeds/tax.ts'

const status = oneOf({ '0': 'normal', '2': 'void', '3': 'red' })
const crossRegion = oneOf({ Y: true, N: false })
const known = (part: string | number | null | undefined): string =>
  part === null || part === undefined ? '' : String(part)

const invoices: Feed<TaxInvoice> = defineFeed({
  id: 'tax.invoices',
  title: '发票',
  cron: '40 5 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.001, changedShareMax: 0.3 },
  pages: extractFiles({ department: 'tax', name: 'invoices', feed: () => invoices, sumField: 'JSHJ', overlapDays: 7 }),
  record: TaxInvoice,
  // A 数电票 has no code: its number of 20 digits stands alone.
  key: (r) => (known(r.FPDM).trim() === '' ? [String(r.FPHM)] : [known(r.FPDM), String(r.FPHM)]),
  map: (r) => ({
    kind: 'invoice',
    number: String(r.FPHM),
    code: text(r.FPDM),
    invoiceType: text(r.FPLX_DM),
    status: status(r.FPZT_DM),
    blueNumber: text(r.LZFPHM),
    issuedOn: date(r.KPRQ),
    seller: party(r.XSF_MC, r.XSF_NSRSBH, 'seller'),
    buyer: party(r.GMF_MC, r.GMF_NSRSBH, 'buyer'),
    netFen: yuan(r.JE),
    taxFen: yuan(r.SE),
    grossFen: yuan(r.JSHJ),
    rateBp: rateBp(r.SL),
    goodsCode: text(r.SPBM),
    projectName: text(r.JZXMMC),
    place: place(null, `${known(r.JZFWFSD)}${known(r.JZXXDZ)}`),
    crossRegion: crossRegion(r.KDSBZ),
    reportNumber: text(r.KQYSSXBYGLBH),
  }),
  ignore: ['TDYS_DM', 'BZ'],
  sealAlso: (r) => identityFields(r, ['XSF_NSRSBH', 'GMF_NSRSBH']),
  mapping: 1,
})
export default invoices
