/** 公安局: minimised records under the bureau's own field names (docs/feeds/security.md): of tenants their number only. Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const RentalRow = z.looseObject({
  fwbh: keyCell.describe('出租房屋编号'),
  qzrq: keyCell.describe('起租日期'),
  tzrq: cell.describe('退租日期'),
  bzdz: cell.describe('标准地址'),
  bzdzbm: cell.describe('标准地址编码'),
  cqrxm: cell.describe('产权人姓名'),
  cqrzjhm: cell.describe('产权人证件号码'),
  cqrlxdh: cell.describe('产权人联系电话'),
  jzrs: cell.describe('居住人数'),
  yzj: cell.describe('月租金(元)'),
  mj: cell.describe('面积(㎡)'),
  djrq: cell.describe('登记日期'),
  gxsj: cell.describe('更新时间'),
})
export type RentalRow = z.infer<typeof RentalRow>

export const SealRow = z.looseObject({
  yzbm: keyCell.describe('印章编码'),
  dwmc: cell.describe('单位名称'),
  tyshxydm: cell.describe('统一社会信用代码'),
  yzlx: cell.describe('印章类型'),
  barq: cell.describe('备案日期'),
  zt: cell.describe('印章状态'),
  gxsj: cell.describe('更新时间'),
})
export type SealRow = z.infer<typeof SealRow>
