/** 交通运输局: records under the department's own field names (docs/feeds.md). Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const RoadSection = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  htdbh: keyCell.describe('合同段编号'),
  xmmc: cell.describe('项目名称'),
  lxbh: cell.describe('路线编号'),
  qdzh: cell.describe('起点桩号'),
  zdzh: cell.describe('止点桩号'),
  xmdm: cell.describe('项目统一代码'),
  pfwh: cell.describe('批复文号'),
  jsdw: cell.describe('建设单位'),
  jsdwdm: cell.describe('建设单位代码'),
  sgdw: cell.describe('施工单位'),
  sgdwdm: cell.describe('施工单位代码'),
  htbh: cell.describe('合同编号'),
  htj: cell.describe('合同价(元)'),
  qdrq: cell.describe('签订日期'),
  zjly: cell.describe('资金来源'),
  xzqh: cell.describe('行政区划'),
  jhkg: cell.describe('计划开工日期'),
  sjkg: cell.describe('实际开工日期'),
  jgrq: cell.describe('交工日期'),
  zt: cell.describe('状态'),
  gxsj: cell.describe('更新时间'),
})
export type RoadSection = z.infer<typeof RoadSection>

export const RoadMeasurement = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  htdbh: keyCell.describe('合同段编号'),
  qs: keyCell.describe('期数'),
  jlny: cell.describe('计量年月'),
  bqjl: cell.describe('本期计量(元)'),
  ljjl: cell.describe('累计计量(元)'),
  xxjd: cell.describe('形象进度(%)'),
  shrq: cell.describe('审核日期'),
  sgdw: cell.describe('施工单位'),
  tbr: cell.describe('填报人'),
  bz: cell.describe('备注'),
  gxsj: cell.describe('更新时间'),
})
export type RoadMeasurement = z.infer<typeof RoadMeasurement>

export const RoadProject = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  xmmc: cell.describe('项目名称'),
  lxbh: cell.describe('路线编号'),
  qdzh: cell.describe('起点桩号'),
  zdzh: cell.describe('止点桩号'),
  xmdm: cell.describe('项目统一代码'),
  pfwh: cell.describe('批复文号'),
  jsdw: cell.describe('建设单位'),
  jsdwdm: cell.describe('建设单位代码'),
  ztz: cell.describe('总投资(元)'),
  zjly: cell.describe('资金来源'),
  xzqh: cell.describe('行政区划'),
  rkrq: cell.describe('入库日期'),
  kgrq: cell.describe('开工日期'),
  jgrq: cell.describe('交工日期'),
  jgysrq: cell.describe('竣工验收日期'),
  zt: cell.describe('状态'),
  gxsj: cell.describe('更新时间'),
})
export type RoadProject = z.infer<typeof RoadProject>
