/**
 * Invented government bodies and institutions (机关、事业单位), which registries of enterprises lack and records of projects are full of:
 * every county has the same ones, so that only the place tells them apart. Independent of the matcher, its short names included.
 */
import { orgCheck } from '#schemas/identifiers/org-code.ts'
import { usccCheck } from '#schemas/identifiers/uscc.ts'
import type { Random } from './noise.ts'

const prefixes = '云清石青白金长新永平安宁龙凤玉丰河泽阳林'
const suffixes = '川溪泉岭口坪桥陵丘州台湖浦沟塘'
const bodies: readonly (readonly [string, string | null])[] = [
  ['住房和城乡建设局', '住建局'],
  ['发展和改革委员会', '发改委'],
  ['自然资源和规划局', '自然资源局'],
  ['交通运输局', '交通局'],
  ['水利局', null],
  ['教育体育局', null],
  ['农业农村局', '农业局'],
  ['卫生健康委员会', '卫健委'],
  ['城市管理局', null],
  ['财政局', null],
  ['人民医院', null],
  ['中医院', null],
  ['第一高级中学', null],
  ['第二高级中学', null],
  ['实验小学', null],
  ['公路管理局', null],
  ['城关镇人民政府', '城关镇政府'],
  ['东关街道办事处', null],
  ['产业集聚区管理委员会', '产业集聚区管委会'],
  ['城市建设投资发展中心', null],
]

export interface Institution {
  readonly name: string
  readonly uscc: string
  readonly address: string
  readonly shortName: string | null
}

/** `count` at most: one of each kind for each invented county. */
export const inventInstitutions = (count: number, random: Random): Institution[] => {
  const made: Institution[] = []
  for (const first of prefixes)
    for (const last of suffixes)
      for (const [body, short] of bodies) {
        if (made.length >= count) return made
        const county = `${first}${last}县`
        const eight = `G${String(made.length).padStart(7, '0')}`
        const seventeen = `11419${String(100 + (made.length % 800)).slice(0, 3)}${eight}${orgCheck(eight)}`
        const address = `${county}人民路${1 + Math.floor(random() * 200)}号`
        const shortName = short === null ? null : county + short
        made.push({ name: county + body, uscc: seventeen + usccCheck(seventeen), address, shortName })
      }
  return made
}
