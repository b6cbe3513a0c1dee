/** 路线编号 (GB/T 917) and 桩号: where on which road. */

const names: Readonly<Record<string, string>> = { 国: 'G', 省: 'S', 县: 'X', 乡: 'Y', 村: 'C', 专: 'Z' }
const code = /^[GSXYCZ]\d{1,4}$/

/** One writing of a route: `G107`, `国道107线`, `107国道`, `Ｇ107` → `G107`; null where the text names none. */
export const readRoute = (raw: string | null | undefined): string | null => {
  if (raw === null || raw === undefined) return null
  if (code.test(raw)) return raw
  const text = raw.normalize('NFKC').replace(/\s+/gu, '').toUpperCase()
  const match =
    /^([国省县乡村专])道?([GSXYCZ])?(\d{1,4})线?$/u.exec(text) ??
    /^(\d{1,4})([国省县乡村专])道$/u.exec(text)?.map((part, i, all) => (i === 1 ? (all[2] ?? '') : i === 2 ? '' : part))
  if (match) {
    const digits = /\d{1,4}/.exec(text)?.[0]
    const letter = names[/[国省县乡村专]/u.exec(text)?.[0] ?? '']
    return letter && digits ? letter + digits : null
  }
  return /^([GSXYCZ]\d{1,4})线?$/.exec(text)?.[1] ?? null
}

/** Metres from the road's origin of `K12+300`, `k12+300.5`, `AK0+100`; null where it is no stake. */
export const readStakeM = (raw: string | null | undefined): number | null => {
  const match = /^[A-Z]{0,2}K(\d{1,4})\+(\d{1,3})(?:\.(\d{1,3}))?$/.exec(
    (raw ?? '').normalize('NFKC').replace(/\s+/gu, '').toUpperCase(),
  )
  if (!match) return null
  return Number(match[1]) * 1000 + Number(match[2]) + (match[3] ? Number(`0.${match[3]}`) : 0)
}
