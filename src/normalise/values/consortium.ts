/**
 * 联合体: which organisations one cell names. It is split outside brackets only, and only where every part ends like an
 * organisation, so that a comma inside a name never makes two companies of one (domain.md 2).
 */
import { foldName } from './fold-name.ts'

export interface ConsortiumPart {
  /** The text exactly as it stood, this member's part only. */
  readonly raw: string
  readonly name: string
  /** The first is the leader where none is named so. Null where it stands alone. */
  readonly consortium: 'leader' | 'member' | null
}

const organisationEnd =
  /(?:公司|集团|局|院|所|中心|厂|社|处|站|队|部|会|会议|大学|学院|学校|医院|银行|支行|分行|政府|企业|商行|店|场|馆|园|室|办公室|办|工作室|基地|联盟|协会|（(?:有限合伙|普通合伙|特殊普通合伙|集团|个体工商户)）|(?:Co\.?,?|Ltd\.?|Inc\.?|LLC|GmbH)\.?)(?:（[^（）]*）)*$/u
const separators = /[、/;；,，+&＆＋／\n\r|]/u
const opening = /[(（[【〔［{]/u
const closing = /[)）\]】〕］}]/u
const leaderLabel = /(?:联合体)?(?:牵头|主办|主体|牵头主办)(?:人|方|单位|公司|企业)?(?:名称)?/u
const labelled =
  /(?:联合体)?(?:牵头|主办|成员|参与)(?:人|方|单位|公司|企业)?(?:名称)?(?:[一二三四五六七八九十\d]{1,2})?\s*[:：]/gu
const prefix =
  /^\s*(?:[(（【](?:主|成|联|(?:联合体)?(?:牵头|主办|成员)(?:人|方|单位|公司)?|联合体)[)）】]|联合体\s*[:：]?|(?:联合体)?(?:牵头|主办|成员|参与)(?:人|方|单位|公司|企业)?(?:名称)?(?:[一二三四五六七八九十\d]{1,2})?\s*[:：]|[(（]?[1-9一二三四五六][)）.．]\s*)/u
const roleBracket = /[(（[【](?:[^()（）[\]【】]*(?:牵头|主办|联合体|成员|参与方)[^()（）[\]【】]*|主|联)[)）\]】]\s*$/u
/** `1、`, `(2)`, `3.` before a Chinese name. */
const enumerator = /(^|[\s;；,，、])(?:[(（]\d{1,2}[)）]\s*[、.．]?|\d{1,2}\s*[、.．])\s*(?=[\u4e00-\u9fff])/gu
const trailingWord = /\s*(?:组成的?)?(?:的)?联合体\s*$/u

interface Piece {
  readonly raw: string
  readonly isLeader: boolean
  readonly isMember: boolean
}

/** Splits outside brackets; `和`, `与`, `及` split only where the text says 联合体. */
const splitOutside = (text: string, pattern: RegExp): string[] => {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (opening.test(c)) depth++
    else if (closing.test(c)) depth = Math.max(0, depth - 1)
    else if (depth === 0 && pattern.test(c)) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

/** Takes role labels and brackets off one part and remembers what they said. */
const peel = (part: string): Piece => {
  let raw = part.trim()
  let isLeader = false
  let isMember = false
  for (let previous = ''; previous !== raw; ) {
    previous = raw
    const said = (prefix.exec(raw)?.[0] ?? '') + (roleBracket.exec(raw)?.[0] ?? '')
    if (/牵头|主办|[(（]主[)）]/u.test(said)) isLeader = true
    else if (/成员|参与|[(（][联成][)）]/u.test(said)) isMember = true
    raw = raw.replace(prefix, '').replace(roleBracket, '').replace(trailingWord, '').trim()
  }
  return { raw, isLeader, isMember }
}

const isOrganisation = (raw: string): boolean => organisationEnd.test(foldName(raw))

const isOutside = (text: string, at: number): boolean => {
  let depth = 0
  for (const c of text.slice(0, at))
    depth = opening.test(c) ? depth + 1 : closing.test(c) ? Math.max(0, depth - 1) : depth
  return depth === 0
}

/** A label or a number before a name starts a part even where no separator stands between (`牵头人:甲 成员:乙`, `1、甲 2、乙`). */
const markLabels = (raw: string): string => {
  const text = raw.replace(enumerator, (mark, before: string, at: number) =>
    isOutside(raw, at) ? `${before}\n` : mark,
  )
  return text.replace(labelled, (label, at: number) => (at === 0 || !isOutside(text, at) ? label : `\n${label}`))
}

const pieces = (raw: string): Piece[] => {
  const inner = /^\s*(?:联合体\s*[(（]|[(（]联合体\s*[:：])(.+)[)）]\s*$/u.exec(raw)?.[1] ?? raw
  const marked = markLabels(inner)
  const parts = splitOutside(marked, separators)
    .map(peel)
    .filter((piece) => piece.raw !== '' && !/^\d+[.)]?$/.test(piece.raw))
  if (parts.length !== 1 || !raw.includes('联合体')) return parts
  const conjoined = splitOutside(marked, /[与和及]/u).map(peel)
  return conjoined.length > 1 && conjoined.every((piece) => isOrganisation(piece.raw)) ? conjoined : parts
}

const conjoinedInside = (piece: Piece, saysConsortium: boolean): Piece[] => {
  if (!saysConsortium) return [piece]
  const halves = splitOutside(piece.raw, /[与和及]/u).map(peel)
  return halves.length > 1 && halves.every((half) => isOrganisation(half.raw))
    ? halves.map((half, i) => ({ ...half, isLeader: half.isLeader || (i === 0 && piece.isLeader) }))
    : [piece]
}

const alone = (raw: string): ConsortiumPart[] => {
  const { raw: rest } = peel(raw)
  const text = rest === '' ? raw.trim() : rest
  return [{ raw: text, name: foldName(text), consortium: null }]
}

/**
 * The members that a cell names: `甲公司（牵头人）、乙公司（联合体成员）`, `牵头人:甲 成员:乙`, `甲与乙联合体`.
 * A cell that cannot be split with certainty is one name.
 */
export const splitConsortium = (raw: string): ConsortiumPart[] => {
  if (!separators.test(raw) && !raw.includes('联合体') && !/牵头|主办|成员/u.test(raw)) {
    return [{ raw: raw.trim(), name: foldName(raw), consortium: null }]
  }
  const saysConsortium = raw.includes('联合体') || leaderLabel.test(raw)
  const found = pieces(raw).flatMap((piece) => conjoinedInside(piece, saysConsortium))
  const unique = new Map<string, Piece>()
  for (const piece of found) {
    const name = foldName(piece.raw)
    const known = unique.get(name)
    unique.set(name, known ? { ...known, isLeader: known.isLeader || piece.isLeader } : piece)
  }
  const members = [...unique]
  if (members.length < 2 || !members.every(([, piece]) => isOrganisation(piece.raw))) {
    return members.length === 1 && members[0]
      ? [{ raw: members[0][1].raw, name: members[0][0], consortium: null }]
      : alone(raw)
  }
  const named = members.findIndex(([, piece]) => piece.isLeader)
  const leader =
    named >= 0
      ? named
      : Math.max(
          0,
          members.findIndex(([, piece]) => !piece.isMember),
        )
  return members.map(([name, piece], i) => ({ raw: piece.raw, name, consortium: i === leader ? 'leader' : 'member' }))
}
