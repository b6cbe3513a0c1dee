/** Departments that answer over HTTP, by the id under which they are mounted, one line each. */
import type { Routes } from '../source.ts'
import { commerceRoutes } from './commerce-routes.ts'
import { developmentRoutes } from './development-routes.ts'
import { securityRoutes } from './security-routes.ts'
import { transportRoutes } from './transport-routes.ts'
import { waterRoutes } from './water-routes.ts'

export const routes: Routes = {
  commerce: commerceRoutes,
  development: developmentRoutes,
  transport: transportRoutes,
  water: waterRoutes,
  security: securityRoutes,
}
