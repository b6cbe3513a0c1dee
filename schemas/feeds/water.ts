/** 水利局: records under the department's own element names (docs/feeds/water.md). Money is 万元, water 万m³. The permit register is a system of its own with Chinese names. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const WaterProject = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  xmmc: cell.describe('项目名称'),
  xmdm: cell.describe('项目统一代码'),
  pfwh: cell.describe('初步设计批复文号'),
  xmfr: cell.describe('项目法人'),
  xmfrdm: cell.describe('项目法人代码'),
  gclb: cell.describe('工程类别'),
  jsdd: cell.describe('建设地点'),
  xzqh: cell.describe('行政区划'),
  gszs: cell.describe('概算总投资(万元)'),
  zytz: cell.describe('中央投资(万元)'),
  sjtz: cell.describe('省级投资(万元)'),
  sxtz: cell.describe('市县投资(万元)'),
  rkrq: cell.describe('入库日期'),
  kgrq: cell.describe('开工日期'),
  jgysrq: cell.describe('竣工验收日期'),
  xmzt: cell.describe('项目状态'),
  lxr: cell.describe('联系人'),
  lxdh: cell.describe('联系电话'),
  gxsj: cell.describe('更新时间'),
})
export type WaterProject = z.infer<typeof WaterProject>

export const WaterContract = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  bdbh: keyCell.describe('标段编号'),
  xmmc: cell.describe('项目名称'),
  bdmc: cell.describe('标段名称'),
  xmdm: cell.describe('项目统一代码'),
  htbh: cell.describe('合同编号'),
  xmfr: cell.describe('项目法人'),
  xmfrdm: cell.describe('项目法人代码'),
  sgdw: cell.describe('施工单位'),
  sgdwdm: cell.describe('施工单位代码'),
  hte: cell.describe('合同额(万元)'),
  qdrq: cell.describe('签订日期'),
  htgq: cell.describe('合同工期(天)'),
  jhkg: cell.describe('计划开工日期'),
  kgrq: cell.describe('开工日期'),
  wgrq: cell.describe('完工日期'),
  htzt: cell.describe('合同状态'),
  gcdd: cell.describe('工程地点'),
  xzqh: cell.describe('行政区划'),
  gxsj: cell.describe('更新时间'),
})
export type WaterContract = z.infer<typeof WaterContract>

export const WaterProgress = z.looseObject({
  xmbh: keyCell.describe('项目编号'),
  bdbh: keyCell.describe('标段编号'),
  sjyf: keyCell.describe('数据月份'),
  qs: cell.describe('期数'),
  bywc: cell.describe('本月完成(万元)'),
  bnwc: cell.describe('本年完成(万元)'),
  ljwc: cell.describe('累计完成(万元)'),
  xxjd: cell.describe('形象进度(%)'),
  jdms: cell.describe('形象进度描述'),
  sgdw: cell.describe('施工单位'),
  tbrq: cell.describe('填报日期'),
  tbr: cell.describe('填报人'),
  gxsj: cell.describe('更新时间'),
})
export type WaterProgress = z.infer<typeof WaterProgress>

export const WaterPermitRecord = z.looseObject({
  取水许可证号: keyCell.describe('取水许可证号'),
  取水权人: cell.describe('取水权人'),
  统一社会信用代码: cell.describe('统一社会信用代码'),
  项目名称: cell.describe('项目名称'),
  项目代码: cell.describe('项目代码'),
  取水地点: cell.describe('取水地点'),
  行政区划: cell.describe('行政区划'),
  水源类型: cell.describe('水源类型'),
  取水用途: cell.describe('取水用途'),
  年许可水量: cell.describe('年许可水量(万m³)'),
  有效期起: cell.describe('有效期起'),
  有效期止: cell.describe('有效期止'),
  许可状态: cell.describe('许可状态'),
  联系人: cell.describe('联系人'),
  联系电话: cell.describe('联系电话'),
  更新时间: cell.describe('更新时间'),
})
export type WaterPermitRecord = z.infer<typeof WaterPermitRecord>

export const WaterUsage = z.looseObject({
  取水许可证号: keyCell.describe('取水许可证号'),
  年度: keyCell.describe('年度'),
  季度: keyCell.describe('季度'),
  取水权人: cell.describe('取水权人'),
  实取水量: cell.describe('实取水量(万m³)'),
  上报日期: cell.describe('上报日期'),
  备注: cell.describe('备注'),
  更新时间: cell.describe('更新时间'),
})
export type WaterUsage = z.infer<typeof WaterUsage>
