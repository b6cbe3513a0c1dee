/** 税务核心征管系统: daily extracts under the core's own column names (docs/feeds.md). Money is 元. */
import { z } from 'zod'
import { cell, keyCell } from './cells.ts'

export const Taxpayer = z.looseObject({
  DJXH: keyCell.describe('登记序号'),
  SHXYDM: cell.describe('社会信用代码'),
  NSRSBH: cell.describe('纳税人识别号'),
  YNSRSBH: cell.describe('原纳税人识别号'),
  NSRMC: cell.describe('纳税人名称'),
  CYMC: cell.describe('曾用名'),
  NSRZT_DM: cell.describe('纳税人状态'),
  KZZTDJLX_DM: cell.describe('课征主体登记类型'),
  NSRLX_DM: cell.describe('纳税人类型'),
  HY_DM: cell.describe('行业'),
  ZCDZ: cell.describe('注册地址'),
  SCJYDZ: cell.describe('生产经营地址'),
  JDXZ_DM: cell.describe('街道乡镇'),
  ZGSWSKFJ_DM: cell.describe('主管税务所（科、分局）代码'),
  ZGSWSKFJ_MC: cell.describe('主管税务所（科、分局）'),
  SSGLY_DM: cell.describe('税收管理员'),
  FDDBRXM: cell.describe('法定代表人'),
  FDDBRSFZJHM: cell.describe('法定代表人证件号码'),
  LXDH: cell.describe('联系电话'),
  DJRQ: cell.describe('登记日期'),
  XGRQ: cell.describe('修改日期'),
})
export type Taxpayer = z.infer<typeof Taxpayer>

export const TaxInvoice = z.looseObject({
  // Empty for 数电发票, whose number alone is unique.
  FPDM: cell.describe('发票代码'),
  FPHM: keyCell.describe('发票号码'),
  FPLX_DM: cell.describe('发票类型'),
  FPZT_DM: cell.describe('发票状态'),
  LZFPHM: cell.describe('对应蓝字发票号码'),
  KPRQ: cell.describe('开票时间'),
  XSF_NSRSBH: cell.describe('销售方识别号'),
  XSF_MC: cell.describe('销售方名称'),
  GMF_NSRSBH: cell.describe('购买方识别号'),
  GMF_MC: cell.describe('购买方名称'),
  JE: cell.describe('金额(元)'),
  SE: cell.describe('税额(元)'),
  JSHJ: cell.describe('价税合计(元)'),
  SL: cell.describe('税率'),
  SPBM: cell.describe('税收分类编码'),
  TDYS_DM: cell.describe('特定要素'),
  JZXMMC: cell.describe('建筑项目名称'),
  JZFWFSD: cell.describe('建筑服务发生地'),
  JZXXDZ: cell.describe('详细地址'),
  KDSBZ: cell.describe('跨地(市)标志'),
  KQYSSXBYGLBH: cell.describe('跨区域涉税事项报验管理编号'),
  BZ: cell.describe('备注'),
})
export type TaxInvoice = z.infer<typeof TaxInvoice>
