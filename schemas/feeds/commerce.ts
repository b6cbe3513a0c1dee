/** 市场监督管理局: records under the department's own field names (docs/feeds/commerce.md). Capital is 万元 of its currency. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const EnterpriseRegistration = z.looseObject({
  seq: cell.describe('序号'),
  tyshxydm: cell.describe('统一社会信用代码'),
  zch: cell.describe('注册号'),
  qymc: cell.describe('企业名称'),
  cym: z
    .array(z.looseObject({ mc: cell, jzrq: cell }))
    .nullish()
    .describe('曾用名'),
  qylx: cell.describe('企业类型'),
  djzt: cell.describe('登记状态'),
  fddbr: cell.describe('法定代表人'),
  fddbrzjhm: cell.describe('法定代表人证件号码'),
  lxdh: cell.describe('联系电话'),
  zczb: cell.describe('注册资本(万元)'),
  bz: cell.describe('币种'),
  clrq: cell.describe('成立日期'),
  hzrq: cell.describe('核准日期'),
  zxrq: cell.describe('注销日期'),
  dxrq: cell.describe('吊销日期'),
  zs: cell.describe('住所'),
  xzqh: cell.describe('行政区划'),
  hydm: cell.describe('行业代码'),
  jyfw: cell.describe('经营范围'),
  djjg: cell.describe('登记机关'),
  lsqymc: cell.describe('隶属企业名称'),
  lsqydm: cell.describe('隶属企业代码'),
  gxsj: cell.describe('更新时间'),
})
export type EnterpriseRegistration = z.infer<typeof EnterpriseRegistration>

export const RegistrationChange = z.looseObject({
  seq: keyCell.describe('序号'),
  tyshxydm: cell.describe('统一社会信用代码'),
  zch: cell.describe('注册号'),
  qymc: cell.describe('企业名称'),
  bgsx: cell.describe('变更事项'),
  bgq: cell.describe('变更前内容'),
  bgh: cell.describe('变更后内容'),
  bgrq: cell.describe('变更日期'),
  djjg: cell.describe('登记机关'),
  gxsj: cell.describe('更新时间'),
})
export type RegistrationChange = z.infer<typeof RegistrationChange>
