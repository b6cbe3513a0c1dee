/**
 * Party names as departments get them wrong, made from right ones. Independent of the matcher: it knows none of its tables
 * but asks pinyin for characters that sound alike and takes its own list of those that look alike.
 */
import { pinyin } from 'pinyin-pro'

export type NoiseKind =
  | 'clean'
  | 'legalForm'
  | 'legalFormDropped'
  | 'brackets'
  | 'spaces'
  | 'traditional'
  | 'siteUnit'
  | 'placeDropped'
  | 'placeAdded'
  | 'shortName'
  | 'homophone'
  | 'lookAlike'
  | 'replaced'
  | 'dropped'
  | 'doubled'
  | 'swapped'
  | 'label'
  | 'truncated'
  | 'width'
  | 'brief'

export type Random = () => number

/** mulberry32: small, seeded, the same on every machine. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!

const traditionalPairs =
  '国國华華东東业業发發电電机機场場车車龙龍门門开開阳陽广廣产產县縣区區乡鄉镇鎮庄莊园園农農药藥医醫学學书書馆館厂廠济濟汉漢郑鄭云雲兴興万萬实實宝寶达達远遠运運铁鐵钢鋼银銀长長丰豐贸貿资資风風飞飛鱼魚龟龜麦麥黄黃点點饮飲饰飾驻駐鑫鑫务務业業'
const traditional = new Map(
  Array.from({ length: traditionalPairs.length / 2 }, (_, i) => [
    traditionalPairs[i * 2]!,
    traditionalPairs[i * 2 + 1]!,
  ]),
)
const alike =
  '未末 土士 日目 天夫 人入 大太 王玉 干千 刀力 晶品 鑫金 清情 园国 华毕 峰蜂 辉挥 恒垣 佳住 兴共 泰秦 亿化 盛威 伟伸 建律 博傅 远运 源原 通涌 航抗 祥样 隆陇 豫像 驰弛 凯铠 腾滕 维雄 浦浦 ' +
  '安妥 宇字 永水 名各 会合 全金 今令 后启 同周 凤风 乐东 牛午 田由 白自 北比 民氏 贝见 办为 厂广 万方 尸户 旺汪 明朋 胜性 宝玉 宣宜 真直 组祖 相想 幸辛 新亲 所斤 海梅 洁法 共其 基墓 量里 理埋 钢纲 岗冈 铁铗 铜铝 构沟 ' +
  '村材 林休 本木 和知 料科 程秆 鸟乌 龙尤 优忧 代伐 设没 电申 农衣 谷容 集隼 丰半 美羊 喜善 吉古 于干 富福 官宫 江汇 动劲 德得 瑞端 珠株 环坏 早卓 贵责 资货 商南'
const lookAlikes = new Map<string, string[]>()
for (const pair of alike.split(' '))
  for (const [a, b] of [
    [pair[0]!, pair[1]!],
    [pair[1]!, pair[0]!],
  ] as const)
    if (a !== b) lookAlikes.set(a, [...(lookAlikes.get(a) ?? []), b])

const provinces = /^(?:河南省?|湖北省?|湖南省?|河北省?|山东省?|安徽省?)/
const city = /^([\u4e00-\u9fff]{2,3})(?:省|市|县|区)/
const forms = /(?:股份有限公司|有限责任公司|有限公司|公司)$/

export interface Corruptor {
  /** Returns the corrupted name and the kind that took hold; a kind that does not apply falls back to another. */
  corrupt(name: string, kind: NoiseKind): { name: string; kind: NoiseKind } | null
}

