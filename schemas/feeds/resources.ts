/** 自然资源和规划局: columns of its table of land supplied (docs/feeds/resources.md). One of three columns holds the area, by the county's habit. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const LandGrant = z.looseObject({
  电子监管号: keyCell.describe('电子监管号'),
  合同编号: cell.describe('合同编号'),
  项目代码: cell.describe('项目代码'),
  项目名称: cell.describe('项目名称'),
  项目位置: cell.describe('项目位置'),
  行政区划代码: cell.describe('行政区划代码'),
  供应方式: cell.describe('供应方式'),
  土地用途: cell.describe('土地用途'),
  '土地面积(公顷)': cell.describe('土地面积(公顷)'),
  '土地面积(㎡)': cell.describe('土地面积(㎡)'),
  '土地面积(亩)': cell.describe('土地面积(亩)'),
  '成交价款(万元)': cell.describe('成交价款(万元)'),
  受让人: cell.describe('受让人'),
  受让人代码: cell.describe('受让人代码'),
  签订日期: cell.describe('签订日期'),
  约定开工时间: cell.describe('约定开工时间'),
  约定竣工时间: cell.describe('约定竣工时间'),
  更新时间: cell.describe('更新时间'),
})
export type LandGrant = z.infer<typeof LandGrant>
