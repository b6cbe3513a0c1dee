/** 发展改革委: records under the department's own field names (docs/feeds.md). Money is 万元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const DevelopmentApproval = z.looseObject({
  slbh: keyCell.describe('受理编号'),
  xmdm: cell.describe('项目统一代码'),
  xmmc: cell.describe('项目名称'),
  xmdw: cell.describe('项目单位'),
  xmdwdm: cell.describe('项目单位代码'),
  jsdd: cell.describe('建设地点'),
  xzqh: cell.describe('行政区划'),
  jsgm: cell.describe('建设规模及内容'),
  ztz: cell.describe('总投资(万元)'),
  zjly: cell.describe('资金来源'),
  hydm: cell.describe('国标行业'),
  xmlx: cell.describe('项目类型'),
  spjd: cell.describe('审批阶段'),
  xmzt: cell.describe('项目状态'),
  pfwh: cell.describe('批复文号'),
  pfrq: cell.describe('批复日期'),
  nkgsj: cell.describe('拟开工时间'),
  njcsj: cell.describe('拟建成时间'),
  lxr: cell.describe('联系人'),
  lxdh: cell.describe('联系电话'),
  bz: cell.describe('备注'),
  gxsj: cell.describe('更新时间'),
})
export type DevelopmentApproval = z.infer<typeof DevelopmentApproval>
