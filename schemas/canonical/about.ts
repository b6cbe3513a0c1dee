/** How a record that is no project record itself says which project it speaks of. The link stage ties it; see `src/link/stage/ties.ts`. */
import { z } from 'zod'
import { Identifier } from './reading.ts'

/** Another record of the hub, named by its feed and raw key: how a measurement says which section it measures. */
export const RecordRef = z.object({ feed: z.string(), key: z.array(z.string()) })
export type RecordRef = z.infer<typeof RecordRef>

/** The department's own number of a project, shared by the records it keeps of it (`transport` · `JT2019-0312`). */
export const SourceProject = z.object({ scheme: z.string(), value: z.string() })
export type SourceProject = z.infer<typeof SourceProject>

/** What a record says of the project it belongs to; every part may be missing, all missing says that it speaks of none. */
export const About = z.object({
  /** A record whose project it shares: the account of a meter reading, the permit of a completion. */
  record: RecordRef.nullable(),
  projectCode: Identifier.nullable().describe('投资项目统一代码'),
  name: z.string().nullable().describe('项目名称 as written'),
  reportNumber: z.string().nullable().describe('跨区域涉税事项报验管理编号'),
})
export type About = z.infer<typeof About>

/** Speaks of no project. */
export const aboutNothing: About = { record: null, projectCode: null, name: null, reportNumber: null }
