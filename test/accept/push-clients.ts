/** Partners that never give up: they send a push until it is answered, whatever happens to the hub meanwhile. */
import { sleep } from '../../src/kernel/clock.ts'
import type { ReceiptJson } from '../push/world.ts'

export interface Push {
  readonly rows: readonly unknown[]
  readonly idempotencyKey: string | null
}

export interface Acknowledged {
  readonly receiptId: string
  readonly outcomes: string
}

const waitMs = 50
const attemptMs = 120_000

const receiptWords = ({ rows }: Pick<ReceiptJson, 'rows'>): string[] => rows.map((row) => row.outcome)

/** Sends one push until it has a receipt. Throws where the hub refuses it. */
export const pushUntilAnswered = async (
  urlOf: () => string,
  key: string,
  push: Push,
): Promise<{ acknowledged: Acknowledged; tries: number }> => {
  const body = push.rows.map((row) => JSON.stringify(row)).join('\n')
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${urlOf()}/v1/feeds/transport.measurements/records`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-ndjson',
        ...(push.idempotencyKey === null ? {} : { 'idempotency-key': push.idempotencyKey }),
      },
      body,
      signal: AbortSignal.timeout(attemptMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => null)
    if (answer !== null && answer.status < 300) {
      const receipt = JSON.parse(answer.text) as ReceiptJson
      return { acknowledged: { receiptId: receipt.receiptId, outcomes: receiptWords(receipt).join() }, tries }
    }
    // 409: the first try under this key is still at work; 429 and 5xx pass; the rest will not.
    if (answer !== null && answer.status < 500 && answer.status !== 409 && answer.status !== 429)
      throw new Error(`refused: ${answer.status} ${answer.text.slice(0, 500)}`)
    await sleep(waitMs)
  }
}

/** What a receipt says when it is read again; null where it is not there. */
export const readReceipt = async (url: string, key: string, receiptId: string): Promise<Acknowledged | null> => {
  const words: string[] = []
  for (let after: number | null = 0; after !== null; ) {
    const answer: Response = await fetch(`${url}/v1/receipts/${receiptId}?after=${after}&limit=5000`, {
      headers: { authorization: `Bearer ${key}` },
    })
    if (answer.status !== 200) return null
    const receipt = (await answer.json()) as ReceiptJson
    words.push(...receiptWords(receipt))
    after = receipt.nextAfter
  }
  return { receiptId, outcomes: words.join() }
}
