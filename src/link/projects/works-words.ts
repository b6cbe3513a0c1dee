/**
 * Words that projects of every county are named with. Problem: 雨污分流改造 is the name of a hundred projects, 罍昶片区 of one. Choice: a fixed list of
 * the trade's words, so that what a name says does not depend on which records arrived before. Rejected: frequencies counted in the hub's own records,
 * under which yesterday's pairs would have to be weighed anew each day.
 */
const worksWords = (
  '老旧小区 小区 片区 城区 中心城区 县城 城乡 城镇 农村 乡村 乡镇 村庄 社区 街道 和美乡村 美丽乡村 ' +
  '道路 公路 路面 桥梁 危桥 路基 路口 交通 停车场 停车位 充电桩 充电站 汽车站 客运站 公交 ' +
  '雨污分流 管网 管道 管线 排水 供水 给水 污水 雨水 饮水 饮用水 安全饮水 自来水 燃气 天然气 供热 供暖 供气 电力 照明 路灯 亮化 绿化 景观 ' +
  '河道 水库 水系 灌区 渠道 堤防 防洪 防汛 排涝 防涝 水土保持 水环境 水生态 坑塘 小流域 清淤 泵站 电站 水厂 净水厂 污水处理厂 处理厂 处理站 ' +
  '高标准农田 农田 耕地 土地 林地 矿山 地质灾害 生态 环境 人居环境 垃圾 厕所 公厕 大气 土壤 ' +
  '产业园 园区 工业园 开发区 厂房 标准化厂房 车间 仓库 冷链 物流 生产线 市场 商业 酒店 ' +
  '年产 万吨 吨 万台 万套 台套 万件 件 新型 新材料 材料 零部件 汽车 食品 机械 电子 化工 加工 制造 生产 ' +
  '第 段 境 ' +
  '学校 小学 中学 初级中学 高中 幼儿园 医院 卫生院 卫生室 养老 教学楼 宿舍楼 综合楼 办公楼 住宅楼 门诊楼 食堂 操场 体育馆 ' +
  '棚户区 安置房 安置 公租房 保障性 租赁性 住房 住宅 危房 危旧房 房屋 地块 文化广场 广场 公园 文化 旅游 服务 中心 ' +
  '建设 新建 改建 扩建 改扩建 重建 迁建 续建 改造 改善 提升 更新 修复 修缮 维修 养护 加固 硬化 拓宽 延伸 完善 优化 配套 升级 提质 增效 提档 补短板 ' +
  '治理 整治 综合 保护 开发 整理 复垦 利用 处理 处置 拆除 平整 大修 中修 ' +
  '基础设施 设施 设备 家具 厨房 安装 采购 购置 供应 装修 装饰 室内 外墙 屋面 消防 节能 光伏 智慧 智能化 信息化 系统 平台 网络 监控 ' +
  '试点 示范 专项 一般 部分 其他 项目 工程 任务 计划 年度 全域 国土 以及 及 和 与 等 的'
)
  .split(' ')
  .sort((a, b) => b.length - a.length)

const anyWord = new RegExp(worksWords.join('|'), 'gu')
const wordsAtEnd = new RegExp(`(?:${worksWords.join('|')})+$`, 'u')

/** How many characters of a name are its own: neither a word of the trade, nor a numeral or mark. */
export const ownCharacters = (name: string): number =>
  name.replace(anyWord, '').replace(/[^\u4e00-\u9fff]|[零一二三四五六七八九十]/gu, '').length

/** The words of the trade that a name ends with: what is done, without where. */
export const worksAtEnd = (name: string): string => wordsAtEnd.exec(name)?.[0] ?? ''
