/**
 * The form that XML takes as JSON. A leaf is its text as it stands, an empty element "", `xsi:nil` null; an element with elements inside is an
 * object; repeated ones are a list. Attributes: `@name` inside an object, `leaf@name` beside a leaf (by position where the leaf repeats).
 * Text beside elements is `#text`. Prefixes of names are dropped.
 */
import { cellBytesMax, cellTooLarge } from './decode/text-blocks.ts'
import { connectCodes, connectError } from './errors.ts'

export interface XmlBody {
  /** The answer without its records; the root is a member by its name. */
  readonly envelope: unknown
  /** JSON text of each record in the order of the answer. */
  readonly rows: readonly string[]
}

export interface XmlRecords {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  readonly text: (text: string) => void
  readonly close: () => void
  readonly body: () => XmlBody
}

type Members = Record<string, unknown>

interface Element {
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly isNil: boolean
  /** Null until it is known to be no leaf. */
  members: Members | null
  text: string
}

const depthMax = 32
/** Without a prototype, so that an element may be called `__proto__` or `constructor`. */
const noMembers = (): Members => Object.create(null) as Members
const local = (name: string): string => name.slice(name.indexOf(':') + 1)

const elementOf = (rawName: string, attributes: Readonly<Record<string, string>>): Element => {
  const kept = Object.entries(attributes).filter(([name]) => !/^xmlns(?::|$)/.test(name) && !/:nil$/.test(name))
  const isNil = Object.entries(attributes).some(([name, value]) => /:nil$/.test(name) && /^(?:true|1)$/.test(value))
  return {
    name: local(rawName),
    attributes: kept.map(([name, value]) => [local(name), value] as const),
    isNil,
    members: null,
    text: '',
  }
}

/** Adds an occurrence; gives how many there were before. */
const add = (members: Members, name: string, value: unknown, times: Map<string, number>): number => {
  const before = times.get(name) ?? 0
  times.set(name, before + 1)
  if (before === 0) members[name] = value
  else if (before === 1) members[name] = [members[name], value]
  else (members[name] as unknown[]).push(value)
  return before
}

const objectOf = (element: Element): Members => {
  const members = element.members ?? noMembers()
  for (const [name, value] of element.attributes) members[`@${name}`] = value
  if (element.text.trim() !== '') members['#text'] = element.text
  return members
}

const addLeafAttributes = (members: Members, leaf: Element, position: number): void => {
  for (const [name, value] of leaf.attributes) {
    const key = `${leaf.name}@${name}`
    if (position === 0) {
      members[key] = value
      continue
    }
    const held = members[key]
    const list: unknown[] = Array.isArray(held) ? held : held === undefined ? [] : [held]
    while (list.length < position) list.push(null)
    members[key] = [...list, value]
  }
}

/** Takes the events of a parser and builds the records that stand at `rows`, a path of element names from the root on. */
export const createXmlRecords = (rows: readonly string[]): XmlRecords => {
  const texts: string[] = []
  const document: Element = { name: '', attributes: [], isNil: false, members: noMembers(), text: '' }
  const open: Element[] = [document]
  const counts: Map<string, number>[] = [new Map()]
  const isOnPath = (): boolean =>
    open.length - 1 <= rows.length && open.every((element, i) => i === 0 || element.name === rows[i - 1])

  const closeElement = (): void => {
    const isRow = open.length - 1 === rows.length && isOnPath()
    const isContainer = isOnPath()
    const element = open.pop() as Element
    counts.pop()
    if (isRow) {
      texts.push(JSON.stringify(objectOf(element)))
      return
    }
    const parent = open[open.length - 1] as Element
    const times = counts[counts.length - 1] as Map<string, number>
    parent.members ??= noMembers()
    // The way to the records stays an object when there are none, so that its counts are found at one place.
    if (isContainer || element.members !== null) add(parent.members, element.name, objectOf(element), times)
    else
      addLeafAttributes(
        parent.members,
        element,
        add(parent.members, element.name, element.isNil ? null : element.text, times),
      )
  }

  return {
    open: (name, attributes) => {
      if (open.length > depthMax) {
        throw connectError(connectCodes.answerUnreadable, 'XML 嵌套过深', `the XML is nested deeper than ${depthMax}`)
      }
      open.push(elementOf(name, attributes))
      counts.push(new Map())
    },
    text: (text) => {
      const element = open[open.length - 1] as Element
      element.text += text
      if (element.text.length > cellBytesMax) throw cellTooLarge(element.name)
    },
    close: closeElement,
    body: () => ({ envelope: document.members, rows: texts }),
  }
}
