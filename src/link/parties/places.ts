/**
 * Place words inside names (郑州、金水区、狼城岗镇). Learned from the register's own addresses and names, so that a city's
 * towns are known without a gazetteer, on top of the provinces and great cities from which contractors come.
 */
const known =
  '北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 ' +
  '中国 中华 全国 石家庄 唐山 保定 邯郸 太原 大同 沈阳 大连 鞍山 长春 哈尔滨 大庆 南京 无锡 徐州 常州 苏州 南通 扬州 盐城 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 台州 合肥 芜湖 蚌埠 安庆 阜阳 ' +
  '福州 厦门 泉州 漳州 南昌 赣州 九江 济南 青岛 淄博 烟台 潍坊 济宁 临沂 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 ' +
  '武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 长沙 株洲 湘潭 衡阳 岳阳 常德 广州 深圳 珠海 佛山 东莞 中山 惠州 汕头 湛江 南宁 柳州 桂林 海口 三亚 ' +
  '成都 绵阳 德阳 泸州 南充 宜宾 贵阳 遵义 昆明 曲靖 大理 拉萨 西安 咸阳 宝鸡 渭南 延安 榆林 汉中 兰州 天水 西宁 银川 乌鲁木齐'

const suffix =
  /(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|开发区|高新区|示范区|省|市|县|区|镇|乡|街道办事处|街道|办事处|村|州)$/
const chain =
  /^(?:([\u4e00-\u9fff]{2,3})省)?(?:([\u4e00-\u9fff]{2,4}?)市)?(?:([\u4e00-\u9fff]{1,4}?)(?:县|区|市))?(?:([\u4e00-\u9fff]{1,4}?)(?:镇|乡|街道))?/
const nameHead = /^(?:([\u4e00-\u9fff]{2,3})省)?(?:([\u4e00-\u9fff]{2,3})(?:市|县))/

/** 郑州市 → 郑州; a word that would be left with one character keeps its suffix (新县). */
export const placeStem = (word: string): string => {
  const stem = word.replace(suffix, '')
  return stem.length >= 2 ? stem : word
}

/** Counts the place words of one name and one address into `counts`. */
export const countPlaces = (counts: Map<string, number>, name: string, address: string | null): void => {
  const add = (word: string | undefined): void => {
    if (word !== undefined && word.length >= 2) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const head = nameHead.exec(name)
  if (head !== null) for (let i = 1; i < head.length; i++) add(head[i])
  if (address === null || address.length < 4) return
  const parts = chain.exec(address)
  if (parts !== null) for (let i = 1; i < parts.length; i++) add(parts[i])
}

/** Words seen often enough to be places, in a stable order. */
export const frequentPlaces = (counts: ReadonlyMap<string, number>, timesMin: number): string[] =>
  [...counts]
    .filter(([, times]) => times >= timesMin)
    .map(([word]) => word)
    .sort()

/** 河南省郑州市金水区 and little more: longer runs are never places alone. */
const placeCharsMax = 16
/** The same differences come again and again; so many answers are remembered. */
const seenMax = 50_000

export interface Places {
  /** Whether the text is one or more place words and nothing else. */
  isPlace(text: string): boolean
}

export const createPlaces = (learned: readonly string[]): Places => {
  const words = new Set([...known.split(' '), ...learned])
  const tails = ['省', '市', '县', '区', '镇', '乡', '村', '州', '街道']
  const seen = new Map<string, boolean>()
  const isPlace = (text: string): boolean => {
    if (text.length < 2 || text.length > placeCharsMax) return false
    const known = seen.get(text)
    if (known !== undefined) return known
    if (seen.size >= seenMax) seen.clear()
    const answer = isChain(text)
    seen.set(text, answer)
    return answer
  }
  const isChain = (text: string): boolean => {
    const reach = new Uint8Array(text.length + 1)
    reach[0] = 1
    for (let from = 0; from < text.length; from++) {
      if (reach[from] === 0) continue
      for (let length = 2; length <= 5 && from + length <= text.length; length++) {
        if (!words.has(text.slice(from, from + length))) continue
        const to = from + length
        reach[to] = 1
        for (const tail of tails) if (text.startsWith(tail, to)) reach[to + tail.length] = 1
      }
    }
    return reach[text.length] === 1
  }
  return { isPlace }
}
