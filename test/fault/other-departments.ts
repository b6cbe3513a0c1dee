/** Rows of the departments beside the first, from so small a set of words that they meet: for the property tests of the stages behind normalise. */
import fc from 'fast-check'
import type { About, Canonical, Identifier, Place } from '#schemas/canonical/index.ts'
import { uscc } from '../link/invented.ts'
import { canonicalFeed, codeOf, dayOf, inCounty, nowhere, partyOf, told } from '../support/canonical-feeds.ts'

export interface Words {
  readonly companies: readonly string[]
  readonly names: readonly string[]
  readonly codes: readonly (string | null)[]
  readonly registrations: readonly string[]
}

type Rows = fc.Arbitrary<Record<string, unknown>>

const when = fc.integer({ min: 1, max: 9 }).map((n) => `2022-12-0${n} 09:00:00`)
const withdrawn = fc.constantFrom('', '', '', 'withdrawn')
const place: fc.Arbitrary<Place> = fc.constantFrom(nowhere, inCounty('410182'), inCounty('410122'))
const period = dayOf('2022-12-31')
const reports = ['BY-1', 'BY-2']

/** A row of the feed under one of a few keys. */
const rows = (keys: readonly string[], fact: fc.Arbitrary<Canonical>): Rows =>
  fc
    .tuple(fc.constantFrom(...keys), fact, when, withdrawn)
    .map(([key, what, gxsj, bz]) => told([key], what, { gxsj, bz }))

const ref = (feed: string, ...keys: readonly string[]) =>
  fc.constantFrom(null, ...keys.map((key) => ({ feed, key: [key] })))

