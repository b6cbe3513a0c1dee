/** 公共资源交易中心: award notices under the centre's own field names (docs/feeds.md). Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const TenderAward = z.looseObject({
  award_id: keyCell.describe('公告编号'),
  notice_date: cell.describe('公告日期'),
  lot_no: cell.describe('标段编号'),
  lot_name: cell.describe('标段名称'),
  tenderee: cell.describe('招标人'),
  agency: cell.describe('招标代理机构'),
  site: cell.describe('建设地点'),
  winner_raw: cell.describe('中标人'),
  // An array in JSON; in a table one cell, as JSON text or names between separators.
  winners: z
    .union([z.array(z.string()), z.string()])
    .nullish()
    .describe('中标人列表'),
  is_consortium: z.union([z.boolean(), z.string(), z.number()]).nullish().describe('是否联合体'),
  amount_cny: cell.describe('中标金额(元)'),
  price_text: cell.describe('中标价说明'),
  period_text: cell.describe('工期'),
  scope: cell.describe('招标范围'),
  quality: cell.describe('质量要求'),
  qualification_cert: cell.describe('资质证书'),
  safety_licence: cell.describe('安全生产许可证'),
  area_code: cell.describe('行政区划代码'),
  area_name: cell.describe('行政区划名称'),
})
export type TenderAward = z.infer<typeof TenderAward>
