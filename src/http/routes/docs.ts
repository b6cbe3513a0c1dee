import { docsPage } from '../../console/pages/docs.ts'
import { jsonText } from '../answer.ts'
import { buildOpenApi } from '../openapi.ts'
import { defineOpenRoute, page, Reply, type Route } from '../route.ts'

/** The document as the server itself sees its table. */
export const openapiJson = (documented: readonly Route[]): Route => {
  let text: string | null = null
  return defineOpenRoute({
    id: 'openapi',
    method: 'get',
    path: '/openapi.json',
    tag: 'docs',
    summary: { zh: '接口说明（OpenAPI 3.1）', en: 'OpenAPI 3.1' },
    contentType: 'application/json',
    handle: async () =>
      new Reply(
        200,
        { 'content-type': 'application/json; charset=utf-8' },
        (text ??= jsonText(buildOpenApi(documented))),
      ),
  })
}

/** The same for people: one page, nothing fetched from elsewhere. */
export const docs = (documented: readonly Route[]): Route =>
  defineOpenRoute({
    id: 'docs',
    method: 'get',
    path: '/docs',
    tag: 'docs',
    summary: { zh: '接口说明', en: 'API reference' },
    contentType: 'text/html',
    handle: async () => page(docsPage(documented)),
  })
