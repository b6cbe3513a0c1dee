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

export const ProgressReport = z.looseObject({
  xmdm: keyCell.describe('项目代码'),
  bsyf: keyCell.describe('报送月份'),
  bslx: cell.describe('报送类型'),
  xmmc: cell.describe('项目名称'),
  xmdw: cell.describe('项目单位'),
  xmdwdm: cell.describe('项目单位代码'),
  jsdd: cell.describe('建设地点'),
  xzqh: cell.describe('行政区划'),
  ljwctz: cell.describe('累计完成投资(万元)'),
  jatz: cell.describe('其中建安投资(万元)'),
  bnwctz: cell.describe('本年完成投资(万元)'),
  xxjd: cell.describe('形象进度(%)'),
  jdms: cell.describe('形象进度描述'),
  sjkg: cell.describe('实际开工日期'),
  sjjg: cell.describe('实际竣工日期'),
  tbr: cell.describe('填报人'),
  lxdh: cell.describe('联系电话'),
  gxsj: cell.describe('更新时间'),
})
export type ProgressReport = z.infer<typeof ProgressReport>

export const KeyProject = z.looseObject({
  mdbh: keyCell.describe('名单编号'),
  nd: cell.describe('年度'),
  xh: cell.describe('序号'),
  xmmc: cell.describe('项目名称'),
  xmdm: cell.describe('项目代码'),
  xmdw: cell.describe('项目单位'),
  xmdwdm: cell.describe('项目单位代码'),
  jsdd: cell.describe('建设地点'),
  xzqh: cell.describe('行政区划'),
  zjly: cell.describe('资金来源'),
  hydm: cell.describe('国标行业'),
  ztz: cell.describe('总投资(万元)'),
  ndjhtz: cell.describe('年度计划投资(万元)'),
  xmlb: cell.describe('项目类别'),
  gbrq: cell.describe('公布日期'),
  gxsj: cell.describe('更新时间'),
})
export type KeyProject = z.infer<typeof KeyProject>
