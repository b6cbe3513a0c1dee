/**
 * The form of a name in which names are compared. Problem: departments write one name with brackets or without, in
 * traditional characters, with 有限责任公司 for 有限公司. Choice: one canonical string, so that most variants become equal and the
 * rest differ in few characters. Rejected: cutting the legal form and the place off, which makes siblings equal.
 */
import { simplify } from './characters.ts'

const chineseDigits = '零一二三四五六七八九'
/** 0 drops the unit, anything else replaces it. */
const unitForm = new Uint16Array(65536)
for (let unit = 0; unit < 65536; unit++) unitForm[unit] = simplify(unit)
for (const dropped of ' \t\u3000（）()[]【】〔〕{}<>《》「」『』·・•.．。,，、;；:：\'"‘’“”`-－—–_~*＊!！?？/\\|+＋&＆')
  unitForm[dropped.charCodeAt(0)] = 0
for (let i = 0; i < 26; i++) {
  unitForm[97 + i] = 65 + i
  unitForm[0xff41 + i] = 65 + i
  unitForm[0xff21 + i] = 65 + i
}
for (let i = 0; i < 10; i++) {
  unitForm[48 + i] = chineseDigits.charCodeAt(i)
  unitForm[0xff10 + i] = chineseDigits.charCodeAt(i)
}
unitForm['〇'.charCodeAt(0)] = chineseDigits.charCodeAt(0)
/** Digits as cheques have them (第壹分公司); 伍, 陆 and 拾 are left, being words of their own. */
for (const [formal, plain] of ['壹一', '贰二', '叁三', '肆四', '柒七', '捌八', '玖九'])
  unitForm[formal!.charCodeAt(0)] = plain!.charCodeAt(0)

const limited = /有限责任公司/g
/** A column too short for the name cuts it inside the legal form. */
const cutLimited = /有限责任?(?=公?$)/

/** The comparison form of a folded name: simplified characters, no brackets or marks, Chinese digits, 有限责任公司 as 有限公司. */
export const nameForm = (name: string): string => {
  let changed = false
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i)
    if (unitForm[unit] !== unit) {
      changed = true
      break
    }
  }
  let form = name
  if (changed) {
    const out: number[] = []
    for (let i = 0; i < name.length; i++) {
      const unit = unitForm[name.charCodeAt(i)]!
      if (unit !== 0) out.push(unit)
    }
    form = String.fromCharCode(...out.slice(0, 400))
  }
  if (form.includes('限责')) form = form.replace(limited, '有限公司').replace(cutLimited, '有限')
  return form.includes('有限公司') || form.length < 6 ? form : mendLegalForm(form)
}

/**
 * The legal form is typed from habit and read by nobody, so slips pile up in it. One wrong, missing, doubled or swapped
 * character in 有限公司, and two in 有限责任公司, are mended at the end of the name.
 */
const mendLegalForm = (form: string): string => {
  for (const [whole, slipsMax] of legalForms)
    for (let length = whole.length + 1; length >= whole.length - 1; length--) {
      const at = form.length - length
      if (at < 2 || !whole.includes(form[at]!)) continue
      const tail = form.slice(at)
      if (tail !== whole && slipsBetween(tail, whole) <= slipsMax) return `${form.slice(0, at)}有限公司`
    }
  return form
}

const legalForms = [
  ['有限责任公司', 2],
  ['有限公司', 1],
] as const

/** Edits between two short texts, a swap of neighbours counted as one. */
export const slipsBetween = (a: string, b: string): number => {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(previous[j - 1]! + (same ? 0 : 1), previous[j]! + 1, row[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, older[j - 2]! + 1)
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}

const branchTail =
  /(?:公司|社|集团|银行|店|厂|院|所)(.{0,24}?(?:分公司|子公司|分店|支公司|支行|分行|营业部|营业所|营业厅|分社|分理处|储蓄所|办事处|分厂|分院|分校|分部|分中心|分所|门市部|门市|经营部|销售部|经销处|加油站|供气站|服务部|服务站|网点|连锁店|专卖店|直营店|项目部|项目经理部|代办点|代办站|药店|店|部|站|处|厂))$/

/**
 * Where the branch's own words begin (…有限公司|郑州分公司), as an index into the form; its length for names that are no branch.
 * A branch is a registrant of its own (总分机构), so its tail decides between siblings.
 */
export const branchStart = (form: string): number => {
  const last = form.charCodeAt(form.length - 1)
  if (last === companyEnd)
    return form.endsWith('分公司') || form.endsWith('子公司') || form.endsWith('支公司') ? cut(form) : form.length
  return cut(form)
}

const companyEnd = '司'.charCodeAt(0)

const cut = (form: string): number => {
  const found = branchTail.exec(form)
  if (found === null) return form.length
  const tail = found[1]!
  return form.length - tail.length
}