export const otherDepartments = ({ companies, names, codes, registrations }: Words): Readonly<Record<string, Rows>> => {
  const company = fc.constantFrom(...companies)
  const name = fc.constantFrom(...names)
  const nameOrNone = fc.constantFrom(null, ...names)
  const code = fc.constantFrom(...codes).map((c): Identifier | null => (c === null ? null : codeOf(c)))
  const report = fc.constantFrom(null, ...reports)
  const about = (record: fc.Arbitrary<About['record']>): fc.Arbitrary<About> =>
    fc.record({ record, projectCode: code, name: nameOrNone, reportNumber: report })
  const none = fc.constant(null)
  const account = ref('power.accounts', 'A-1', 'A-2')
  const installation = ref('power.installations', 'B-1', 'B-2')
  return {
    'housing.permits': rows(
      ['P-1', 'P-2', 'P-3'],
      fc.record({ name, code, owner: company, contractor: company, place }).map(
        (w): Canonical => ({
          kind: 'permit',
          name: w.name,
          permitNumber: null,
          projectCode: w.code,
          documentNumber: null,
          sourceProject: null,
          parties: [partyOf('owner', w.owner), partyOf('contractor', w.contractor)],
          place: w.place,
          contractFen: 1_000_000_000n,
          totalInvestmentFen: null,
          areaM2: null,
          issuedOn: dayOf('2022-08-01'),
          plannedStart: null,
          plannedCompletion: null,
          status: 'valid',
        }),
      ),
    ),
    'housing.completions': rows(
      ['C-1', 'C-2'],
      fc.record({ about: about(ref('housing.permits', 'P-1', 'P-2', 'P-3')), owner: company, place }).map(
        (w): Canonical => ({
          kind: 'completion',
          about: w.about,
          parties: [partyOf('owner', w.owner)],
          place: w.place,
          costFen: null,
          areaM2: null,
          startedOn: null,
          completedOn: dayOf('2024-05-01'),
          filedOn: null,
        }),
      ),
    ),
    'development.key-projects': rows(
      ['K-2022', 'K-2023'],
      fc.record({ name, code, owner: company, year: fc.constantFrom(2022, 2023) }).map(
        (w): Canonical => ({
          kind: 'projectEntry',
          name: w.name,
          sourceProject: null,
          projectCode: w.code,
          documentNumber: null,
          parties: [partyOf('owner', w.owner)],
          place: nowhere,
          totalInvestmentFen: null,
          governmentFunded: null,
          industry: null,
          listedYear: w.year,
          registeredOn: dayOf(`${w.year}-01-10`),
          startedOn: null,
          completedOn: null,
          stage: null,
        }),
      ),
    ),
    'power.installations': rows(
      ['B-1', 'B-2'],
      // Circles occur: an installation that names the account which names it.
      fc.record({ about: about(account), holder: company, place }).map(
        (w): Canonical => ({
          kind: 'powerInstallation',
          applicationNumber: 'B',
          accountNumber: null,
          about: w.about,
          parties: [partyOf('holder', w.holder)],
          place: w.place,
          use: 'temporaryWorks',
          capacityKva: 200,
          appliedOn: dayOf('2022-09-01'),
          connectedOn: null,
          status: 'applied',
        }),
      ),
    ),
    'power.accounts': rows(
      ['A-1', 'A-2'],
      fc.record({ record: installation, holder: company, place, use: fc.constantFrom('temporaryWorks', 'other') }).map(
        (w): Canonical => ({
          kind: 'powerAccount',
          accountNumber: 'A',
          about: { record: w.record, projectCode: null, name: null, reportNumber: null },
          parties: [partyOf('holder', w.holder)],
          place: w.place,
          use: w.use as 'temporaryWorks' | 'other',
          capacityKva: 200,
          connectedOn: dayOf('2022-10-01'),
          closedOn: null,
          status: 'active',
        }),
      ),
    ),
    'power.readings': rows(
      ['R-1', 'R-2', 'R-3'],
      fc.record({ of: fc.constantFrom('A-1', 'A-2'), energyKwh: fc.constantFrom(10, 800, 2_000) }).map(
        (w): Canonical => ({
          kind: 'powerReading',
          of: { feed: 'power.accounts', key: [w.of] },
          period,
          sequence: null,
          energyKwh: w.energyKwh,
          amountFen: 10_000n,
          isCorrection: false,
          readOn: null,
        }),
      ),
    ),
    'tax.cross-region-reports': rows(
      reports,
      fc
        .record({ number: fc.constantFrom(...reports), about: about(none), contractor: company, owner: company, place })
        .map(
          (w): Canonical => ({
            kind: 'crossRegionReport',
            reportNumber: w.number,
            registrationId: null,
            about: w.about,
            parties: [partyOf('contractor', w.contractor), partyOf('owner', w.owner)],
            place: w.place,
            homeDivision: null,
            contractNumber: null,
            contractFen: null,
            manner: 'installation',
            validFrom: null,
            validTo: null,
            reportedOn: dayOf('2022-09-01'),
            checkedInOn: null,
            feedbackOn: null,
            status: 'checkedIn',
          }),
        ),
    ),
    'tax.prepayments': rows(
      ['Y-1', 'Y-2'],
      fc.record({ about: about(none), registrationId: fc.constantFrom(...registrations), place }).map(
        (w): Canonical => ({
          kind: 'prepayment',
          registrationId: w.registrationId,
          about: w.about,
          place: w.place,
          taxItem: '10101',
          periodFrom: null,
          periodTo: null,
          grossFen: 1n,
          deductedFen: null,
          rateBp: 200,
          taxFen: 1n,
          isAdvance: null,
          declaredOn: dayOf('2022-12-01'),
          paidOn: null,
        }),
      ),
    ),
    'finance.payments': rows(
      ['F-1', 'F-2'],
      fc.record({ about: about(none), payee: company }).map(
        (w): Canonical => ({
          kind: 'fundPayment',
          about: w.about,
          parties: [partyOf('payee', w.payee)],
          payment: 'appropriation',
          amountFen: 500_000n,
          submittedFen: null,
          approvedFen: null,
          paidOn: dayOf('2022-12-20'),
        }),
      ),
    ),
    'town.observations': rows(
      ['O-1', 'O-2'],
      fc.record({ name: nameOrNone, holder: fc.option(company), place }).map(
        (w): Canonical => ({
          kind: 'observation',
          about: { record: null, projectCode: null, name: w.name, reportNumber: null },
          parties: w.holder === null ? [] : [partyOf('holder', w.holder)],
          place: w.place,
          subject: 'construction',
          state: 'operating',
          text: null,
          seenOn: dayOf('2023-03-01'),
        }),
      ),
    ),
    'commerce.registrations': rows(
      ['E-1', 'E-2'],
      fc.record({ code: fc.constantFrom(uscc(1), uscc(2)), name: company, former: fc.option(company) }).map(
        (w): Canonical => ({
          kind: 'enterprise',
          code: codeOf(w.code, 'uscc'),
          registrationNumber: null,
          name: w.name,
          formerNames: w.former === null ? [] : [{ name: w.former, until: null }],
          parties: [partyOf('holder', w.name, w.code)],
          parentCode: null,
          enterpriseType: null,
          status: 'active',
          industry: null,
          capitalFen: null,
          capitalCurrency: null,
          establishedOn: null,
          approvedOn: null,
          cancelledOn: null,
          revokedOn: null,
          address: null,
          place: nowhere,
        }),
      ),
    ),
  }
}

export const otherFeeds = (words: Words) => Object.keys(otherDepartments(words)).map(canonicalFeed)
