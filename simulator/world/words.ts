/**
 * The invented vocabulary. A trade name is one syllable of each list: they were chosen so that no such pair stands
 * in the company names we could check against, and the test beside the registries proves it again.
 */
const firstSyllables =
  '栩昶翊翀珩琰玥珺璇瑄瑾瑜璨琛琢琨昀晔晗晞晖曜曦煜熠烨炜焕焱烁炫泠洵沁浔涵淳渲湛溢漪潇澄濯瀛瀚霄霖雯岱岚岑峥崧嵘屹峻巍阜陌陶垚坦堃壑栎栾楷榕槿樾橙檀柘芷芮芃荀荃莘菀菁葳蔚薇蕴苒若茵萱卿弈彧彬律循徽忻恺愉憬懿攸敦斐旻昂朔朗秉竣笃筑简筠箴纬绎综缙缦翎翼聿臻舒航舸舷衍裔诺谨谦贲跃辕辰迅逸遒邈钧钊钦铖锴镕阔隽韬颂颐颀飒骁骏鲲鹭麟'
const secondSyllables =
  '晏弦湄邺蘅纾渚汀沅澧泊浦岸渡舫桨棹亭台榭廊庐斋塾畦垄阡岭峦崖壁谷涧瀑潭渊津潮澜浪沙砾矶磐珏璧琮圭璋瑛琥珀珊瑚翠碧青苍绛朱丹赭缃素皓皎晴霁霞雾露霜冰岫霆旦晓曙午昼暮夕夜夏秋冬柏竹梅菊荷桂杏桃李枣樱柳杨榆槐桑梧桐椿楠樟杉荻芦苇蒲萍藻蕙芝苓芥葵葶蓼蓬蒿黍稷麦粟稻豆穗廪囷鬲爵觚斝钟鼓磬琴瑟笙箫笛埙鹤隼雁燕莺鹂雀鸥凫鸾麒骐驹骊骓骋'

export const tradeNames = firstSyllables.length * secondSyllables.length

/** The trade name with this number, 0 … tradeNames − 1. */
export const tradeName = (number: number): string =>
  (firstSyllables[Math.floor(number / secondSyllables.length)] as string) +
  (secondSyllables[number % secondSyllables.length] as string)

const words = (text: string): readonly string[] => text.split(' ')

/** Industry words; the lists share no word, so that equal trade names in two lists are still two names. */
export const industryWords = {
  contractor: words(
    '建筑工程 市政工程 路桥工程 公路工程 水利工程 建设工程 建筑安装工程 园林绿化工程 建工 交通建设 路桥建设 基础工程 建设发展 道路工程',
  ),
  subcontractor: words(
    '建筑劳务 土石方工程 机械租赁 混凝土 钢结构 防水工程 桩基工程 路面材料 管道安装 交通设施 爆破工程 劳务分包',
  ),
  owner: words(
    '置业 房地产开发 城市建设投资 新型材料 食品 电子科技 生物科技 装备制造 产业园开发 城镇开发 汽车零部件 交通投资',
  ),
  company: words(
    '商贸 科技 物流 餐饮管理 文化传媒 医疗器械 信息技术 农业科技 机电设备 服饰 广告 物业服务 教育咨询 环保科技 化工 包装制品 供应链管理 酒店管理 人力资源 网络科技',
  ),
  household: words('建材经营部 烟酒店 五金门市部 饭店 服装店 超市 理发店 汽修部 水果店 货运部 窗帘店 家电维修部'),
  former: words('建安 建筑 实业 工贸 开发 贸易'),
} as const

export const legalForms: readonly (readonly [string, number])[] = [
  ['有限公司', 78],
  ['有限责任公司', 12],
  ['集团有限公司', 7],
  ['股份有限公司', 3],
]

/** Homes of contractors from elsewhere: name, the first six digits of their codes, the first two of their invoices. */
export const otherCities: readonly (readonly [name: string, region: string])[] = [
  ['开封', '410200'],
  ['洛阳', '410300'],
  ['许昌', '411000'],
  ['南阳', '411300'],
  ['武汉', '420100'],
  ['济南', '370100'],
  ['西安', '610100'],
  ['合肥', '340100'],
  ['石家庄', '130100'],
  ['太原', '140100'],
  ['长沙', '430100'],
  ['成都', '510100'],
]

export const surnames = words(
  '王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕',
)
export const givenNames = words(
  '建国 志强 海燕 晓东 玉兰 俊杰 永利 秀英 明辉 红霞 文涛 春梅 立新 金凤 国庆 丽娟 保平 彦军 新民 淑芳 卫东 桂荣 鹏飞 雪梅 振华 慧敏 长江 喜梅 宏伟 爱玲',
)

/** Parts of villages' names. */
export const villageFirst = words('上 下 东 西 南 北 大 小 前 后 新 老 石 柳 杏 枣 槐 白 黑 红')
export const villageSecond = words('岭 沟 坡 河 湾 坪 洼 楼 营 寺 桥 井 塘 湖 冈 店')
export const villageThird = words('村 庄 寨 屯')
