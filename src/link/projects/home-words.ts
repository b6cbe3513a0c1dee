/** What the people of a county leave out of a name because everybody there knows it. */
import { divisionName, findDivisions } from '../../normalise/values/divisions.ts'

const homes = new Map<string, readonly string[]>()

/** What the people of a county call it: 金水区 and 金水, 郑州高新技术产业开发区 and 高新. Longest first. */
export const homeWords = (divisionCode: string | null): readonly string[] => {
  const code = divisionCode?.slice(0, 6) ?? ''
  if (code.length < 6) return []
  const known = homes.get(code)
  if (known !== undefined) return known
  const words = new Set<string>()
  for (const part of [`${code.slice(0, 4)}00`, code]) {
    const full = divisionName(part)
    if (full === null) continue
    const own = findDivisions(full).at(-1)?.text ?? full
    for (const word of [own, ...own.split(/(?<=市)/u)]) {
      const stem = word
        .replace(/(?:技术产业开发区|技术开发区|航空港经济综合实验区|开发区|[\u4e00-\u9fff]族区|[市县区])$/u, '')
        .replace(/(?<=[\u4e00-\u9fff]{2})经济$/u, '经济')
      for (const one of [word, stem]) if (one.length >= 2) words.add(one)
      const zone = /(高新|经开|航空港|经济)/u.exec(word)?.[1]
      if (zone !== undefined) words.add(zone === '经济' ? '经开' : zone)
    }
  }
  const sorted = [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
  homes.set(code, sorted)
  return sorted
}
