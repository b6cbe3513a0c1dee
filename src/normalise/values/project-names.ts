/**
 * A project's name in pieces, so that lots and rounds of one project meet and its phases stay apart (domain.md 2, appendix C 9).
 * The core keeps what is the project's own: place, object, year; what procurement adds to it is taken off and named.
 */
import { isNullToken } from '#schemas/identifiers/clean.ts'
import { chineseNumber } from '#schemas/identifiers/numerals.ts'

export const workTypes = ['监理', '总承包', '勘察设计', '设计', '勘察', '检测', '咨询', '采购', '施工'] as const
export type WorkType = (typeof workTypes)[number]

export interface ProjectNameParts {
  /** What is left: the name without phases, lots, rounds, kinds of work and the words 工程 and 项目. */
  readonly core: string
  /** `1`, `2`; several as they stand, joined by `,`; null where the name has none. */
  readonly phase: string | null
  /** Lots in ASCII (`1`, `TJ-2`, `3`), batches as `批1`, named ones by their name. */
  readonly lots: string[]
  /** True where the name says that it was tendered again (第2次招标, 重新招标). */
  readonly retender: boolean
  readonly workType: WorkType | null
  /** `G107`, `S312` in one writing. */
  readonly routes: string[]
}

const invisible = /[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3000\ufeff]+/gu
const opening = /[([{【〔［｛〖﹝<《]/gu
const closing = /[)\]}】〕］｝〗﹞>》]/gu
const dash = /[‐-―−﹣－~～]+|-{2,}/gu
const edge = /^[-、,，;；:：。.·]+|[-、,，;；:：。.·]+$/gu

const n = '[〇零一二两三四五六七八九十百\\d]+'
/** In brackets or bare, never half: a lone bracket must stay with its pair. */
const enclosed = (body: string): RegExp => new RegExp(`（${body}）|${body}`, 'gu')
const round = '(?:招标|公告|采购|发布|挂网)'
const retender = new RegExp(
  `（(?:第?(?:[二三四五六七八九十]|[2-9]|1\\d)次${round}?|重新(?:招标|采购|公告)|重招|再次招标)）|第?(?:[二三四五六七八九十]|[2-9]|1\\d)次${round}|第(?:[二三四五六七八九]|[2-9])次$|重新招标$`,
  'gu',
)
const firstRound = new RegExp(`（第?[一1]次${round}?）|第?[一1]次${round}`, 'gu')
const revision =
  /（(?:变更|重新备案|调整|更名|补充|修正|更正|补办|延期|重新赋码|变更备案|概算调整)[^（）]{0,6}）|（?(?:变更公告|更正公告|中标公告|中标结果公示|招标公告)）?$/gu
const latinLot = '(?:[A-Z]{1,6}-?\\d{1,3}(?:-\\d{1,3})?|NO\\.?\\d{1,3}|[A-Z])'
const lotPatterns: readonly RegExp[] = [
  enclosed(
    `第?(${n}|${latinLot})[#号]?(?:合同)?(?:标段|合同段|标包|分标|分包(?!商|单位)|标(?![准志识语牌杆底书高])|包(?=）|$))`,
  ),
  enclosed(`(?:标段|合同段|标包|包)[:：]?(${n}|${latinLot})`),
  new RegExp(`（第(${n})(?:段|包|部分)）`, 'gu'),
  /(?<=[\u4e00-\u9fff）-])((?:[A-Z]{2,6})-\d{1,3})(?![A-Z\d])/gu,
]
const namedLot = /(?<=[）程目])([\u4e00-\u9fff]{2,4})(?:标段|合同段)$/u
const batch = enclosed(`第(${n})批次?`)
const phase = enclosed(`第?(${n}|[IVX]{1,4})期(?=[^限间货刊权]|$)(?:工程|项目)?`)
const phaseList = enclosed(`(${n}(?:[、和及]${n})+)期(?:工程|项目)?`)

