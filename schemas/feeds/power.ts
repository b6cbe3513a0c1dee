/** 供电公司: the rows of its monthly files (docs/feeds/power.md) under the names of its own system; the files bear the Chinese headers. Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const PowerAccountRow = z.looseObject({
  cons_no: keyCell.describe('户号'),
  cons_name: cell.describe('户名'),
  elec_addr: cell.describe('用电地址'),
  elec_type: cell.describe('用电类别'),
  status: cell.describe('客户状态'),
  mp_no: cell.describe('计量点编号'),
  volt: cell.describe('电压等级'),
  contract_cap: cell.describe('合同容量(kVA)'),
  ps_date: cell.describe('送电日期'),
  cancel_date: cell.describe('销户日期'),
  app_no: cell.describe('报装申请编号'),
})
export type PowerAccountRow = z.infer<typeof PowerAccountRow>

export const PowerInstallationRow = z.looseObject({
  app_no: keyCell.describe('报装申请编号'),
  app_name: cell.describe('申请单位'),
  prj_name: cell.describe('项目名称'),
  elec_addr: cell.describe('用电地址'),
  elec_type: cell.describe('用电类别'),
  app_cap: cell.describe('申请容量(kVA)'),
  app_date: cell.describe('申请日期'),
  ps_date: cell.describe('送电日期'),
  cons_no: cell.describe('户号'),
  status: cell.describe('报装状态'),
})
export type PowerInstallationRow = z.infer<typeof PowerInstallationRow>

export const PowerReadingRow = z.looseObject({
  cons_no: keyCell.describe('户号'),
  ym: keyCell.describe('年月'),
  seq: keyCell.describe('序号'),
  kwh: cell.describe('电量(kWh)'),
  amount: cell.describe('电费(元)'),
  read_date: cell.describe('抄表日期'),
  adj: cell.describe('退补标志'),
})
export type PowerReadingRow = z.infer<typeof PowerReadingRow>
