/** 税务: the rows of the core's daily extracts, under the core's column names. */
import type { Day } from '../world/calendar.ts'
import { dateTime, dayOf, isoDay, yearOf } from '../world/calendar.ts'
import { invoiceNumber, personNumber, phoneNumber } from '../world/codes.ts'
import type { Invoice } from '../world/invoices.ts'
import type { Party } from '../world/party.ts'
import { nameOn } from '../world/party.ts'
import { fullName, variantName } from '../world/project-names.ts'
import { Random } from '../world/random.ts'
import { reportOf } from '../world/tax-reports.ts'
import { givenNames, surnames, tradeName, tradeNames } from '../world/words.ts'
import type { World } from '../world/world.ts'
import { type Mention, yuanText } from './wording.ts'

export const taxpayerColumns = (
  'DJXH SHXYDM NSRSBH YNSRSBH NSRMC CYMC NSRZT_DM KZZTDJLX_DM NSRLX_DM HY_DM ZCDZ SCJYDZ JDXZ_DM ' +
  'ZGSWSKFJ_DM ZGSWSKFJ_MC SSGLY_DM FDDBRXM FDDBRSFZJHM LXDH DJRQ XGRQ'
).split(' ')

export const invoiceColumns = (
  'FPDM FPHM FPLX_DM FPZT_DM LZFPHM KPRQ XSF_NSRSBH XSF_MC GMF_NSRSBH GMF_MC JE SE JSHJ SL SPBM TDYS_DM ' +
  'JZXMMC JZFWFSD JZXXDZ KDSBZ KQYSSXBYGLBH BZ'
).split(' ')

const kinds: Record<Party['kind'], string> = {
  body: '1110',
  owner: '1110',
  contractor: '1110',
  subcontractor: '1110',
  company: '1110',
  household: '1120',
  person: '1190',
  outside: '1160',
}

/** One registration as it stands today. Empty text where the core has nothing. */
export const sayTaxpayer = (world: World, party: Party): Record<string, string> => {
  const random = new Random(world.seed, 'register', party.index)
  const natural = party.kind === 'person'
  const later = world.registeredLater(party)
  const registered = later ?? random.int(dayOf('2001-01-01'), Math.min(dayOf('2018-01-01'), world.begins))
  const town = party.town
  const address = `河南省郑州市${party.county.name}${town.name}${tradeName(random.int(0, tradeNames - 1))}路${random.int(1, 280)}号`
  const office = `1${party.county.code}${town.code.slice(6)}0`
  const core = party.code.slice(8, 17)
  const row: Record<string, string> = {
    DJXH: party.registration ?? '',
    SHXYDM: natural ? '' : party.code,
    NSRSBH: party.code,
    YNSRSBH: !natural && isoDay(registered) < '2015-10-01' && random.chance(0.8) ? party.code.slice(2, 8) + core : '',
    NSRMC: party.name,
    CYMC: party.formerNames.map((former) => former.name).join('、'),
    NSRZT_DM: party.kind === 'outside' ? '09' : status(party, random),
    KZZTDJLX_DM: kinds[party.kind],
    NSRLX_DM: party.general ? '1' : '2',
    HY_DM: party.industry,
    ZCDZ: address,
    SCJYDZ: random.chance(0.8)
      ? address
      : `${party.county.name}${town.name}${tradeName(random.int(0, tradeNames - 1))}路${random.int(1, 90)}号`,
    JDXZ_DM: town.code,
    ZGSWSKFJ_DM: office,
    ZGSWSKFJ_MC: `国家税务总局郑州市${party.county.name}税务局${town.name.replace(/(街道|镇|乡)$/, '')}税务所`,
    SSGLY_DM: `${office}${String(random.int(1, 12)).padStart(2, '0')}`,
    FDDBRXM: natural ? party.name : random.pick(surnames) + random.pick(givenNames),
    FDDBRSFZJHM: natural ? party.code : personNumber(world.seed, 20_000_000 + party.index),
    LXDH: phoneNumber(random),
    DJRQ: isoDay(registered),
    XGRQ: isoDay(Math.max(registered, random.upTo(dayOf('2018-01-01'), world.begins))),
  }
  reviseTaxpayer(world, party, row)
  return row
}

/** Parties that appear in projects stay in business, so that their links have one answer. */
const status = (party: Party, random: Random): string =>
  party.closed
    ? '07'
    : party.kind === 'company' || party.kind === 'household'
      ? random.weighted([
          ['03', 88],
          ['07', 7],
          ['05', 3],
          ['04', 1],
          ['06', 1],
        ] as const)
      : random.weighted([
          ['03', 97],
          ['05', 3],
        ] as const)

const reviseTaxpayer = (world: World, party: Party, row: Record<string, string>): void => {
  for (const { number, day } of world.revisions('tax.taxpayers', String(party.index))) {
    const random = new Random(world.seed, 'revise', 'tax.taxpayers', party.index, number)
    row.XGRQ = isoDay(day)
    row.SSGLY_DM = `${row.ZGSWSKFJ_DM}${String(20 + number).padStart(2, '0')}`
    if (random.chance(0.2)) row.LXDH = phoneNumber(random)
    if (random.chance(0.15) && party.kind === 'company') row.NSRZT_DM = '07'
  }
}