const roadLetter: Readonly<Record<string, string>> = { 国: 'G', 省: 'S', 县: 'X', 乡: 'Y', 村: 'C' }
const routePatterns: readonly [RegExp, (m: RegExpExecArray | string[]) => string][] = [
  [/([国省县乡村])道(?:[GSXYC])?(\d{1,4})线?/gu, (m) => `${roadLetter[m[1] ?? '']}${m[2]}`],
  [/(\d{1,4})([国省县乡村])道/gu, (m) => `${roadLetter[m[2] ?? '']}${m[1]}`],
  [
    /(?<![A-Z\d-])([GSXYCZ])(\d{2,4}|\d(?=高速))(?:线|(?:国|省|县|乡|村)道)?(?![\d#号栋幢栋楼座-])/gu,
    (m) => `${m[1]}${m[2]}`,
  ],
]

/** Kinds of work at the end of a name, the surest first. Each takes its own words off. */
const workPatterns: readonly [WorkType, RegExp][] = [
  ['监理', /(?:（(?:[^（）]*监理[^（）]*)）|(?:工程|施工|项目)*(?:全过程)?监理(?:工程|项目)?)$/u],
  [
    '总承包',
    /(?:（?(?:EPC|EPCO|DBO)(?:\+[A-Z])?）?(?:工程)?(?:总承包)?|(?:勘察)?设计[、和及-]?(?:采购)?[、和及-]?施工(?:一体化|总承包|（EPC）)+|工程总承包|设计采购施工|设计施工)$/u,
  ],
  ['勘察设计', /(?:（)?(?:初步)?(?:测量|勘测|勘察)[、和及与]*(?:初步|方案|施工图)*设计）?$/u],
  [
    '设计',
    /(?:（)?(?:方案|规划|初步|扩初|施工图|专项|初设|深化|及|和|、|与)*(?:设计|初设)(?:（[^（）]{0,8}）)?(?:及(?:施工图)?预算(?:编制)?)?）?$/u,
  ],
  ['勘察', /(?:（)?(?:初步|详细|岩土|地质|工程|测绘|测量|及|和|、)*(?:勘察|勘测|测绘|测量|勘探)）?$/u],
  ['检测', /(?:（)?(?:第三方|质量|工程|材料|及|和|、)*(?:检测|监测|检验|试验检测)(?:评估)?）?$/u],
  [
    '咨询',
    /(?:（)?(?:全过程工程|全过程|造价|技术|工程|及|和|、)*(?:咨询|跟踪审计|项目管理|代建|可行性研究|可研|报告编制|编制|评估|评价|论证|审计|前期工作|前期)）?$/u,
  ],
  [
    '采购',
    /(?:（)?(?:主要|工程|设施|设备|材料|物资|货物|及|和|、)*(?:采购及?安装|采购与安装|采购、安装|供货及安装|购置|采购|供货|供应)(?:项目|工程)?）?$/u,
  ],
  ['施工', /(?:（)?(?:工程)?施工(?:总承包|总包|专业承包|图?施工)?(?:工程|项目)?）?$/u],
]
const procurementTail =
  /(?:（?(?:招标|采购招标|招标采购|公开招标|竞争性磋商|比选)(?:项目|公告)?）?|服务单位采购|实施单位|单位采购|服务采购|服务单位|服务项目|服务|单位|第三方|公告)$/u
const words = /(?:建设)?(?:工程|项目)/gu

const asDigits = (text: string): string => {
  const roman = /^[IVX]+$/.test(text)
    ? ['', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X'].indexOf(text)
    : -1
  if (roman > 0) return String(roman)
  return chineseNumber(text)?.toString() ?? text.replace(/^NO\.?/, '')
}

const takeAll = (text: string, pattern: RegExp, put: (taken: string) => void): string =>
  text.replace(pattern, (_, first: string | undefined, second: string | number | undefined) => {
    put(first ?? (typeof second === 'string' ? second : ''))
    return ''
  })

const takeRoutes = (text: string, routes: string[]): string => {
  let rest = text
  for (const [pattern, name] of routePatterns) {
    rest = rest.replace(pattern, (...m: string[]) => {
      const route = name(m)
      if (!routes.includes(route)) routes.push(route)
      return route
    })
  }
  return rest
}

/** Takes kinds of work from the end, again and again: 勘察设计服务招标 → 勘察设计. The first found is the kind. */
const takeWork = (text: string): { rest: string; workType: WorkType | null } => {
  let rest = text
  let workType: WorkType | null = null
  for (let previous = ''; previous !== rest; ) {
    previous = rest
    const bare = rest.replace(procurementTail, '').replace(edge, '')
    if (bare.length >= 4) rest = bare
    for (const [type, pattern] of workPatterns) {
      const cut = rest.replace(pattern, '').replace(edge, '')
      if (cut === rest || cut.length < 3) continue
      workType ??= type
      rest = cut
      break
    }
  }
  return { rest, workType }
}

const fold = (raw: string): string =>
  raw
    .replace(invisible, '')
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(opening, '（')
    .replace(closing, '）')
    .replace(dash, '-')
    .replace(/，/gu, ',')
    .toUpperCase()
    .replace(edge, '')

/** Takes a project's name to pieces. Pure text: the same name gives the same pieces whatever else is known. */
export const projectNameParts = (raw: string | null | undefined): ProjectNameParts => {
  if (raw === null || raw === undefined || isNullToken(raw)) {
    return { core: '', phase: null, lots: [], retender: false, workType: null, routes: [] }
  }
  const lots: string[] = []
  const phases: string[] = []
  const routes: string[] = []
  let isRetender = false
  let text = fold(raw)
    .replace(firstRound, '')
    .replace(retender, () => {
      isRetender = true
      return ''
    })
  text = text.replace(revision, '')
  text = takeRoutes(text, routes)
  for (const pattern of lotPatterns)
    text = takeAll(text, pattern, (lot) => routes.includes(lot) || lots.push(asDigits(lot)))
  text = takeAll(text, namedLot, (lot) => lots.push(lot))
  text = takeAll(text, batch, (lot) => lots.push(`批${asDigits(lot)}`))
  text = takeAll(text, phaseList, (list) => phases.push(...list.split(/[、和及]/u).map(asDigits)))
  text = takeAll(text, phase, (p) => phases.push(asDigits(p)))
  const { rest, workType } = takeWork(text.replace(/（）/gu, '').replace(edge, ''))
  const core = rest
    .replace(/(\d{4})年度/gu, '$1年')
    .replace(words, '')
    .replace(/建设$/u, '')
    .replace(/（[、,-]*）/gu, '')
    .replace(edge, '')
  return {
    core: core === '' ? fold(raw) : core,
    phase: phases.length > 0 ? [...new Set(phases)].join(',') : null,
    lots: [...new Set(lots)],
    retender: isRetender,
    workType,
    routes,
  }
}
