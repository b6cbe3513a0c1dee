/** The console's pages, in the same kind of table as the API's routes: the same checks, the same sweep of roles. */
import type { Route } from '../../http/route.ts'
import { actPage, answerActForm, undoActForm } from './acts.ts'
import { figuresPage } from './figures.ts'
import { decideHoldForm, importPage, importsPage, startImportForm } from './imports.ts'
import { endAliasForm, judgeLink, linkPage, linksPage } from './links.ts'
import { projectPage } from './project.ts'
import { projectsPage } from './projects.ts'
import { qualityPage } from './quality.ts'
import { pairPage, regroupForm, regroupPage } from './regroup.ts'
import { excuseArrivalForm, schedulesPage } from './schedules.ts'
import { asset, home, login, loginPage, logout, me } from './session.ts'
import { taxpayerPage } from './taxpayer.ts'

export const pageRoutes: readonly Route[] = [
  home,
  me,
  loginPage,
  login,
  logout,
  asset,
  projectsPage,
  projectPage,
  taxpayerPage,
  linksPage,
  linkPage,
  judgeLink,
  endAliasForm,
  actPage,
  answerActForm,
  undoActForm,
  regroupPage,
  regroupForm,
  pairPage,
  figuresPage,
  importsPage,
  importPage,
  startImportForm,
  decideHoldForm,
  qualityPage,
  schedulesPage,
  excuseArrivalForm,
]
