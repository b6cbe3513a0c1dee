/** The API's route table. The order is the document's order. */
import type { Route } from '../route.ts'
import { act, acts, answer, endAlias, undo } from './acts.ts'
import { docs, openapiJson } from './docs.ts'
import { healthz, readyz } from './health.ts'
import { judgement, link, links } from './links.ts'
import {
  arrivals,
  decideHold,
  excuse,
  importRun,
  imports,
  messages,
  quality,
  quarantine,
  schedules,
  sources,
  startImport,
} from './operations.ts'
import { invoices, merge, neighbours, pair, position, project, projects, split, timeline } from './projects.ts'
import { pushRecords, receipt, withdrawRecord, zeroReport } from './push.ts'
import { whoami } from './session.ts'
import { byDepartment, byDivision, byMonth, byStage, grids } from './stats.ts'
import { taxpayer, taxpayerSearch } from './taxpayers.ts'

export { metricsRoute } from './health.ts'

/** Routes that the OpenAPI document describes. */
export const documentedRoutes: readonly Route[] = [
  whoami,
  pushRecords,
  receipt,
  withdrawRecord,
  zeroReport,
  projects,
  project,
  timeline,
  position,
  invoices,
  pair,
  neighbours,
  merge,
  split,
  taxpayerSearch,
  taxpayer,
  links,
  link,
  judgement,
  acts,
  act,
  answer,
  undo,
  endAlias,
  grids,
  byDivision,
  byStage,
  byDepartment,
  byMonth,
  imports,
  startImport,
  importRun,
  decideHold,
  sources,
  schedules,
  arrivals,
  excuse,
  messages,
  quarantine,
  quality,
  healthz,
  readyz,
]

export const apiRoutes: readonly Route[] = [...documentedRoutes, openapiJson(documentedRoutes), docs(documentedRoutes)]