const digitalFrom = dayOf('2023-07-01')

/** Code and number of an invoice: the key. */
export const invoiceKey = (
  world: World,
  ordinal: number,
  day: Day,
  special: boolean,
  province: string,
): { code: string; number: string } =>
  invoiceNumber(world.seed, ordinal, { digital: day >= digitalFrom, special, year: yearOf(day), province })

export interface SaidInvoice {
  readonly row: Record<string, string>
  readonly mentions: readonly Mention[]
}

/** One invoice as it stands today. */
export const sayInvoice = (world: World, invoice: Invoice): SaidInvoice => {
  // A red invoice repeats the words of its blue one.
  const random = new Random(world.seed, 'say', 'tax.invoices', invoice.blueOrdinal ?? invoice.ordinal)
  const { seller, buyer, day, special } = invoice
  const key = invoiceKey(world, invoice.ordinal, day, special, seller.province)
  const digital = key.code === ''
  const net = Math.round((invoice.grossFen * 10_000) / (10_000 + invoice.rateBp))
  const sellerName = nameOn(seller, day)
  const buyerName = buyer ? nameOn(buyer, day) : (invoice.buyerName ?? '')
  const row: Record<string, string> = {
    FPDM: key.code,
    FPHM: key.number,
    FPLX_DM: digital ? (special ? '31' : '32') : special ? '01' : '04',
    FPZT_DM: invoice.void ? '2' : invoice.grossFen < 0 ? '3' : '0',
    LZFPHM:
      invoice.blueOrdinal === null
        ? ''
        : invoiceKey(world, invoice.blueOrdinal, invoice.blueDay ?? day, special, seller.province).number,
    KPRQ: dateTime(day, invoice.second),
    XSF_NSRSBH: seller.code,
    XSF_MC: sellerName,
    GMF_NSRSBH: buyer && !random.chance(0.01) ? buyer.code : '',
    GMF_MC: buyerName,
    JE: yuanText(net),
    SE: yuanText(invoice.grossFen - net),
    JSHJ: yuanText(invoice.grossFen),
    SL: (invoice.rateBp / 10_000).toFixed(2),
    SPBM: invoice.goods,
    ...worksColumns(world, invoice, digital, random),
  }
  reviseInvoice(world, invoice, row)
  return {
    row,
    mentions: [
      { role: 'seller', raw: sellerName, members: [{ raw: sellerName, party: seller }] },
      { role: 'buyer', raw: buyerName, members: [{ raw: buyerName, party: buyer }] },
    ],
  }
}

const worksColumns = (world: World, invoice: Invoice, digital: boolean, random: Random): Record<string, string> => {
  const none = { TDYS_DM: '', JZXMMC: '', JZFWFSD: '', JZXXDZ: '', KDSBZ: '', KQYSSXBYGLBH: '', BZ: '' }
  if (invoice.smallWorks) {
    const place = invoice.seller.county.name
    return {
      ...none,
      TDYS_DM: digital ? '03' : '',
      JZXMMC: `${nameOn(invoice.buyer as Party, invoice.day)}${invoice.smallWorks}`,
      JZFWFSD: `河南省郑州市${place}`,
      KDSBZ: 'N',
    }
  }
  if (!invoice.work) return { ...none, BZ: random.chance(0.05) ? '合同号见附件' : '' }
  const { project } = invoice.work
  const name = random.chance(0.5)
    ? fullName(project.name, project.owner.name)
    : variantName(project.name, project.owner.name, random)
  const lot = random.chance(0.15) ? invoice.work.contract.section : ''
  const site = random.chance(0.04) ? '郑州' : `河南省郑州市${project.county.name}`
  const outside = !world.parties.isLocal(invoice.seller)
  const inRemark = !digital && random.chance(0.25)
  const unnamed = random.chance(0.05)
  return {
    TDYS_DM: digital ? '03' : '',
    JZXMMC: inRemark || unnamed ? '' : name + lot,
    JZFWFSD: inRemark ? '' : site,
    JZXXDZ: inRemark ? '' : project.town.name,
    KDSBZ: outside ? 'Y' : 'N',
    KQYSSXBYGLBH: outside && random.chance(0.8) ? siteNumber(world, invoice) : '',
    BZ: inRemark ? `工程名称:${name} 工程地点:${site}${project.town.name}` : '',
  }
}

/** The number under which the seller had checked in by then. */
const siteNumber = (world: World, { work, seller, day }: Invoice): string => {
  const report = work && reportOf(world.seed, work.project, work.contract, seller)
  return report?.checkedInOn != null && report.checkedInOn <= day ? report.siteNumber : ''
}

const reviseInvoice = (world: World, invoice: Invoice, row: Record<string, string>): void => {
  const revisions = world.revisions('tax.invoices', String(invoice.ordinal))
  if (revisions.length === 0) return
  const share = world.redShare(invoice)
  const note = share === 1 ? '已全额红冲' : share > 0 ? '已部分红冲' : `信息补录${revisions.length}`
  row.BZ = row.BZ ? `${row.BZ} ${note}` : note
}
