/** What a project is called: the parts of its name, and the words each author makes of them. */
import type { County, Town } from './places.ts'
import { shortPlace } from './places.ts'
import type { Random } from './random.ts'
import { scatter } from './random.ts'
import { tradeName, tradeNames, villageFirst, villageSecond, villageThird } from './words.ts'

export type ProjectKind = 'road' | 'housing' | 'street' | 'water' | 'factory' | 'school' | 'village'

export interface NameParts {
  readonly kind: ProjectKind
  readonly county: County
  readonly town: Town
  /** Number of the route; empty for works that are no road. */
  readonly route: string
  /** What is built: an estate, a river, a village. For a road: stretch of the route. */
  readonly object: string
  readonly phase: string
  readonly work: string
  /** `K12+300` and so on, both empty for works that are no road. */
  readonly from: string
  readonly to: string
  /** A name of its own, and as other offices write it; absent: made of the parts. */
  readonly given?: { readonly full: string; readonly variants: readonly string[] }
}

const routes = (
  'G107 G310 G343 G234 G207 S102 S232 S234 S237 S312 S314 S316 S317 S321 S323 S541 S543 S545 S546 S225 S226 S227 ' +
  'X001 X004 X007 X009 X012 X015 X019 X021 X023 X027 X031 X036 X038 X041 X043 X047 Y005 Y011 Y014 Y018 Y026 Y033 Y045 Y052'
).split(' ')
const roadWorks = ['改建', '大修', '新建', '拓宽改造', '养护', '路面改造']
const rivers = [
  '贾鲁河',
  '索河',
  '枯河',
  '汜水河',
  '双洎河',
  '颍河',
  '黄水河',
  '伊洛河',
  '潮河',
  '七里河',
  '金水河',
  '须水河',
]
const phases = ['一期', '二期', '三期']
const villageWorks = ['道路硬化工程', '安全饮水工程', '污水管网工程', '文化广场建设项目', '坑塘治理工程']

const chainage = (metres: number): string => `K${Math.floor(metres / 1000)}+${String(metres % 1000).padStart(3, '0')}`
const at = <T>(list: readonly T[], number: number): T => list[number % list.length] as T

/** An invented village of the town. */
export const villageName = (random: Random): string =>
  random.pick(villageFirst) + random.pick(villageSecond) + random.pick(villageThird)

/**
 * Parts of the name of project `number`. A `twin` (same estate, other phase; same route, other stretch; same works, other village)
 * is a project of its own and keeps what the twins have in common.
 */
export const nameParts = (
  kind: ProjectKind,
  number: number,
  place: { readonly county: County; readonly town: Town },
  random: Random,
  twin: NameParts | null,
): NameParts => {
  const trade = tradeName(scatter(number, 10_007, 77, tradeNames))
  const base = { kind, ...place, route: '', phase: '', from: '', to: '' }
  const start = random.int(0, 900) * 100
  switch (kind) {
    case 'road': {
      const shared = twin
        ? { county: twin.county, route: twin.route, work: twin.work }
        : { route: at(routes, number * 7), work: at(roadWorks, random.int(0, 99)) }
      const town = twin ? at(twin.county.towns, twin.county.towns.indexOf(twin.town) + 1) : place.town
      return {
        ...base,
        ...shared,
        town,
        object: '段',
        from: chainage(start),
        to: chainage(start + random.int(20, 300) * 100),
      }
    }
    case 'housing':
      return twin
        ? { ...twin, phase: at(phases, phases.indexOf(twin.phase) + 1) }
        : {
            ...base,
            object: trade + random.pick(['花园', '家园', '雅苑', '新城', '府', '小镇']),
            phase: at(phases, 0),
            work: '建设项目',
          }
    case 'street':
      return { ...base, object: `${trade}路`, work: random.pick(['道路工程', '道路及管网工程', '综合改造工程']) }
    case 'water':
      return twin
        ? { ...twin, town: at(twin.county.towns, twin.county.towns.indexOf(twin.town) + 2) }
        : { ...base, object: at(rivers, number), work: random.pick(['治理工程', '生态修复工程', '堤防加固工程']) }
    case 'factory':
      return {
        ...base,
        object: '',
        work: `年产${random.int(1, 60)}万${random.pick(['吨新型材料', '台套设备', '吨食品', '件汽车零部件'])}项目`,
      }
    case 'school':
      return {
        ...base,
        object: `第${at(['一', '二', '三', '四', '五', '六'], random.int(0, 5))}${random.pick(['小学', '初级中学', '幼儿园'])}`,
        work: random.pick(['教学楼建设项目', '改扩建项目', '迁建项目']),
      }
    case 'village':
      return twin
        ? { ...twin, object: villageName(random) }
        : { ...base, object: villageName(random), work: at(villageWorks, number) }
  }
}