/** @param names right names: their characters are what wrong ones are drawn from, by frequency */
export const createCorruptor = (names: readonly string[], random: Random): Corruptor => {
  const counts = new Map<string, number>()
  for (const name of names) for (const character of name) counts.set(character, (counts.get(character) ?? 0) + 1)
  const frequent = [...counts].filter(([c, n]) => n >= 20 && c >= '\u4e00' && c <= '\u9fff').map(([c]) => c)
  const weighted: string[] = []
  for (const name of names.slice(0, 20_000)) weighted.push(...[...name].filter((c) => c >= '\u4e00' && c <= '\u9fff'))
  const bySound = new Map<string, string[]>()
  for (const c of frequent) {
    const sound = pinyin(c, { toneType: 'none' })
    bySound.set(sound, [...(bySound.get(sound) ?? []), c])
  }
  const homophone = (c: string): string | null => {
    const others = (bySound.get(pinyin(c, { toneType: 'none' })) ?? []).filter((o) => o !== c)
    return others.length > 0 ? pick(random, others) : null
  }
  const at = (name: string, change: (c: string, i: number) => string | null): string | null => {
    const body = name.length - (forms.exec(name)?.[0].length ?? 0)
    for (let attempt = 0; attempt < 6; attempt++) {
      // nine slips in ten fall into the telling part of a name, as the legal form is typed from habit
      const i = Math.floor(random() * (random() < 0.9 ? Math.max(body, 1) : name.length))
      const c = name[i]!
      if (c < '\u4e00' || c > '\u9fff') continue
      const changed = change(c, i)
      if (changed !== null && changed !== c) return name.slice(0, i) + changed + name.slice(i + 1)
    }
    return null
  }
  const apply: Record<NoiseKind, (name: string) => string | null> = {
    clean: (name) => name,
    legalForm: (name) => {
      if (name.endsWith('有限责任公司')) return name.replace(/有限责任公司$/, '有限公司')
      if (name.endsWith('股份有限公司')) return null
      if (name.endsWith('有限公司')) return name.replace(/有限公司$/, '有限责任公司')
      return null
    },
    legalFormDropped: (name) => {
      const stem = name.replace(forms, '')
      return stem.length >= 5 && stem !== name ? stem : null
    },
    brackets: (name) => {
      if (/[（(]/.test(name))
        return random() < 0.5 ? name.replace(/[（()）]/g, '') : name.replace(/（/g, '[').replace(/）/g, ']')
      const head = city.exec(name)
      return head === null
        ? null
        : name.replace(city, `${head[1]}（${head[0].slice(-1)}）`).replace(/（[省市县区]）/, '')
    },
    spaces: (name) => {
      const i = 1 + Math.floor(random() * (name.length - 1))
      return `${name.slice(0, i)}${random() < 0.5 ? ' ' : '\u3000'}${name.slice(i)}${random() < 0.3 ? '.' : ''}`
    },
    traditional: (name) => {
      const out = [...name].map((c) => traditional.get(c) ?? c).join('')
      return out === name ? null : out
    },
    siteUnit: (name) =>
      /公司$/.test(name)
        ? name +
          pick(random, [
            '项目部',
            '项目经理部',
            '第三工程处',
            '一标项目部',
            '高速公路项目经理部',
            '施工队',
            '城区改造工程指挥部',
          ])
        : null,
    placeDropped: (name) => {
      const stem = provinces.test(name) ? name.replace(provinces, '') : name.replace(city, random() < 0.5 ? '$1' : '')
      return stem.length >= 6 && stem !== name ? stem : null
    },
    placeAdded: (name) =>
      provinces.test(name) || !city.test(name) ? null : `${pick(random, ['河南省', '河南'])}${name}`,
    shortName: (name) => {
      const stem = name.replace(provinces, '').replace(city, '').replace(forms, '')
      return stem.length >= 4 && stem !== name ? stem : null
    },
    homophone: (name) => at(name, homophone),
    lookAlike: (name) => at(name, (c) => (lookAlikes.has(c) ? pick(random, lookAlikes.get(c)!) : null)),
    replaced: (name) => at(name, () => pick(random, weighted)),
    dropped: (name) => (name.length >= 6 ? at(name, () => '') : null),
    doubled: (name) => at(name, (c) => c + c),
    swapped: (name) => {
      const i = Math.floor(random() * (name.length - 1))
      return name[i] === name[i + 1] ? null : name.slice(0, i) + name[i + 1]! + name[i]! + name.slice(i + 2)
    },
    label: (name) =>
      pick(random, [
        `施工单位：${name}`,
        `${name}（盖章）`,
        `承包人:${name}`,
        `${name}（公章）`,
        `中标候选人：${name}`,
        `乙方（承包人）：${name}`,
        `${name}(印章)`,
        `${name}（公章`,
      ]),
    width: (name) => {
      const wide = [...name].map((c) => (/[0-9A-Za-z]/.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c))
      const out = wide.join('').replace(/[（）]/g, (c) => (c === '（' ? '(' : ')'))
      return out === name ? null : out
    },
    brief: (name) => {
      const bare = name.replace(provinces, '').replace(city, '').replace(forms, '')
      return bare.length >= 7 ? bare.slice(0, 6) : null
    },
    truncated: (name) => (name.length >= 16 ? name.slice(0, name.length - 1 - Math.floor(random() * 4)) : null),
  }
  return {
    corrupt: (name, kind) => {
      const out = apply[kind](name)
      return out === null || out === '' ? null : { name: out, kind }
    },
  }
}

/** Shares of the kinds in a corrupted register; the rest is clean. */
export const noiseShares: readonly (readonly [NoiseKind, number])[] = [
  ['legalForm', 0.09],
  ['legalFormDropped', 0.05],
  ['brackets', 0.05],
  ['spaces', 0.05],
  ['traditional', 0.05],
  ['siteUnit', 0.06],
  ['placeDropped', 0.05],
  ['placeAdded', 0.05],
  ['shortName', 0.02],
  ['homophone', 0.09],
  ['lookAlike', 0.07],
  ['replaced', 0.06],
  ['dropped', 0.08],
  ['doubled', 0.06],
  ['swapped', 0.07],
  ['label', 0.05],
  ['truncated', 0.02],
  ['width', 0.02],
  ['brief', 0.005],
]

export const drawKind = (random: Random): NoiseKind => {
  let left = random()
  for (const [kind, share] of noiseShares) {
    left -= share
    if (left < 0) return kind
  }
  return 'clean'
}

/** A code as it stands in a department's column: mostly missing, sometimes whole, often damaged. */
export const corruptCode = (uscc: string, random: Random): { code: string | null; kind: string } => {
  const draw = random()
  if (draw < 0.55) return { code: null, kind: 'missing' }
  if (draw < 0.65) return { code: uscc, kind: 'whole' }
  if (draw < 0.73) return { code: uscc.slice(0, 15), kind: 'truncated' }
  if (draw < 0.75) return { code: `${uscc.slice(0, 8)} ${uscc.slice(8).toLowerCase()}`, kind: 'spaced' }
  if (draw < 0.79) {
    const swapped = uscc.replace(/0/, 'O').replace(/1/, 'I')
    return { code: swapped, kind: 'lookAlike' }
  }
  if (draw < 0.85) return { code: uscc.slice(2, 8) + uscc.slice(8, 17), kind: 'legacy' }
  if (draw < 0.9) {
    const i = Math.floor(random() * 18)
    return { code: uscc.slice(0, i) + uscc.slice(i + 1), kind: 'dropped' }
  }
  if (draw < 0.95) {
    const i = Math.floor(random() * 18)
    return { code: uscc.slice(0, i) + String(Math.floor(random() * 10)) + uscc.slice(i + 1), kind: 'digit' }
  }
  return { code: pick(random, ['/', '无', '组织结构代码', '000000', '123456789012345', '-']), kind: 'rubbish' }
}

/** An address as another department writes it: region dropped, tail cut, or not there at all. */
export const corruptAddress = (address: string, random: Random): string | null => {
  const draw = random()
  if (draw < 0.5 || address === '') return null
  if (draw < 0.65) return address
  if (draw < 0.85) return address.replace(/^(?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,4}?市)?/, '')
  return address.slice(0, Math.max(4, Math.floor(address.length * 0.7)))
}
