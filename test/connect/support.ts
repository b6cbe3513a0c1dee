/** Departments without a network: answers by function, and the requests they were given. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Page, Pager, PullRequest, RawRow, SourceAccess } from '../../src/connect/feed.ts'
import type { HttpAnswer, HttpClient, HttpRequest } from '../../src/connect/http.ts'

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

export const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A client that hands each request to `answer`; a body that is neither text nor bytes goes as JSON. */
export const fakeHttp = (
  answer: (request: HttpRequest, n: number) => Answer,
): HttpClient & { readonly asked: HttpRequest[] } => {
  const asked: HttpRequest[] = []
  return {
    asked,
    troubles: () => [],
    send: async (request, read) => {
      asked.push(request)
      const { status = 200, headers = {}, body } = answer(request, asked.length)
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      const given: HttpAnswer = {
        status,
        headers: new Headers(headers),
        bytes,
        text: bytes.toString('utf8'),
        source: request.path,
      }
      return read(given)
    },
    close: async () => {},
  }
}

export const accessTo = (
  http: HttpClient,
  folder: string | null = null,
  at = '2024-06-01T04:00:00Z',
): SourceAccess => ({
  http,
  baseUrl: 'http://department.test',
  folder,
  now: () => new Date(at),
})

export const requestOf = (part: Partial<PullRequest> = {}): PullRequest => ({
  resume: null,
  since: null,
  signal: new AbortController().signal,
  rowsPerPage: 3,
  ...part,
})

/** All pages, each `next` sent through JSON as the checkpoint is. */
export const pagesOf = async (pager: Pager, access: SourceAccess, request = requestOf()): Promise<Page[]> => {
  const pages: Page[] = []
  for await (const page of pager(access, request)) pages.push({ ...page, next: JSON.parse(JSON.stringify(page.next)) })
  return pages
}

export const textsOf = (pages: readonly Page[]): string[] => pages.flatMap((page) => page.rows.map((row) => row.text))

export const codeOfError = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
  return 'no error'
}

export const gathered = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

export const rowsOf = async (groups: AsyncIterable<RawRow[]>): Promise<RawRow[]> => (await gathered(groups)).flat()

export const scratchFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'jingwei-connect-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return folder
}
