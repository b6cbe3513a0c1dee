import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openApiText } from '../../openapi/build.ts'
import { problemKinds } from '../../src/http/codes.ts'
import { problemsOf } from '../../src/http/openapi.ts'
import { documentedRoutes } from '../../src/http/routes/index.ts'

const file = new URL('../../openapi/openapi.json', import.meta.url)

test('openapi.json is what the route table says (npm run openapi writes it)', () => {
  if (process.env.GOLDEN === 'write') writeFileSync(file, openApiText())
  expect(readFileSync(file, 'utf8') === openApiText()).toBe(true)
})

test('operations have names of their own', () => {
  const ids = documentedRoutes.map((route) => route.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every code of a documented route is listed in the document', () => {
  const { components } = JSON.parse(openApiText()) as { components: { schemas: { ProblemCode: { enum: string[] } } } }
  expect(components.schemas.ProblemCode.enum).toEqual(Object.keys(problemKinds).sort())
  for (const route of documentedRoutes)
    for (const code of problemsOf(route)) expect(components.schemas.ProblemCode.enum).toContain(code)
})

test('no schema lets a field through unsaid: money is decimal text', () => {
  const text = openApiText()
  const document = JSON.parse(text) as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> }
  const found: string[] = []
  const walk = (node: unknown, name: string): void => {
    if (typeof node !== 'object' || node === null) return
    const { properties } = node as { properties?: Record<string, unknown> }
    for (const [field, schema] of Object.entries(properties ?? {})) {
      if (field.endsWith('Fen') && !JSON.stringify(schema).includes('"string"')) found.push(`${name}.${field}`)
    }
    for (const [key, inner] of Object.entries(node)) walk(inner, key)
  }
  walk(document.paths, 'paths')
  expect(found).toEqual([])
})
