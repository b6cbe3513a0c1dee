import { blindOf, date, defineFeed, integer, place, quantity, text, yuan } from '#connect'
import { RentalRow } from '#schemas/feeds/security.ts'
import { gatewayPages } from './pages.ts'

/** The standard address code begins with the statistical code of the village or community, 12 digits. */
const divisionOf = (addressCode: string | null): string | null => /^\d{12}/.exec(addressCode ?? '')?.[0] ?? null

export default defineFeed({
  id: 'security.rentals',
  title: '出租房屋登记',
  cron: '0 3 * * *',
  mode: 'increment',
  expect: { rejectedShareMax: 0.02, changedShareMax: 0.5 },
  pages: gatewayPages('/gateway/v1/rentals'),
  record: RentalRow,
  key: (r) => [String(r.fwbh), String(r.qzrq)],
  sourceOrder: (r) => text(r.gxsj),
  map: (r) => ({
    kind: 'letting',
    dwellingNumber: String(r.fwbh),
    ownerBlind: blindOf(r.cqrzjhm),
    // The address of a dwelling stays sealed; the code says the community, which is all that the grid needs.
    place: place(divisionOf(text(r.bzdzbm)), null),
    tenants: integer(r.jzrs),
    areaM2: quantity(r.mj),
    rentFen: yuan(r.yzj),
    letFrom: date(r.qzrq),
    letTo: date(r.tzrq),
    registeredOn: date(r.djrq),
  }),
  ignore: [],
  volatile: ['gxsj'],
  // The owner's number identifies; what goes with it is sealed under the same key.
  sensitive: ['cqrzjhm', 'cqrxm', 'cqrlxdh', 'bzdz'],
  mapping: 1,
})
