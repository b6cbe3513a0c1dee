/**
 * Projects that a tax officer believes: each fault beside a lawful twin that looks like it (domain.md 0.7). They are projects like any other,
 * with parties of the world, and say in `story` where they depart from the ordinary course; what each office makes of that stands with the office.
 */
import type { Day } from './calendar.ts'
import type { Contract } from './contracts.ts'
import type { Parties } from './parties.ts'
import type { Party } from './party.ts'
import type { County } from './places.ts'
import { counties } from './places.ts'
import type { ProjectKind } from './project-names.ts'
import type { Project } from './projects.ts'
import { Random } from './random.ts'

export interface Story {
  /** Stable name, shared but for the ending by the two of a pair. */
  readonly id: string
  readonly isFault: boolean
  /** What it is about, as the truth tells it. */
  readonly title: string
  /** Indicator of domain.md 5 that is to see the fault, and not the twin. */
  readonly indicator: string
  /** Who invoices in the contractor's place, and by what right. */
  readonly seller?: { readonly party: Party; readonly isAuthorised: boolean }
  /** Rates of the tier 1 invoices in turn, in 1/10000; absent: the one of the time. */
  readonly ratesBp?: readonly number[]
  /** No 跨区域涉税事项报告 although one is due (false), or one (true); absent: the ordinary course. */
  readonly isReported?: boolean
  /** The 0.2 % of income tax at the site is paid; absent: the ordinary course. */
  readonly isIncomeTaxPrepaid?: boolean
  /** A start is told to the office that asks for it; absent: it is. */
  readonly isStartReported?: boolean
  /** Consumption at the site. */
  readonly power?: 'rising' | 'noLoad'
  /** Part of the price that the review took off; red invoices follow it. */
  readonly auditReductionShare?: number
}

interface CaseOf {
  readonly story: Story
  readonly kind: ProjectKind
  readonly county: string
  readonly town: string
  readonly name: string
  /** As other offices write it. */
  readonly variants: readonly string[]
  readonly route?: string
  readonly funding: '1' | '2' | '3'
  readonly owner: Party
  readonly actingOwner?: string
  readonly industry: string
  readonly sections: readonly SectionOf[]
  readonly invoicedShare?: number
}

interface SectionOf {
  readonly section: string
  readonly members: readonly Party[]
  readonly priceFen: number
  readonly months: number
  /** Days before the world begins on which it was started. */
  readonly startedBefore: number
  /** Days before the world begins of the handover; null: still at work. */
  readonly handedOverBefore: number | null
  readonly paymentRatio: number
  readonly workDoneFen?: number
  readonly invoicedFen?: number
}

const yi = (amount: number): number => Math.round(amount * 100_000_000) * 100

const countyOf = (code: string): County => counties.find((county) => county.code === code) as County

/** The first of many that fits; the last one looked at where none does, so that small worlds have their cases too. */
const first = (candidates: Iterable<Party>, fits: (party: Party) => boolean): Party => {
  let party: Party | undefined
  for (party of candidates) if (fits(party)) return party
  return party as Party
}

function* outsiders(parties: Parties): Generator<Party> {
  for (let i = 0; i < Math.min(parties.outsiders, 400); i++) yield parties.outsider(i)
}

function* contractors(parties: Parties): Generator<Party> {
  const random = new Random(parties.seed, 'cases')
  for (let i = 0; i < 400; i++) yield parties.some('contractor', random)
}

/** Everybody the cases are about; small worlds lack some kinds and take who comes nearest. */
const castOf = (parties: Parties) => {
  const plain = (party: Party): boolean => party.branchOf === null && party.formerNames.length === 0
  const local = (fits: (party: Party) => boolean): Party => first(contractors(parties), (p) => plain(p) && fits(p))
  const branch = first(contractors(parties), (party) => party.branchOf !== null)
  const random = new Random(parties.seed, 'cases', 'owners')
  const renamed = first(
    (function* () {
      for (let i = 0; i < 400; i++) yield parties.some('owner', random, /材料|食品|科技|制造/)
    })(),
    (party) => party.formerNames.length > 0,
  )
  return {
    kaifeng: first(outsiders(parties), (party) => party.name.startsWith('开封') && party.registration !== null),
    otherProvince: first(outsiders(parties), (party) => party.code.startsWith('9142') && party.registration !== null),
    gongyi: local((party) => party.county.code === '410181'),
    zhengzhou: local((party) => party.name.startsWith('郑州') && party.general),
    henan: local((party) => party.name.startsWith('河南') && party.general),
    group: local((party) => party.name.includes('集团') && party.general),
    stranger: local((party) => party.county.code === '410103'),
    branch,
    head: branch.branchOf === null ? branch : parties.at(branch.branchOf),
    renamed,
    estate: parties.some('owner', random, /置业|房地产|城镇开发/),
    grid: parties.some('owner', random, /投资/),
  }
}

