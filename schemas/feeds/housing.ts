/** 城乡建设局: columns of the housing platform in its front-end tables, lower case (docs/feeds/housing.md). Money is 万元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const BuilderLicence = z.looseObject({
  builderlicencenum: keyCell.describe('施工许可证编号'),
  prjnum: cell.describe('项目编号'),
  projectcode: cell.describe('投资项目统一代码'),
  prjname: cell.describe('工程名称'),
  prjapprovalnum: cell.describe('立项文号'),
  buildcorpname: cell.describe('建设单位'),
  buildcorpcode: cell.describe('建设单位代码'),
  designcorpname: cell.describe('设计单位'),
  designcorpcode: cell.describe('设计单位代码'),
  conscorpname: cell.describe('施工单位'),
  conscorpcode: cell.describe('施工单位代码'),
  constructorname: cell.describe('项目经理'),
  constructoridcard: cell.describe('项目经理证件号码'),
  prjsize: cell.describe('建设规模'),
  area: cell.describe('建筑面积(㎡)'),
  contractmoney: cell.describe('合同价格(万元)'),
  allinvest: cell.describe('总投资(万元)'),
  prjaddress: cell.describe('工程地址'),
  areacode: cell.describe('行政区划'),
  bdate: cell.describe('计划开工日期'),
  edate: cell.describe('计划竣工日期'),
  issuecertdate: cell.describe('发证日期'),
  certstate: cell.describe('证书状态'),
  updatedate: cell.describe('更新时间'),
})
export type BuilderLicence = z.infer<typeof BuilderLicence>

export const ProjectFinish = z.looseObject({
  prjfinishnum: keyCell.describe('竣工备案编号'),
  prjnum: cell.describe('项目编号'),
  builderlicencenum: cell.describe('施工许可证编号'),
  prjfinishname: cell.describe('竣工工程名称'),
  buildcorpname: cell.describe('建设单位'),
  buildcorpcode: cell.describe('建设单位代码'),
  conscorpname: cell.describe('施工单位'),
  conscorpcode: cell.describe('施工单位代码'),
  factcost: cell.describe('实际造价(万元)'),
  factarea: cell.describe('实际面积(㎡)'),
  bdate: cell.describe('实际开工日期'),
  edate: cell.describe('实际竣工日期'),
  filedate: cell.describe('备案日期'),
  areacode: cell.describe('行政区划'),
  updatedate: cell.describe('更新时间'),
})
export type ProjectFinish = z.infer<typeof ProjectFinish>
