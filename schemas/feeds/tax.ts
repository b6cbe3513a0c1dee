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

/** 申报. */
export const TaxReturn = z.looseObject({
  PZXH: keyCell.describe('凭证序号'),
  DJXH: cell.describe('登记序号'),
  ZSXM_DM: cell.describe('征收项目'),
  SBBZL_DM: cell.describe('申报表种类'),
  SKSSQQ: cell.describe('税款所属期起'),
  SKSSQZ: cell.describe('税款所属期止'),
  YSXSE: cell.describe('应税销售额(元)'),
  MSXSE: cell.describe('免税销售额(元)'),
  YNSE: cell.describe('应纳税额(元)'),
  JMSE: cell.describe('减免税额(元)'),
  YJSE: cell.describe('已预缴税额(元)'),
  YBTSE: cell.describe('应补(退)税额(元)'),
  GZBZ: cell.describe('更正标志'),
  ZFBZ: cell.describe('作废标志'),
  SBRQ: cell.describe('申报日期'),
  SBQX: cell.describe('申报期限'),
  SJGSDQ: cell.describe('数据归属地区'),
})
export type TaxReturn = z.infer<typeof TaxReturn>

/** 入库、减免、抵减、退税、欠税. */
export const TaxPayment = z.looseObject({
  SKJNXH: keyCell.describe('税款缴纳序号'),
  DJXH: cell.describe('登记序号'),
  JNLX_DM: cell.describe('缴纳类型'),
  ZSXM_DM: cell.describe('征收项目'),
  SKSSQQ: cell.describe('税款所属期起'),
  SKSSQZ: cell.describe('税款所属期止'),
  SE: cell.describe('税额(元)'),
  ZNJ: cell.describe('滞纳金(元)'),
  RKRQ: cell.describe('入库日期'),
  SKGK: cell.describe('收款国库'),
  KQYSSXBYGLBH: cell.describe('跨区域涉税事项报验管理编号'),
  SJGSDQ: cell.describe('数据归属地区'),
})
export type TaxPayment = z.infer<typeof TaxPayment>

/** 增值税预缴. */
export const TaxPrepayment = z.looseObject({
  YJXH: keyCell.describe('预缴序号'),
  DJXH: cell.describe('登记序号'),
  KQYSSXBYGLBH: cell.describe('跨区域涉税事项报验管理编号'),
  XMMC: cell.describe('项目名称'),
  JZFWFSD: cell.describe('建筑服务发生地'),
  ZSXM_DM: cell.describe('征收项目'),
  SKSSQQ: cell.describe('税款所属期起'),
  SKSSQZ: cell.describe('税款所属期止'),
  QBJK: cell.describe('全部价款和价外费用(元)'),
  KCFBK: cell.describe('扣除分包款(元)'),
  YZL: cell.describe('预征率'),
  YJSE: cell.describe('预缴税额(元)'),
  YSKBZ: cell.describe('预收款标志'),
  SBRQ: cell.describe('申报日期'),
  RKRQ: cell.describe('入库日期'),
})
export type TaxPrepayment = z.infer<typeof TaxPrepayment>

/** 发票领用、验旧、缴销、挂失. */
export const InvoiceSupplyRow = z.looseObject({
  LYXH: keyCell.describe('领用序号'),
  DJXH: cell.describe('登记序号'),
  YWLX_DM: cell.describe('业务类型'),
  FPDM: cell.describe('发票代码'),
  FPQSHM: cell.describe('发票起始号码'),
  FPZZHM: cell.describe('发票终止号码'),
  FS: cell.describe('份数'),
  FPLX_DM: cell.describe('发票类型'),
  FSRQ: cell.describe('发生日期'),
})
export type InvoiceSupplyRow = z.infer<typeof InvoiceSupplyRow>

/** 发票总额度. */
export const InvoiceQuotaRow = z.looseObject({
  EDXH: keyCell.describe('额度序号'),
  DJXH: cell.describe('登记序号'),
  EDLX_DM: cell.describe('额度类型'),
  SSYF: cell.describe('所属月份'),
  ZED: cell.describe('总额度(元)'),
  SXRQ: cell.describe('生效日期'),
})
export type InvoiceQuotaRow = z.infer<typeof InvoiceQuotaRow>

/** 跨区域涉税事项报告. */
export const CrossRegionReportRow = z.looseObject({
  BGXH: keyCell.describe('报告序号'),
  BGBH: cell.describe('跨区域涉税事项报告编号'),
  KQYSSXBYGLBH: cell.describe('跨区域涉税事项报验管理编号'),
  DJXH: cell.describe('登记序号'),
  NSRMC: cell.describe('纳税人名称'),
  NSRSBH: cell.describe('纳税人识别号'),
  JGD_DM: cell.describe('机构所在地区划'),
  JYD_DM: cell.describe('经营地区划'),
  JYDZ: cell.describe('经营地址'),
  JYFS_DM: cell.describe('经营方式'),
  HTMC: cell.describe('合同名称'),
  XMMC: cell.describe('项目名称'),
  HTBH: cell.describe('合同编号'),
  HTJE: cell.describe('合同金额(元)'),
  HTDF_MC: cell.describe('合同对方名称'),
  YXQQ: cell.describe('有效期起'),
  YXQZ: cell.describe('有效期止'),
  BGRQ: cell.describe('报告日期'),
  BYRQ: cell.describe('报验日期'),
  FKRQ: cell.describe('反馈日期'),
  ZT_DM: cell.describe('状态'),
})
export type CrossRegionReportRow = z.infer<typeof CrossRegionReportRow>

/** 社保费. */
export const SocialInsuranceRow = z.looseObject({
  JFXH: keyCell.describe('缴费序号'),
  DJXH: cell.describe('登记序号'),
  XZ_DM: cell.describe('险种'),
  FKSSQ: cell.describe('费款所属期'),
  JFRS: cell.describe('缴费人数'),
  JFJS: cell.describe('缴费基数(元)'),
  JFJE: cell.describe('缴费金额(元)'),
  JKRQ: cell.describe('缴款日期'),
  XMMC: cell.describe('项目名称'),
})
export type SocialInsuranceRow = z.infer<typeof SocialInsuranceRow>

/** 风险应对任务. */
export const RiskTaskRow = z.looseObject({
  RWBH: keyCell.describe('任务编号'),
  DJXH: cell.describe('登记序号'),
  FXD: cell.describe('风险点'),
  FXDJ_DM: cell.describe('风险等级'),
  YDFS_DM: cell.describe('应对方式'),
  ZT_DM: cell.describe('状态'),
  CBSK: cell.describe('查补税款(元)'),
  XDRQ: cell.describe('下达日期'),
  BJRQ: cell.describe('办结日期'),
})
export type RiskTaskRow = z.infer<typeof RiskTaskRow>

/** 信息采集. */
export const OfficerEntryRow = z.looseObject({
  CJXH: keyCell.describe('采集序号'),
  CJLX_DM: cell.describe('采集类型'),
  XMDM: cell.describe('项目统一代码'),
  XMMC: cell.describe('项目名称'),
  NSRMC: cell.describe('纳税人名称'),
  NSRSBH: cell.describe('纳税人识别号'),
  HTDF_MC: cell.describe('合同对方名称'),
  JE: cell.describe('金额(元)'),
  ZFBL: cell.describe('支付比例'),
  ZBJBL: cell.describe('质保金比例'),
  FSRQ: cell.describe('发生日期'),
  BZ: cell.describe('备注'),
  SSGLY_DM: cell.describe('税收管理员'),
})
export type OfficerEntryRow = z.infer<typeof OfficerEntryRow>
