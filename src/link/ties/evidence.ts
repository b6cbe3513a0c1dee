/** What a subject's code, place and time say of a project, in bits. */
import { homeWords } from '../projects/home-words.ts'
import type { ProjectCard, TieSubject } from './types.ts'

/** Bits for each way in which the parties of a subject stand to a project, and for what else agrees or not. */
export const tieWeights = {
  version: 2,
  bothParties: 7,
  buyerOwner: 3,
  subcontract: 3,
  sellerContractor: 2,
  holderOwner: 3,
  holderContractor: 2,
  nameOnly: -1,
  noName: 0,
  /** Of one holder whose place leaves one project: enough with the county, too little without. */
  holderPlaced: 5,
  otherName: -9,
  /** Whoever names the phase means that phase. */
  otherPhase: -6,
  /** The name alone agrees while the parties are known and are others. */
  otherParties: -2,
  sameCode: 8,
  otherCode: -6,
  sameCounty: 1,
  otherCounty: -4,
  sameTown: 3,
  sameTime: 2,
  otherTime: -2,
  tieFrom: 6,
  margin: 2,
} as const

/** Works are connected from shortly before a contract is signed until a year after. */
const monthsAround = { before: 3, after: 12 } as const
export const codeBits = (code: string | null, codes: readonly string[]): number => {
  if (code === null || codes.length === 0) return 0
  return codes.includes(code) ? tieWeights.sameCode : tieWeights.otherCode
}

const isCounty = (code: string): boolean => code.length === 6 && !code.endsWith('00')

/** The county of a place: by its code, else by the first words of its text (`高新沟赵乡境内`). */
const isInCounty = ({ divisionCode, placeText }: TieSubject, county: string): boolean | null => {
  const own = divisionCode?.slice(0, 6) ?? ''
  if (isCounty(own)) return own === county
  return placeText !== null && homeWords(county).some((word) => placeText.startsWith(word)) ? true : null
}

const townWord = /([\u4e00-\u9fff]{2,4}?)(?:街道|镇|乡)/gu

const aboveTown =
  /^(?:[\u4e00-\u9fff]{2,8}?省)?(?:[\u4e00-\u9fff]{2,8}?市)?(?:[\u4e00-\u9fff]{2,12}?[区县市](?=[\u4e00-\u9fff]{2}))?/u

/** 古荥 of 惠济区古荥镇, 沟赵 of 高新沟赵乡: the words before 镇, 乡 or 街道, without those of the county. */
const townsIn = (text: string, counties: readonly string[]): string[] => {
  const rest = text.replace(aboveTown, '')
  const home = counties.flatMap(homeWords).find((word) => rest.startsWith(word)) ?? ''
  return [...rest.slice(home.length).matchAll(townWord)].map((found) => found[1]!)
}

const countiesByCard = new WeakMap<ProjectCard, readonly string[]>()

/** Counties of a project, found once: a card is compared with thousands of subjects. */
const countiesOf = (card: ProjectCard): readonly string[] => {
  const known = countiesByCard.get(card)
  if (known !== undefined) return known
  const made = [...new Set(card.divisionCodes.map((one) => one.slice(0, 6)).filter(isCounty))]
  countiesByCard.set(card, made)
  return made
}

const isInTown = (placeText: string, counties: readonly string[], card: ProjectCard): boolean =>
  townsIn(placeText, counties).some((word) => [...card.names, ...card.placeTexts].some((text) => text.includes(word)))

/** The county says whether it may be the place at all; the town is only looked for where it may. */
export const placeBits = (subject: TieSubject, card: ProjectCard): number => {
  const counties = countiesOf(card)
  let isElsewhere = false
  for (const county of counties) {
    const verdict = isInCounty(subject, county)
    if (verdict === true) {
      const isTown = subject.placeText !== null && isInTown(subject.placeText, counties, card)
      return tieWeights.sameCounty + (isTown ? tieWeights.sameTown : 0)
    }
    isElsewhere ||= verdict === false
  }
  return isElsewhere ? tieWeights.otherCounty : 0
}

const months = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7) || '6')

export const timeBits = (on: string | null, begunOn: readonly string[]): number => {
  if (on === null || begunOn.length === 0) return 0
  const isAround = begunOn.some((begun) => {
    const after = months(on) - months(begun)
    return after >= -monthsAround.before && after <= monthsAround.after
  })
  return isAround ? tieWeights.sameTime : tieWeights.otherTime
}
