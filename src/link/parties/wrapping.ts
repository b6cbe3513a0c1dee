/**
 * What stands around a name and is none of it: labels and seals that folding did not know because they are misspelt or cut, and site
 * units (项目部, 第三工程处) that are told only by what they resemble. Names never hold a colon, and no legal name ends in an open bracket.
 */
import { slipsBetween } from './name-form.ts'

const label = /^[^:]{2,9}:(?=.{4,})/
const seal = /(?:（[^（）]{0,3}章[^（）]{0,2}）?|（[^（）]{0,3})$/

/** The folded name without a label before it and a seal behind it. */
export const bareName = (name: string): string => {
  if (!name.includes(':') && !name.includes('（')) return name
  return name.replace(label, '').replace(seal, '')
}

const siteTail = /^(.{4,}(?:有限公司|集团公司|工程局|集团))(.{2,18})$/
const siteUnits = ['项目经理部', '项目部', '工程处', '施工队', '施工处', '指挥部', '项目处', '工程队']

/**
 * The organisation before a site unit that is spelt with one slip, as an index into the comparison form; its length where there is none.
 * Whole site units never come here: they were cut off when the record was read.
 */
export const siteUnitStart = (form: string): number => {
  const found = siteTail.exec(form)
  if (found === null) return form.length
  const tail = found[2]!
  for (const unit of siteUnits)
    for (let length = unit.length - 1; length <= unit.length + 1; length++)
      if (length <= tail.length && slipsBetween(tail.slice(tail.length - length), unit) <= 1) return found[1]!.length
  return form.length
}
