/** `node openapi/build.ts --write` writes the document; without it, prints it. The golden test compares the file with the route table. */
import { writeFileSync } from 'node:fs'
import { buildOpenApi } from '../src/http/openapi.ts'
import { documentedRoutes } from '../src/http/routes/index.ts'
import { printResult } from '../src/kernel/log.ts'

export const openApiText = (): string => `${JSON.stringify(buildOpenApi(documentedRoutes), null, 2)}\n`

if (import.meta.main) {
  if (process.argv.includes('--write')) writeFileSync(new URL('openapi.json', import.meta.url), openApiText())
  else printResult(openApiText())
}
