/**
 * Short names (简称) that everybody in the trade uses and no register holds: 中建七局, 郑州市住建局. Only rules that lead from one legal
 * name to one short name are kept here; a place or a legal form left out is an ordinary difference and needs none.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^中国建筑第([一二三四五六七八])工程局/, '中建$1局'],
  [/^中国建筑一局/, '中建一局'],
  [/^中铁([一二三四五六七八九十]{1,3})局集团/, '中铁$1局'],
  [/^中铁隧道局集团/, '中铁隧道局'],
  [/^中铁大桥局集团/, '中铁大桥局'],
  [/^中国水利水电第([一二三四五六七八九十]{1,3})工程局/, '水电$1局'],
  [/^中国葛洲坝集团/, '葛洲坝集团'],
  [/^中交第([一二三四])公路工程局/, '中交$1公局'],
  [/^中交第([一二三四])航务工程局/, '中交$1航局'],
  [/^中国铁建大桥工程局集团/, '铁建大桥局'],
  [/^中国([一二三四五六七八九十]{1,3})冶集团/, '中国$1冶'],
  [/^中国化学工程第([一二三四五六七八九十]{1,3})建设/, '中化$1建'],
  [/^中国能源建设集团/, '中能建'],
  [/^中国电建集团/, '中电建'],
  [/^中国石油天然气/, '中石油'],
  [/^中国石油化工/, '中石化'],
  [/^中国邮政储蓄银行/, '邮储银行'],
  [/^中国工商银行/, '工商银行'],
  [/^中国农业银行/, '农业银行'],
  [/^中国建设银行/, '建设银行'],
  [/住房和城乡建设(局|厅|委员会)$/, '住建$1'],
  [/住房保障和城乡建设(局|厅)$/, '住建$1'],
  [/发展和改革委员会$/, '发改委'],
  [/发展与改革委员会$/, '发改委'],
  [/自然资源和规划(局|厅)$/, '自然资源$1'],
  [/人力资源和社会保障(局|厅)$/, '人社$1'],
  [/交通运输(局|厅)$/, '交通$1'],
  [/文化广电和旅游(局|厅)$/, '文旅$1'],
  [/农业农村(局|厅)$/, '农业$1'],
  [/卫生健康委员会$/, '卫健委'],
  [/市场监督管理局$/, '市场监管局'],
  [/城市管理(?:综合)?(?:行政)?执法局$/, '城管局'],
  [/生态环境局$/, '环保局'],
  [/人民政府$/, '政府'],
]

const legalForm = /(?:股份有限公司|集团有限公司|有限公司)$/

/** Comparison forms of the short names of a legal name given by its comparison form; mostly none. */
export const shortForms = (form: string): readonly string[] => {
  for (const [long, short] of rules) {
    if (!long.test(form)) continue
    const brief = form.replace(long, short)
    const bare = brief.replace(legalForm, '')
    return bare !== brief && bare.length >= 4 ? [brief, bare] : [brief]
  }
  return none
}
const none: readonly string[] = []
