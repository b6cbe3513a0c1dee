import { z } from 'zod'
import { Division, Fen } from './fields.ts'

export const GridLevel = z.enum(['county', 'town', 'village', 'subgrid'])

export const GridsQuery = z.object({ parent: Division.optional().describe('上级网格；不给则列出县（市、区）') })
export const GridItem = z.object({
  code: z.string(),
  name: z.string(),
  level: GridLevel,
  parent: z.string().nullable(),
  projects: z.number().int(),
  gapFen: Fen,
})
export type GridItem = z.output<typeof GridItem>
export const GridsAnswer = z.object({ items: z.array(GridItem) })

const figures = {
  projects: z.number().int(),
  contractFen: Fen,
  workDoneFen: Fen,
  receivableFen: Fen,
  netInvoicedFen: Fen,
  gapFen: Fen,
  withGap: z.number().int().describe('有差额的项目数'),
}
export const StatsQuery = z.object({ division: Division.optional() })
export const ByDivisionQuery = StatsQuery.extend({ level: z.enum(['county', 'town', 'village']).default('county') })
export const ByDivisionAnswer = z.object({
  items: z.array(z.object({ division: z.string(), name: z.string().nullable(), ...figures })),
})
export const ByStageAnswer = z.object({
  items: z.array(z.object({ stage: z.string(), ...figures })),
  total: z.object(figures),
})
export const ByDepartmentAnswer = z.object({
  items: z.array(z.object({ department: z.string(), projects: z.number().int(), records: z.number().int() })),
})
const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)
export const ByMonthQuery = StatsQuery.extend({ from: Month.optional(), to: Month.optional() })
export const ByMonthAnswer = z.object({
  items: z.array(
    z.object({
      month: Month,
      approvals: z.number().int(),
      awards: z.number().int(),
      contracts: z.number().int(),
      invoices: z.number().int(),
      netInvoicedFen: Fen,
    }),
  ),
})
