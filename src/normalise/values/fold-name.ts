/** One writing of an organisation's name. The original stays beside it; this one is for comparing. */

const clean = /^[\u4e00-\u9fff]+$/u
const invisible = /[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3000\ufeff]+|[\ufe0e-\ufe0f]/gu
const opening = /[([{【〔［｛〖「『﹝<《]/gu
const closing = /[)\]}】〕］｝〗」』﹞>》]/gu
const middleDot = /[·•・‧∙⋅●]/gu
const label =
  /^(?:(?:建设|施工|监理|设计|勘察|发包|承包|总承包|分包|中标|招标|采购|代理|业主|项目|供电|用电|用水|申报|投资|实施|责任|检测|编制|交易)(?:单位|人|方|法人|代理机构|企业)|单位|单位名称|企业名称|公司名称|名称|户名|业主|甲方|乙方)(?:名称|全称)?:/u
const stamp = /（(?:盖章|公章|签章|签字|章|印|盖公章|签名|公司盖章)）$|盖章$/u
const edge = /^[,、;:'"“”‘’`*·-]+|[.。,、;:'"“”‘’`*·…-]+$/gu

const step = (text: string): string =>
  text
    .replace(invisible, '')
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(opening, '（')
    .replace(closing, '）')
    .replace(/，/gu, ',')
    .replace(/：/gu, ':')
    .replace(/；/gu, ';')
    .replace(middleDot, '·')
    .replace(edge, '')
    .replace(label, '')
    .replace(stamp, '')
    .replace(/（）/gu, '')

/**
 * Width, brackets, spaces and invisible characters folded; labels (`施工单位：`), stamps (`（盖章）`) and trailing dots dropped.
 * What stands in brackets is kept. Folding twice changes nothing.
 */
export const foldName = (raw: string): string => {
  if (clean.test(raw) && !raw.endsWith('章')) return raw
  let text = raw
  for (let previous = ''; previous !== text; ) {
    previous = text
    text = step(text)
  }
  return text
}
