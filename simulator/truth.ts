/** What is really so: which records are of one project, and who is meant by each name. Only tests and measurements ask; the hub never does. */
import type { Said } from './departments/say.ts'
import { say } from './departments/say.ts'
import { sources } from './departments/sources.ts'
import { invoiceKey, sayInvoice } from './departments/tax.ts'
import type { SaidRecord, Source } from './source.ts'
import { type DatasetId, type FeedId, projectFeeds } from './world/entries.ts'
import type { Invoice } from './world/invoices.ts'
import type { World } from './world/world.ts'

export interface RecordRef {
  readonly feed: FeedId
  readonly key: readonly string[]
  /** Invoices only: 1 contractor → owner, 2 subcontractor → contractor. */
  readonly tier?: 1 | 2
}

export interface TrueProject {
  readonly projectId: string
  readonly name: string
  readonly kind: string
  readonly county: string
  readonly records: readonly RecordRef[]
}

export interface TrueParty {
  readonly feed: FeedId
  readonly key: readonly string[]
  readonly role: string
  /** Place in the 联合体, 0 for the leader and for everyone alone. */
  readonly memberIndex: number
  /** The whole field. */
  readonly raw: string
  /** The member's own part of it. */
  readonly memberRaw: string
  /** 登记序号; null: not in the city's register. */
  readonly djxh: string | null
}

/** A 数电票 has no code, so its number stands alone. */
export const invoiceRecordKey = (world: World, invoice: Invoice): readonly string[] => {
  const { code, number } = invoiceKey(world, invoice.ordinal, invoice.day, invoice.special, invoice.seller.province)
  return code === '' ? [number] : [code, number]
}

/** Every project with its records as they are visible today; projects without a visible record are left out. */
export function* trueProjects(world: World): Generator<TrueProject> {
  const seen = new Map<number, RecordRef[]>()
  for (const feed of projectFeeds) {
    for (const { entry } of world.list(feed)) {
      const list = seen.get(entry.project.number) ?? []
      list.push({ feed, key: entry.key })
      seen.set(entry.project.number, list)
    }
  }
  for (const source of sources) {
    for (const { key, project } of saidRecords(world, source)) {
      if (project === null) continue
      const list = seen.get(project.number) ?? []
      list.push({ feed: source.feed, key })
      seen.set(project.number, list)
    }
  }
  for (const project of world.projects) {
    const records = [...(seen.get(project.number) ?? [])]
    for (const invoice of world.worksInvoices(project)) {
      records.push({ feed: 'tax.invoices', key: invoiceRecordKey(world, invoice), tier: invoice.work?.tier ?? 1 })
    }
    if (records.length === 0) continue
    yield { projectId: project.id, name: project.fullName, kind: project.kind, county: project.county.code, records }
  }
}

/** The records of a dataset as they stand today, with what they say and whose they are. */
export function* saidRecords(world: World, source: Source): Generator<SaidRecord> {
  if (source.kind === 'streamed') {
    yield* source.records(world, null)
    return
  }
  for (const { entry, updatedAt } of world.list(source.feed as DatasetId))
    yield { key: entry.key, project: entry.project, ...source.say(world, entry, updatedAt) }
}

/** Every mention of an organisation in the records that are visible today; `only` narrows to one feed. */
export function* trueParties(world: World, only: FeedId | null): Generator<TrueParty> {
  for (const feed of projectFeeds) {
    if (only !== null && only !== feed) continue
    for (const { entry, updatedAt } of world.list(feed))
      yield* flat(feed, entry.key, say(world, entry, updatedAt).mentions)
  }
  for (const source of sources) {
    if (only !== null && only !== source.feed) continue
    for (const { key, mentions } of saidRecords(world, source)) yield* flat(source.feed, key, mentions)
  }
  if (only === null || only === 'tax.taxpayers') {
    for (const party of world.taxpayers(null)) {
      const member = { raw: party.name, party }
      yield* flat(
        'tax.taxpayers',
        [party.registration ?? ''],
        [{ role: 'taxpayer', raw: party.name, members: [member] }],
      )
    }
  }
  if (only === null || only === 'tax.invoices') {
    for (const invoice of world.invoices(null))
      yield* flat('tax.invoices', invoiceRecordKey(world, invoice), sayInvoice(world, invoice).mentions)
  }
}

function* flat(feed: FeedId, key: readonly string[], mentions: Said['mentions']): Generator<TrueParty> {
  for (const { role, raw, members } of mentions) {
    for (const [memberIndex, member] of members.entries()) {
      yield { feed, key, role, memberIndex, raw, memberRaw: member.raw, djxh: member.party?.registration ?? null }
    }
  }
}

/** Sizes of the world as it is today. */
export const trueStats = (world: World): Record<string, unknown> => ({
  ...world.options,
  clock: world.today,
  projects: world.projects.length,
  ...Object.fromEntries(projectFeeds.map((feed) => [feed, world.list(feed).length])),
  ...Object.fromEntries(sources.map((source) => [source.feed, countOf(saidRecords(world, source))])),
  'tax.taxpayers': countOf(world.taxpayers(null)),
  'tax.invoices': world.counts.invoices,
  worksInvoices: world.counts.worksInvoices,
})

const countOf = (items: Iterable<unknown>): number => {
  let count = 0
  for (const _ of items) count++
  return count
}