/** The full name, as the approval has it. `owner` names a factory's owner. */
export const fullName = (parts: NameParts, owner: string): string => {
  if (parts.given) return parts.given.full
  const town = shortPlace(parts.town.name)
  switch (parts.kind) {
    case 'road':
      return `${parts.route}${parts.county.short}${town}段${parts.work}工程`
    case 'housing':
      return `${parts.object}${parts.phase}${parts.work}`
    case 'street':
      return `${parts.county.name}${parts.object}${parts.work}`
    case 'water':
      return `${parts.county.name}${parts.object}（${town}段）${parts.work}`
    case 'factory':
      return `${owner}${parts.work}`
    case 'school':
      return `${parts.county.name}${parts.town.name}${parts.object}${parts.work}`
    case 'village':
      return `${parts.town.name}${parts.object}${parts.work}`
  }
}

const routeWords = (route: string): readonly string[] => {
  const number = route.slice(1)
  if (route.startsWith('G')) return [`国道${number}线`, `${number}国道`, `国道${route}线`, `国道${number}`]
  if (route.startsWith('S')) return [`省道${number}线`, `${number}省道`, `省道${route}线`, `省道${number}`]
  return [`${route}线`, `县乡道${route}`]
}

/** The same project in somebody else's words: abbreviated, re-ordered, with or without stretch and place. Never equal to another project on purpose. */
export const variantName = (parts: NameParts, owner: string, random: Random): string => {
  const full = fullName(parts, owner)
  if (parts.given) return random.pick([full, ...parts.given.variants])
  const town = shortPlace(parts.town.name)
  const choice = random.int(0, 9)
  switch (parts.kind) {
    case 'road': {
      const route = choice < 5 ? random.pick(routeWords(parts.route)) : parts.route
      const place = choice % 3 === 0 ? `${parts.county.name}${parts.town.name}` : `${parts.county.short}${town}`
      const stretch = choice % 4 === 1 ? `（${parts.from}~${parts.to}）` : ''
      const word = choice === 9 ? '项目' : '工程'
      return `${route}${place}${choice % 5 === 2 ? '境' : '段'}${parts.work}${word}${stretch}`
    }
    case 'housing':
      return random.pick([
        full,
        `${parts.object}${parts.phase}`,
        `${parts.object}（${parts.phase}）${parts.work}`,
        `${parts.county.short}${parts.object}${parts.phase}工程`,
      ])
    case 'street':
      return random.pick([full, `${parts.object}${parts.work}`, `${parts.county.short}${parts.object}${parts.work}`])
    case 'water':
      return random.pick([
        full,
        `${parts.county.short}${parts.object}${town}段${parts.work}`,
        `${parts.object}${parts.town.name}段${parts.work}`,
      ])
    case 'factory':
      return random.pick([full, parts.work, `${owner}${parts.work.replace('项目', '建设项目')}`])
    case 'school':
      return random.pick([
        full,
        `${parts.town.name}${parts.object}${parts.work}`,
        `${parts.county.short}${town}${parts.object}${parts.work}`,
      ])
    case 'village':
      return random.pick([
        full,
        `${parts.county.short}${parts.town.name}${parts.object}${parts.work}`,
        `${town}${parts.object}${parts.work}`,
      ])
  }
}
