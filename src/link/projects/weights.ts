/**
 * What agreeing and differing fields say about two records being one project, in bits: log2 of how much likelier it is among records of one project
 * than among records of two that share a block. Method and figures: docs/grouping.md.
 */
export const projectWeights = {
  version: 2,
  /** Numbers given by one office to one project; nothing that names say outweighs them. */
  code: 24,
  sourceProject: 24,
  /** One approval may cover several projects, so it needs the names not to differ. */
  documentNumber: 12,
  /** How much of the two names agrees. */
  sameObject: 8,
  sameHead: 6,
  partOf: 5,
  listed: 4,
  closeName: 4,
  sharedStart: 1.5,
  /** Tenders of one county's plan of a year, put out in the same days: in award notices they are one registered project without exception. */
  samePlan: 5,
  /** Names that are short, or made of words that half of all projects are made of (雨污分流改造), agree by chance. */
  shortName: -3,
  commonWords: -5,
  fewOwnWords: -3,
  sameOwner: 3,
  otherOwner: -3,
  sameCounty: 1,
  otherCounty: -7,
  sameRoute: 3,
  otherRoute: -8,
  samePhase: 2,
  otherPhase: -2.5,
  otherYear: -9,
  otherNumber: -12,
  /** What is awarded a year before its approval, or three years after anything else of the project, is another project of the same name. */
  otherTime: -6,
  /** A continued work 续建 is put out anew under a number of its own. */
  followOn: -12,
  /** 某项目周边停车场 is a part of 某项目 where one owner builds both, and else stands beside it. */
  beside: -4,
  sameContractor: 2,
  sameSum: 6,
} as const

export type Comparison = Exclude<keyof typeof projectWeights, 'version'>

/**
 * Less than this joins nobody. Two records that share a block are of two projects far more often than of one, the more so the more records there
 * are: what speaks for one project by less than two bits is no evidence.
 */
export const joinsFrom = 2

/** Is told each comparison that decided something; gives its weight. */
export type Add = (comparison: Comparison, left: Said, right: Said) => number

/** A value compared; put into words only where somebody reads them. */
export type Said = string | bigint | readonly string[] | null

/** The weight alone, for whoever asks nothing more: grouping compares far more pairs than anybody looks at. */
export const weightOf: Add = (comparison) => projectWeights[comparison]
