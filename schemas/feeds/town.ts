/** 乡镇街道: what delegates report from their rounds (docs/feeds/town.md). */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const TownObservation = z.looseObject({
  gcbh: keyCell.describe('观察编号'),
  xzjd: cell.describe('乡镇街道'),
  xzqhdm: cell.describe('行政区划代码'),
  wtlx: cell.describe('问题类型'),
  xczt: cell.describe('现场状态'),
  dd: cell.describe('地点'),
  xcdw: cell.describe('现场单位名称'),
  xmmc: cell.describe('项目名称'),
  ms: cell.describe('现场描述'),
  fxrq: cell.describe('发现日期'),
  sbr: cell.describe('上报人'),
  sbrdh: cell.describe('上报人电话'),
  gxsj: cell.describe('更新时间'),
})
export type TownObservation = z.infer<typeof TownObservation>
