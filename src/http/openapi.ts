/** The OpenAPI 3.1 document, made from the route table. */
import {
  type OpenAPIObject,
  OpenApiBuilder,
  type OperationObject,
  type ParameterObject,
  type ResponseObject,
  type SchemaObject,
} from 'openapi3-ts/oas31'
import { z } from 'zod'
import { Problem } from '#schemas/api/problem.ts'
import { type ProblemCode, problemKind, problemKinds } from './codes.ts'
import type { Route } from './route.ts'

export const apiVersion = '1.0.0'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** zod as JSON Schema 2020-12. Money is bigint inside and decimal text outside. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): SchemaObject => {
  const json = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    reused: 'inline',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' })
    },
  })
  const { $schema: _dialect, '~standard': _standard, ...rest } = json as JsonSchema & Record<string, unknown>
  return rest as SchemaObject
}

const parametersOf = (schema: z.ZodType | undefined, place: 'path' | 'query' | 'header'): ParameterObject[] => {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, SchemaObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: own as SchemaObject,
  }))
}

/** The codes a route can answer with: its own, and those that come before and around every handler. */
export const problemsOf = (route: Route): ProblemCode[] => {
  const codes: ProblemCode[] = [...(route.problems ?? []), 'http.internal', 'http.unavailable', 'http.timeout']
  if (route.roles !== null) codes.push('http.unauthenticated', 'http.forbidden', 'http.too_many_requests')
  if (route.params || route.query || route.body) codes.push('http.bad_input')
  if (route.body) codes.push('http.not_json', 'http.bad_json', 'http.too_large', 'http.cross_site')
  return [...new Set(codes)].sort()
}

const problemResponses = (route: Route): Record<string, ResponseObject> => {
  const byStatus = Map.groupBy(problemsOf(route), (code) => problemKind(code).status)
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\` ${problemKind(code).zh} / ${problemKind(code).en}`).join('；'),
          content: {
            'application/problem+json': {
              schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ]),
  )
}

const headersOf = (route: Route): ResponseObject['headers'] => ({
  'X-Request-Id': { schema: { type: 'string' } },
  ...(route.method === 'get' ? { ETag: { schema: { type: 'string' } } } : {}),
  ...(route.roles === null
    ? {}
    : { RateLimit: { schema: { type: 'string' } }, 'RateLimit-Policy': { schema: { type: 'string' } } }),
})

const operationOf = (route: Route): OperationObject => ({
  operationId: route.id,
  tags: [route.tag],
  summary: route.summary.zh,
  description: route.summary.en,
  parameters: [
    ...parametersOf(route.params, 'path'),
    ...parametersOf(route.query, 'query'),
    ...parametersOf(route.headers, 'header'),
  ],
  ...(route.body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input') } } } }),
  ...(route.consumes === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: Object.fromEntries(
            route.consumes.map((type) => [
              type,
              {
                schema:
                  type === 'application/json' ? { type: 'array' as const, items: { type: 'object' as const } } : {},
              },
            ]),
          ),
        },
      }),
  responses: {
    [String(route.status ?? 200)]: {
      description: route.summary.zh,
      headers: headersOf(route) ?? {},
      ...(route.answer === undefined
        ? {}
        : { content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } }),
    },
    ...(route.method === 'get' && route.roles !== null ? { '304': { description: '未变化 / not modified' } } : {}),
    ...Object.fromEntries(
      Object.entries(route.otherStatus ?? {}).map(([status, { zh, en }]) => [
        status,
        {
          description: `${zh} / ${en}`,
          ...(route.answer === undefined
            ? {}
            : { content: { 'application/json': { schema: schemaOf(route.answer, 'output') } } }),
        },
      ]),
    ),
    ...problemResponses(route),
  },
  security: route.roles === null ? [] : [{ bearer: [] }, { session: [] }],
  ...(route.roles === null ? {} : { 'x-roles': [...route.roles] }),
})

/** The whole document. Same table, same bytes. */
export const buildOpenApi = (routes: readonly Route[]): OpenAPIObject => {
  const builder = OpenApiBuilder.create()
    .addOpenApiVersion('3.1.0')
    .addInfo({
      title: '经纬 Jingwei API',
      version: apiVersion,
      description:
        '金额以分计，为十进制整数文本，字段名以 Fen 结尾。日期为 Asia/Shanghai。错误为 RFC 9457，以 code 为准。分页用 nextCursor。',
    })
    .addServer({ url: '/' })
    .addSecurityScheme('bearer', { type: 'http', scheme: 'bearer' })
    .addSecurityScheme('session', { type: 'apiKey', in: 'cookie', name: 'jingwei_session' })
    .addSchema('Problem', schemaOf(Problem, 'output'))
    .addSchema('ProblemCode', { type: 'string', enum: Object.keys(problemKinds).sort() })
  for (const [path, own] of Map.groupBy(routes, (route) => route.path)) {
    builder.addPath(path, Object.fromEntries(own.map((route) => [route.method, operationOf(route)])))
  }
  return builder.getSpec()
}
