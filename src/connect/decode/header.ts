/** Which column is which field: by the feed's headers, by the Chinese name of the field, or by the field's own name. */
import { connectError, decodeCodes } from '../errors.ts'
import type { AnyFeed } from '../feed.ts'
import { fieldsOf, keyFields } from '../feed-shape.ts'

export interface Header {
  /** Field of each column; an unknown column keeps its own name, so that drift reports it by name. */
  readonly fields: readonly string[]
  readonly unknown: readonly string[]
  /** Fields of the feed that have no column. */
  readonly missing: readonly string[]
}

/** Where a header stood, for the person who has to mend it. */
export interface HeaderPlace {
  readonly source: string
  readonly row: number
  readonly sheet?: string
}

const fold = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff"'*：:]/g, '')
    .replace(/[（【[]/g, '(')
    .replace(/[）】\]]/g, ')')
    .toLowerCase()

const withoutUnit = (name: string): string => name.replace(/\((?:万元|元|%|kwh|日期|必填)\)$/, '')

const namesByFeed = new WeakMap<AnyFeed, ReadonlyMap<string, string>>()

/** Every name of a feed's fields, folded. Made once: a push of one record costs less than that. */
const namesOf = (feed: AnyFeed): ReadonlyMap<string, string> => {
  const made = namesByFeed.get(feed) ?? foldedNames(feed)
  namesByFeed.set(feed, made)
  return made
}

const foldedNames = (feed: AnyFeed): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const [field, title] of fieldsOf(feed)) {
    names.set(fold(field), field)
    if (title === '') continue
    names.set(fold(title), field)
    // The unit is the feed's own; a column that states another unit is another column.
    names.set(withoutUnit(fold(title)), field)
  }
  for (const [header, field] of Object.entries(feed.headers ?? {})) names.set(fold(header), field)
  return names
}

/** The names a record of JSON may use for its fields, where they differ from the fields' own. */
export const memberNames = (feed: AnyFeed, members: readonly string[]): ReadonlyMap<string, string> => {
  const names = namesOf(feed)
  const known = fieldsOf(feed)
  return new Map(
    members.flatMap((member) =>
      known.has(member) || !names.has(fold(member)) ? [] : [[member, names.get(fold(member)) ?? member] as const],
    ),
  )
}

const placeText = (place: HeaderPlace): string =>
  `${place.source}${place.sheet === undefined ? '' : ` [${place.sheet}]`}:${place.row}`

/** True where a row of cells looks like the header of this feed: it has all the key columns. */
export const isHeader = (feed: AnyFeed, cells: readonly string[]): boolean => {
  const names = namesOf(feed)
  const found = new Set(cells.map((cell) => names.get(fold(cell))))
  return keyFields(feed).every((field) => found.has(field))
}

/**
 * Reads a header row. Throws `decode.key_column_missing` (with the columns expected and found, and the place) where a column
 * of the key is absent, `decode.header_repeated` where two columns are the same field.
 */
export const readHeader = (feed: AnyFeed, cells: readonly string[], place: HeaderPlace): Header => {
  const names = namesOf(feed)
  const columns = cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1)
  const fields = columns.map(
    (cell, i) => names.get(fold(cell)) ?? (cell.trim() === '' ? `column${i + 1}` : cell.trim()),
  )
  const titles = fieldsOf(feed)
  const found = new Set(fields)
  const missingKeys = keyFields(feed).filter((field) => !found.has(field))
  if (missingKeys.length > 0) {
    const expected = missingKeys.map((field) => (titles.get(field) ? `${field}（${titles.get(field)}）` : field))
    throw connectError(
      decodeCodes.keyColumnMissing,
      `${placeText(place)} 表头缺少主键列 ${expected.join('、')}；读到的列：${columns.slice(0, 30).join('、') || '无'}`,
      `${placeText(place)}: the header has no key column ${expected.join(', ')}; found: ${columns.slice(0, 30).join(', ') || 'none'}`,
      { context: { ...place, feed: feed.id, expected: missingKeys, found: columns.slice(0, 100) } },
    )
  }
  const repeated = fields.find((field, i) => fields.indexOf(field) !== i)
  if (repeated !== undefined) {
    throw connectError(
      decodeCodes.headerRepeated,
      `${placeText(place)} 表头中有两列都是 ${repeated}`,
      `${placeText(place)}: two columns are ${repeated}`,
      {
        context: { ...place, feed: feed.id, field: repeated },
      },
    )
  }
  return {
    fields,
    unknown: fields.filter((field) => !titles.has(field)),
    missing: [...titles.keys()].filter((field) => !found.has(field)),
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has to escape exactly these.
const special = /["\\\u0000-\u001f\ud800-\udfff]/

/** Makes the JSON text of a record of strings from cells in header order. */
export const recordWriter = (fields: readonly string[]): ((cells: readonly string[]) => string) => {
  const prefixes = fields.map((field, i) => `${i === 0 ? '{' : ','}${JSON.stringify(field)}:`)
  return (cells) => {
    let text = ''
    for (let i = 0; i < prefixes.length; i++) {
      const cell = cells[i] ?? ''
      text += prefixes[i] + (special.test(cell) ? JSON.stringify(cell) : `"${cell}"`)
    }
    return `${text}}`
  }
}
