/** A thread of the stand-alone `link`: builds its own register from the file, then answers batches of parties in turn. */
import { parentPort, workerData } from 'node:worker_threads'
import { isHubError } from '../../kernel/errors.ts'
import { type PartyCells, partyLines } from './link-lines.ts'
import { readTaxpayers } from './taxpayers-file.ts'

export interface LinkBatch {
  readonly number: number
  readonly parties: readonly PartyCells[]
}

export type LinkReply =
  | { readonly kind: 'ready'; readonly taxpayers: number }
  | {
      readonly kind: 'lines'
      readonly number: number
      readonly text: string
      readonly links: number
      readonly reviews: number
    }
  | { readonly kind: 'failed'; readonly code: string; readonly zh: string; readonly en: string }

const port = parentPort
const reply = (message: LinkReply): void => port?.postMessage(message)

const serve = async (): Promise<void> => {
  const taxpayers = await readTaxpayers((workerData as { taxpayers: string }).taxpayers)
  port?.on('message', (batch: LinkBatch) => {
    let text = ''
    let links = 0
    let reviews = 0
    for (const cells of batch.parties) {
      const lines = partyLines(taxpayers, cells)
      text += lines.text
      links += lines.links
      reviews += lines.reviews
    }
    reply({ kind: 'lines', number: batch.number, text, links, reviews })
  })
  reply({ kind: 'ready', taxpayers: taxpayers.size })
}

serve().catch((error: unknown) => {
  if (!isHubError(error)) throw error
  reply({ kind: 'failed', code: error.code, ...error.publicMessage })
  port?.close()
})
