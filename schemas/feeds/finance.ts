/** 财政局: columns of its daily table (docs/feeds/finance.md). Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const TreasuryPayment = z.looseObject({
  业务编号: keyCell.describe('业务编号'),
  业务类型: cell.describe('业务类型'),
  拨付月份: cell.describe('拨付月份'),
  项目代码: cell.describe('项目代码'),
  项目名称: cell.describe('项目名称'),
  合同编号: cell.describe('合同编号'),
  预算单位: cell.describe('预算单位'),
  预算单位代码: cell.describe('预算单位代码'),
  付款方式: cell.describe('付款方式'),
  收款单位: cell.describe('收款单位'),
  收款单位代码: cell.describe('收款单位代码'),
  '拨付金额(元)': cell.describe('拨付金额(元)'),
  '累计拨付(元)': cell.describe('累计拨付(元)'),
  '送审金额(元)': cell.describe('送审金额(元)'),
  '审定金额(元)': cell.describe('审定金额(元)'),
  '审减金额(元)': cell.describe('审减金额(元)'),
  业务日期: cell.describe('业务日期'),
  备注: cell.describe('备注'),
})
export type TreasuryPayment = z.infer<typeof TreasuryPayment>
