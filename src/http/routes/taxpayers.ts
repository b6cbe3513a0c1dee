import { z } from 'zod'
import { TaxpayerId } from '#schemas/api/fields.ts'
import { TaxpayerAnswer, TaxpayerHits, TaxpayerSearch } from '#schemas/api/taxpayer.ts'
import { findTaxpayer, searchTaxpayers } from '../../query/taxpayers.ts'
import { taxStaff } from '../access.ts'
import { problemError } from '../problem.ts'
import { defineRoute } from '../route.ts'

export const taxpayer = defineRoute({
  id: 'getTaxpayer',
  method: 'get',
  path: '/v1/taxpayers/{taxpayerId}',
  tag: 'taxpayers',
  summary: { zh: '纳税人的登记，及其参与的项目', en: "A taxpayer's registrations and projects" },
  roles: taxStaff,
  params: z.object({ taxpayerId: TaxpayerId }),
  answer: TaxpayerAnswer,
  problems: ['http.not_found'],
  handle: async ({ read, actor, params }) => {
    const found = await read((client) => findTaxpayer(client, actor, params.taxpayerId))
    if (!found) throw problemError('http.not_found')
    return found
  },
})

/** In a body, never in a URL: a natural person's code is an identity number (domain.md 0.10). */
export const taxpayerSearch = defineRoute({
  id: 'searchTaxpayers',
  method: 'post',
  path: '/v1/taxpayers/search',
  tag: 'taxpayers',
  summary: { zh: '按代码或名称查找纳税人', en: 'Find taxpayers by code or name' },
  roles: taxStaff,
  body: TaxpayerSearch,
  answer: TaxpayerHits,
  auditDetail: ({ body, deps }) =>
    body.code === undefined ? { name: body.name } : { codeBlind: deps.blindIndex(body.code) },
  handle: ({ read, actor, body, deps }) => read((client) => searchTaxpayers(client, actor, body, deps.blindIndex)),
})