const ordinary = { months: 18, paymentRatio: 0.8 } as const

/** Half done, as it stands on the first day. */
const running = (section: string, members: readonly Party[], priceYi: number): SectionOf => ({
  ...ordinary,
  section,
  members,
  priceFen: yi(priceYi),
  startedBefore: 300,
  handedOverBefore: null,
})

const casesOf = (parties: Parties): readonly CaseOf[] => {
  const cast = castOf(parties)
  const road = (code: string): Party => parties.bodyOf(countyOf(code), 'road')
  const street = (code: string): Party => parties.bodyOf(countyOf(code), 'street')
  const water = (code: string): Party => parties.bodyOf(countyOf(code), 'water')
  return [
    {
      story: {
        id: 'report-missing',
        isFault: true,
        title: '开封施工企业在荥阳施工，未办跨区域涉税事项报告',
        indicator: 'R04',
        isReported: false,
      },
      kind: 'road',
      county: '410182',
      town: '豫龙镇',
      name: 'S312荥阳段改建工程',
      variants: ['省道312线荥阳段改建工程', 'S312荥阳境改建工程'],
      route: 'S312',
      funding: '1',
      owner: road('410182'),
      industry: '4812',
      sections: [running('TJ-1', [cast.henan], 0.9), running('TJ-2', [cast.kaifeng], 1.1)],
    },
    {
      story: {
        id: 'report-not-owed',
        isFault: false,
        title: '巩义企业在金水区施工，同一地级市，不需报告也不预缴',
        indicator: 'R04',
      },
      kind: 'street',
      county: '410105',
      town: '杜岭街道',
      name: '金水区杜岭片区道路综合改造工程',
      variants: ['杜岭片区道路综合改造工程', '金水杜岭片区道路改造'],
      funding: '1',
      owner: street('410105'),
      industry: '4813',
      sections: [running('1', [cast.gongyi], 0.6)],
    },
    {
      story: {
        id: 'progress-ahead',
        isFault: true,
        title: '计量 8 600 万，按 80 % 应结算 6 880 万，只开票 3 100 万',
        indicator: 'R09',
      },
      kind: 'water',
      county: '410122',
      town: '官渡镇',
      name: '贾鲁河中牟段治理工程',
      variants: ['中牟县贾鲁河综合治理工程', '贾鲁河中牟境治理工程'],
      funding: '1',
      owner: water('410122'),
      industry: '4822',
      sections: [{ ...running('1', [cast.henan], 1.2), workDoneFen: yi(0.86), invoicedFen: yi(0.31) }],
    },
    {
      story: {
        id: 'progress-by-terms',
        isFault: false,
        title: '合同约定付 70 %，已开票 69 %，进度款未到期',
        indicator: 'R09',
      },
      kind: 'water',
      county: '410182',
      town: '王村镇',
      name: '枯河荥阳王村段治理工程',
      variants: ['荥阳市枯河王村段治理工程', '枯河（王村段）治理工程'],
      funding: '1',
      owner: water('410182'),
      industry: '4822',
      sections: [
        {
          ...running('1', [cast.zhengzhou], 1.2),
          paymentRatio: 0.7,
          workDoneFen: yi(0.86),
          invoicedFen: Math.round(yi(0.86) * 0.69),
        },
      ],
    },
    {
      story: {
        id: 'power-rising',
        isFault: true,
        title: '施工用电逐月上升，未报开工',
        indicator: 'R18',
        isStartReported: false,
        power: 'rising',
      },
      kind: 'factory',
      county: '410173',
      town: '郑港街道',
      name: '航空港区220千伏输变电工程',
      variants: ['郑州航空港220kV输变电工程', '航空港220千伏输变电新建工程'],
      funding: '2',
      owner: cast.grid,
      industry: '4851',
      sections: [running('1', [cast.zhengzhou], 1.6)],
      invoicedShare: 0,
    },
    {
      story: {
        id: 'power-idle',
        isFault: false,
        title: '临时用电已接入，没有负荷，确未开工',
        indicator: 'R18',
        isStartReported: false,
        power: 'noLoad',
      },
      kind: 'factory',
      county: '410173',
      town: '明港街道',
      name: '航空港区110千伏输变电工程',
      variants: ['郑州航空港110kV输变电工程', '航空港110千伏输变电新建工程'],
      funding: '2',
      owner: cast.grid,
      industry: '4851',
      // Signed and not begun: the works start after the world does.
      sections: [{ ...running('1', [cast.henan], 0.7), startedBefore: -120 }],
    },
    {
      story: {
        id: 'rate-wrong',
        isFault: true,
        title: '施工按 6 % 开票',
        indicator: 'R21',
        ratesBp: [600],
      },
      kind: 'housing',
      county: '410105',
      town: '经八路街道',
      name: '经八路片区老旧小区改造EPC项目',
      variants: ['经八路片区老旧小区改造工程', '金水区经八路老旧小区改造EPC'],
      funding: '1',
      owner: street('410105'),
      industry: '4790',
      sections: [running('1', [cast.zhengzhou], 0.45)],
    },
    {
      story: {
        id: 'rates-contracted',
        isFault: false,
        title: '联合体 EPC，按合同分项 9 %、6 %、13 % 开票',
        indicator: 'R21',
        ratesBp: [900, 600, 1_300],
      },
      kind: 'housing',
      county: '410104',
      town: '北下街街道',
      name: '北下街片区老旧小区改造EPC项目',
      variants: ['北下街片区老旧小区改造工程', '管城区北下街老旧小区改造EPC'],
      funding: '1',
      owner: street('410104'),
      industry: '4790',
      sections: [running('1', [cast.henan, cast.zhengzhou], 0.5)],
    },
    {
      story: {
        id: 'income-tax-unpaid',
        isFault: true,
        title: '外省企业直管项目部，跨两区，未按 0.2 % 预缴企业所得税',
        indicator: 'R12',
        isReported: true,
        isIncomeTaxPrepaid: false,
      },
      kind: 'street',
      county: '410172',
      town: '枫杨街道',
      name: '郑州市轨道交通某线土建施工03标段',
      variants: ['轨道交通某线03标', '郑州轨道交通某线土建03标段工程'],
      funding: '2',
      owner: cast.grid,
      industry: '4814',
      sections: [running('03', [cast.otherProvince], 6.2)],
    },
    {
      story: {
        id: 'income-tax-by-branch',
        isFault: false,
        title: '二级分支机构承建，就地分摊缴纳，不另行预缴 0.2 %',
        indicator: 'R12',
        isIncomeTaxPrepaid: false,
      },
      kind: 'street',
      county: '410108',
      town: '长兴路街道',
      name: '惠济区长兴路北延道路工程',
      variants: ['长兴路北延工程', '惠济长兴路北延道路建设工程'],
      funding: '1',
      owner: street('410108'),
      industry: '4813',
      sections: [running('1', [cast.branch], 0.8)],
    },
    {
      story: {
        id: 'seller-stranger',
        isFault: true,
        title: '中标单位没有开票，由不相干的企业开票',
        indicator: 'R28',
        seller: { party: cast.stranger, isAuthorised: false },
      },
      kind: 'housing',
      county: '410104',
      town: '十八里河街道',
      name: '管城区十八里河安置房建设项目',
      variants: ['十八里河安置房项目', '管城十八里河安置房工程'],
      funding: '2',
      owner: cast.estate,
      industry: '4710',
      sections: [running('1', [cast.zhengzhou], 2.4)],
    },
    {
      story: {
        id: 'seller-authorised',
        isFault: false,
        title: '总公司中标，授权集团内单位施工并开票（公告2017年第11号）',
        indicator: 'R28',
        seller: { party: cast.branch, isAuthorised: true },
      },
      kind: 'housing',
      county: '410104',
      town: '南曹街道',
      name: '管城区南曹安置房建设项目',
      variants: ['南曹安置房项目', '管城南曹安置房工程'],
      funding: '2',
      owner: cast.estate,
      industry: '4710',
      sections: [running('1', [cast.head], 2.1)],
    },
    {
      story: {
        id: 'retention-exceeded',
        isFault: true,
        title: '已完工，除质保金外另有约 5 % 没有开票',
        indicator: 'R19',
      },
      kind: 'street',
      county: '410172',
      town: '石佛镇',
      name: '科学大道某立交工程',
      variants: ['高新区科学大道立交工程', '科学大道互通立交'],
      funding: '1',
      owner: street('410172'),
      industry: '4813',
      sections: [
        {
          ...running('1', [cast.henan], 1.9),
          startedBefore: 1_000,
          handedOverBefore: 330,
          workDoneFen: yi(1.9),
          invoicedFen: Math.round(yi(1.9) * 0.92),
        },
      ],
    },
    {
      story: {
        id: 'audit-reduced',
        isFault: false,
        title: '结算审减，部分红字冲销，余额与审定数一致',
        indicator: 'R19',
        auditReductionShare: 0.05,
      },
      kind: 'street',
      county: '410108',
      town: '刘寨街道',
      name: '惠济区宏达街跨河桥工程',
      variants: ['宏达街跨河桥', '惠济宏达街跨河桥建设工程'],
      funding: '1',
      owner: street('410108'),
      industry: '4813',
      sections: [
        {
          ...running('1', [cast.zhengzhou], 1.4),
          startedBefore: 1_000,
          handedOverBefore: 330,
          workDoneFen: yi(1.4),
          invoicedFen: Math.round(yi(1.4) * 0.97),
        },
      ],
    },
    {
      story: {
        id: 'owner-without-code',
        isFault: true,
        title: '项目法人是临时机构，没有统一社会信用代码',
        indicator: 'R03',
      },
      kind: 'water',
      county: '410185',
      town: '告成镇',
      name: '颍河登封段治理工程',
      variants: ['登封市颍河治理工程', '颍河登封境综合治理工程'],
      funding: '1',
      owner: water('410185'),
      actingOwner: '颍河登封段治理工程建设管理局',
      industry: '4822',
      sections: [running('1', [cast.kaifeng], 0.75)],
    },
    {
      story: {
        id: 'owner-renamed',
        isFault: false,
        title: '合同用的是更名前的名称，是同一家企业',
        indicator: 'R03',
      },
      kind: 'factory',
      county: cast.renamed.county.code,
      town: cast.renamed.town.name,
      name: `${cast.renamed.formerNames[0]?.name ?? cast.renamed.name}厂区扩建项目`,
      variants: ['厂区扩建项目', `${cast.renamed.name}厂区扩建工程`],
      funding: '3',
      owner: cast.renamed,
      industry: '4840',
      sections: [running('1', [cast.zhengzhou], 0.32)],
    },
  ]
}

