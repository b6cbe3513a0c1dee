/** 文号: the number of an official document, `郑发改审批〔2019〕12号`. It has no check, so only its writing is made one. */
import { isNullToken } from './clean.ts'
import { chineseNumber, numeralCharacters } from './numerals.ts'

const clean = /^[\u4e00-\u9fffA-Z]{1,20}〔\d{4}〕[1-9]\d*号$/u
const openings = /[[({【〔［(﹝〖「<《]/gu
const closings = /[\])}】〕］)﹞〗」>》]/gu
const invisible = /[\s\u200b-\u200f\u2060\ufeff]+/gu
const numeral = new RegExp(`[${numeralCharacters}\\d]+`, 'gu')
const chineseYear = /〔([〇零○O一二三四五六七八九]{4})〕/u
const chineseSerial = new RegExp(`第*([${numeralCharacters}\\d]+)号`, 'gu')

const toDigits = (text: string): string => text.replace(numeral, (n) => chineseNumber(n)?.toString() ?? n)

const unify = (raw: string): string => {
  const folded = raw
    .replace(openings, '〔')
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(/[<>"'“”‘’]/gu, '')
    .replace(openings, '〔')
    .replace(closings, '〕')
    .replace(/^(?:批复|审批|核准|备案|立项)?(?:文件)?(?:文号|文件号|编号)[:：]/u, '')
  const unquoted = /^〔+(.+?号)〕*$/u.exec(folded)?.[1] ?? folded
  return unquoted
    .replace(chineseYear, (_, year: string) => `〔${toDigits(year)}〕`)
    .replace(/([\u4e00-\u9fff])((?:19|20)\d{2})年?第?(\d+)号/u, '$1〔$2〕$3号')
    .replace(chineseSerial, (_, serial: string) => `${toDigits(serial)}号`)
    .replace(/〔(\d{4})年?〕第*0*(\d+)$/u, '〔$1〕$2号')
    .replace(/(?<!\d)0+(\d[\d-]*号)/gu, '$1')
    .replace(/〔(\d{4})年〕/u, '〔$1〕')
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase())
}

/**
 * One writing for every document number: brackets `〔〕`, ASCII digits, no `第`, no leading zeros, no spaces.
 * `郑发改审批[2019] 第012号` → `郑发改审批〔2019〕12号`; `取水(豫郑)字〔2015〕第00012号` → `取水〔豫郑〕字〔2015〕12号`.
 * @returns null for empty cells and for text that is no document number (`见附件`): such text would join strangers
 */
export const readDocumentNumber = (raw: string | null | undefined): string | null => {
  if (raw === null || raw === undefined) return null
  if (clean.test(raw)) return raw
  if (raw.length > 100 || isNullToken(raw)) return null
  let text = raw
  for (let previous = ''; previous !== text; ) {
    previous = text
    text = unify(text)
  }
  return /〔\d{4}〕.*\d号?/u.test(text) || /[\u4e00-\u9fff].*\d号$/u.test(text) ? text : null
}
