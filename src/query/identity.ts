import { z } from 'zod'
import type { Queryable } from '../db/transaction.ts'
import { statement } from './statement.ts'

const Row = z.object({ project_id: z.bigint() })
const visible = statement<typeof Row, [bigint]>(
  'project_visible',
  'SELECT project_id FROM project_list WHERE project_id = $1 LIMIT 1',
  Row,
)

/** True where the actor of this connection sees the project. */
export const isProjectVisible = async (client: Queryable, id: bigint): Promise<boolean> =>
  (await visible(client, id)).length > 0