const contractOf = (section: SectionOf, index: number, begins: Day): Contract => {
  const start = begins - section.startedBefore
  return {
    index,
    section: section.section,
    members: section.members,
    priceFen: section.priceFen,
    awarded: start - 60,
    signed: start - 40,
    plannedStart: start - 5,
    start,
    months: section.months,
    handover:
      section.handedOverBefore === null ? start + Math.round(section.months * 30.4) : begins - section.handedOverBefore,
    paymentRatio: section.paymentRatio,
    ...(section.workDoneFen === undefined ? {} : { workDoneFen: section.workDoneFen, workDoneOn: begins - 20 }),
    ...(section.invoicedFen === undefined ? {} : { invoicedFen: section.invoicedFen, invoicedOn: begins - 10 }),
  }
}

/** What makes a case out of the ordinary course; the rest of the project is made as every other one is. */
export interface CaseParts {
  readonly story: Story
  readonly kind: ProjectKind
  readonly county: County
  readonly town: County['towns'][number]
  readonly name: string
  readonly variants: readonly string[]
  readonly route: string
  readonly funding: Project['funding']
  readonly owner: Party
  readonly actingOwner: string | null
  readonly industry: string
  readonly contracts: readonly Contract[]
  readonly invoicedShare: number
}

/** The cases of a world that begins on `begins`, in a fixed order. */
export const caseParts = (parties: Parties, begins: Day): CaseParts[] =>
  casesOf(parties).map((one) => {
    const county = countyOf(one.county)
    const town = county.towns.find(({ name }) => name === one.town) ?? (county.towns[0] as County['towns'][number])
    return {
      story: one.story,
      kind: one.kind,
      county,
      town,
      name: one.name,
      variants: one.variants,
      route: one.route ?? '',
      funding: one.funding,
      owner: one.owner,
      actingOwner: one.actingOwner ?? null,
      industry: one.industry,
      contracts: one.sections.map((section, index) => contractOf(section, index, begins)),
      invoicedShare: one.invoicedShare ?? 1,
    }
  })
