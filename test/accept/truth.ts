/** `truth`: everything a simulated town says, imported and compared with what is really so. */
import { importEverything, notGreen, simulate } from '../support/simulated.ts'
import { type GroupingFigures, measureGrouping, type TieScore } from './grouping-truth.ts'
import {
  figuresOf,
  type JudgedMention,
  type LinkFigures,
  linksByFeed,
  measureInvoiceLinks,
  measureLinks,
} from './link-truth.ts'
import { type AcceptanceRun, expectThat, say, shareText } from './run.ts'
import { openScratch, type Scratch } from './scratch.ts'

export const bars = {
  groupingRecall: 0.95,
  groupingPrecision: 0.98,
  linkRecall: 0.92,
  linkPrecision: 0.99,
} as const

const tieLine = (name: string, t: TieScore): string =>
  `     ${name}: recall ${shareText(t.recall)} precision ${shareText(t.precision)} (${t.right} right of ${t.tied} tied, ${t.expected} belong to a project${[...t.untied].map(([reason, n]) => `; ${n} ${reason}`).join('')})`

const sayGrouping = (g: GroupingFigures): boolean => {
  const { records: r } = g
  say(`     projects: ${g.foundProjects} found, ${g.trueProjects} true; ${g.unplaced} records in none`)
  say(`     pairs of project records: ${r.rightPairs} right of ${r.foundPairs} found, ${r.truePairs} true`)
  for (const [feed, score] of g.recordsByFeed)
    say(
      `     ${feed}: pairs recall ${shareText(score.recall)} precision ${shareText(score.precision)} (${score.rightPairs} right of ${score.foundPairs} found, ${score.truePairs} true)`,
    )
  for (const [feed, score] of g.tiesByFeed) say(tieLine(feed, score))
  return [
    expectThat(r.recall >= bars.groupingRecall, `grouping recall ${shareText(r.recall)} ≥ ${bars.groupingRecall}`),
    expectThat(
      r.precision >= bars.groupingPrecision,
      `grouping precision ${shareText(r.precision)} ≥ ${bars.groupingPrecision}`,
    ),
  ].every(Boolean)
}

const kindOf = (j: JudgedMention): string =>
  `${j.verdict}  ${j.dirt}  ${j.found?.hasCode ? 'coded' : 'bare'}  ${j.found?.reason ?? 'not read'}`

const sayErrors = (judged: readonly JudgedMention[]): void => {
  const errors = judged.filter((j) => !['right', 'rightlyUnlinked'].includes(j.verdict))
  const kinds = [...Map.groupBy(errors, kindOf)].sort((a, b) => b[1].length - a[1].length)
  for (const [kind, all] of kinds.slice(0, 15))
    say(
      `     ${String(all.length).padStart(5)}  ${kind}   e.g. ${all[0]!.truth.memberRaw} (${all[0]!.trueName ?? 'not in the register'})`,
    )
  if (kinds.length > 15) say(`     … and ${kinds.length - 15} rarer kinds`)
}

const yuan = (fen: bigint | null | undefined): string =>
  fen === null || fen === undefined ? 'no amount' : `${(Number(fen) / 100).toFixed(2)} 元`

const sayWorst = (judged: readonly JudgedMention[]): void => {
  const worst = judged
    .filter((j) => j.verdict === 'wrong')
    .sort((a, b) => Number((b.found?.amountFen ?? 0n) - (a.found?.amountFen ?? 0n)))
  for (const j of worst.slice(0, 10))
    say(
      `     wrong: ${j.truth.memberRaw} → ${j.found?.linkedName} (${j.found?.score.toFixed(3)}, ${j.found?.reason}); truly ${j.trueName ?? 'not in the register'}; ${yuan(j.found?.amountFen)} in ${j.truth.feed}`,
    )
}

const sayLinks = (name: string, l: LinkFigures): void => {
  say(
    `     ${name}: ${l.mentions} mentions, ${l.linkable} of registered parties, ${l.linked} linked, ${l.right} rightly, ${l.wrong} wrongly`,
  )
  sayErrors(l.judged)
  sayWorst(l.judged)
}

const oneSeed = async (
  scratch: Scratch,
  size: Parameters<AcceptanceRun>[0]['size'],
  seed: number,
): Promise<boolean> => {
  const departments = await simulate({ size, seed })
  const hub = await departments.hub(await scratch.database())
  try {
    say(`seed ${seed}`)
    const reports = await importEverything(hub)
    const isGreen = expectThat(notGreen(reports).length === 0, `every import is green ${notGreen(reports).join('; ')}`)
    const { world } = departments.simulator
    const grouped = sayGrouping(await measureGrouping(hub.db, world))
    const ofRecords = await measureLinks(hub.db, world)
    const ofInvoices = await measureInvoiceLinks(hub.db, world)
    for (const [feed, figures] of [...linksByFeed(ofRecords), ...linksByFeed(ofInvoices)])
      say(
        `     ${feed}: link recall ${shareText(figures.recall)} precision ${shareText(figures.precision)} of ${figures.mentions} mentions`,
      )
    sayLinks('parties of records', ofRecords)
    sayLinks('sellers and buyers of works invoices', ofInvoices)
    const links = figuresOf([...ofRecords.judged, ...ofInvoices.judged])
    const linked = [
      expectThat(links.recall >= bars.linkRecall, `link recall ${shareText(links.recall)} ≥ ${bars.linkRecall}`),
      expectThat(
        links.precision >= bars.linkPrecision,
        `link precision ${shareText(links.precision)} ≥ ${bars.linkPrecision}`,
      ),
    ].every(Boolean)
    return isGreen && grouped && linked
  } finally {
    await hub.close()
    await departments.close()
  }
}

export const truth: AcceptanceRun = async ({ seeds, size }) => {
  const scratch = await openScratch()
  try {
    let isMet = true
    for (const seed of seeds) isMet = (await oneSeed(scratch, size, seed)) && isMet
    return isMet
  } finally {
    await scratch.close()
  }
}
