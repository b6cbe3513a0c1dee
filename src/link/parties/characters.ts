/**
 * How single characters are confused when people write company names.
 * The tables are written by hand from common knowledge of input methods and of print; an unlisted confusion is still
 * understood, as an ordinary substitution.
 */
import { pinyin } from 'pinyin-pro'

/** Traditional forms met in names, each followed by its simplified form. */
const traditional =
  '國国華华東东業业發发電电機机場场車车馬马龍龙門门開开關关陽阳陰阴湯汤廣广產产縣县區区鄉乡鎮镇莊庄園园圓圆圍围團团' +
  '農农漁渔糧粮藥药醫医學学書书報报館馆館馆廠厂廳厅廈厦層层屆届島岛嶺岭峽峡漢汉滬沪蘇苏寧宁濟济鄭郑開开許许魯鲁雲云貴贵瓊琼遼辽' +
  '偉伟傑杰億亿優优價价儀仪傳传債债傾倾僑侨儲储兒儿冊册凍冻劉刘劍剑動动務务勞劳勝胜勢势勵励匯汇協协單单嚴严' +
  '參参吳吴員员問问啟启喬乔嘉嘉堅坚報报塊块墊垫壓压壯壮壽寿夢梦奧奥婦妇孫孙寶宝實实寫写寬宽專专將将對对導导' +
  '歲岁師师帶带幣币幫帮幹干庫库應应廢废廟庙張张強强彈弹彙汇後后徑径從从恆恒愛爱態态慶庆懷怀懸悬戲戏戰战戶户' +
  '揚扬換换損损搖摇擇择據据擴扩擺摆攝摄數数斷断時时晉晋暉晖曉晓曆历會会極极樂乐樓楼標标樣样樹树橋桥檔档檢检櫃柜權权' +
  '歐欧歡欢歷历歸归殼壳氣气決决沖冲況况淨净測测湧涌準准溝沟滅灭滿满漲涨潔洁潛潜澤泽濱滨濕湿灣湾災灾無无煉炼煙烟煤煤' +
  '熱热爐炉爾尔牆墙獎奖獨独獲获現现環环瑪玛瑋玮畫画當当療疗盜盗盡尽監监盤盘眾众碩硕確确磚砖礎础礦矿禮礼祿禄種种積积穩稳' +
  '窯窑競竞筆笔節节範范築筑簡简籃篮類类紅红紋纹納纳紙纸級级細细終终組组結结絡络給给統统絲丝經经綠绿維维綱纲網网緊紧線线編编' +
  '緣缘縱纵總总績绩織织繁繁繩绳繪绘繼继續续纖纤羅罗義义習习聖圣聞闻聯联聲声職职聽听肅肃腦脑膠胶臨临舉举舊旧艦舰藝艺' +
  '蘭兰蓋盖蓮莲蔣蒋處处號号虛虚蝦虾衛卫術术裝装製制複复見见規规視视親亲覺觉覽览觀观計计訂订訊讯討讨訓训記记設设訪访' +
  '評评試试話话該该詳详誠诚語语課课調调談谈請请論论諾诺謝谢證证譯译議议護护譽誉讓让豐丰豬猪貝贝財财貨货販贩購购貸贷費费' +
  '貿贸賀贺資资賓宾賞赏賢贤賣卖質质賴赖贏赢趙赵趨趋躍跃軍军軌轨軒轩軟软較较載载輝辉輪轮輯辑輸输轉转農农邊边達达遊游運运過过' +
  '遠远適适選选遲迟郵邮釀酿釋释鈞钧鈴铃鉅钜銀银銅铜銘铭銳锐銷销鋁铝鋒锋鋼钢錄录錢钱錦锦鍋锅鍵键鎂镁鎖锁鏡镜鐘钟鐵铁鑄铸鑒鉴鑽钻' +
  '長长閃闪閑闲間间閣阁闊阔陳陈陸陆隊队階阶際际隨随險险隱隐雙双雜杂雞鸡離离難难霧雾靈灵靜静韓韩響响頂顶項项順顺預预頓顿頭头' +
  '題题額额顏颜願愿顧顾顯显風风飛飞飯饭飲饮飼饲飾饰餐餐餘余養养驗验駕驾駿骏騰腾驅驱驛驿魚鱼鮮鲜鳥鸟鳳凤鳴鸣鴻鸿鵬鹏鶴鹤鷹鹰鹽盐麗丽' +
  '麥麦黃黄點点齊齐齒齿龜龟亞亚來来侖仑個个們们倉仓備备僅仅內内兩两凱凯創创劃划劑剂勁劲勛勋萬万與与興兴舉举舖铺鋪铺瀋沈'

/** Characters of one group are taken for each other in print and by optical reading. */
const lookAlikeGroups =
  '己已巳 未末 土士 日曰 天夭 人入八 大太犬 王玉主 千干于 刀力九 晶昌 鑫金 淼水 森林木 清青情晴靖 园圆元 华桦晔 峰锋蜂烽 辉晖挥浑 彬斌 恒桓垣 旭旦 昊昱昙 佳住往 兴与 ' +
  '泰秦春奉 亿忆 盛成诚城 伟纬 建健键 博搏傅 远运达 源原塬 通桶痛 航杭炕 祥详样洋 隆窿降 豫像 驰弛池 腾滕藤 维唯推准 浦蒲铺 宏宠 安宴 字宇宁 永水求 冰永 名各 合会 全金 今令 ' +
  '左右石 右古 古右石 后启 同周 周同 凤风 乐东 车东 午牛 牛生 生主 田由甲申 白自目 百白 北比 比此 民氏 氏民 贝见 见贝 见兄 办为 为力 历厉 万方 方万 户尸 户卢 卢户 庐庐 占古 ' +
  '戌戍戊 侯候 折拆析 拔拨 浙淅 徒陡徙 暖缓 燕蒸 戴载 裁载栽 茂荗 荣萤 莹萤 营荣 堂棠 常棠 尚尙 景影 昆毘 易昜 场杨 扬杨 汤扬 肠场 阳阴 明朋 朋明 胜性 胖胜 服报 宝玉 宝室 ' +
  '宣宜 宜宣 直真 真直 具真 且目 组祖 祖租 租相 相湘 湘相 想相 意章 章意 辛幸 幸辛 辛新 亲新 新析 所听 斤斥 诉拆 海每 梅海 悔海 敏繁 洁法 浩洁 洪洪 港洪 共其 其甚 期斯 ' +
  '斯期 基墓 墓慕 暮墓 幕墓 聚骤 取敢 最量 里重 重里 童量 理埋 狸理 鲤理 厘里 钢纲 刚钢 岗岚 冈网 网冈 铁铗 铜钢 银根 很银 铝铅 钧钩 钩构 构钩 沟构 枸构 ' +
  '材村 村材 杆材 杠杆 林休 休体 体休 本木 术木 禾木 和知 利和 秋利 科料 料科 秆科 程棵 稀程 税程 鸟乌 乌鸟 岛乌 马鸟 冯马 妈码 码妈 玛码 ' +
  '鹏朋 鸿鸡 鹤鹏 鸥鸭 龙尤 尤龙 优忧 优伏 伏优 代伐 伐代 付什 什计 计什 讨计 许计 设没 没设 投设 股投 段投 役投 ' +
  '电申 由电 申由 曲由 典曲 农衣 依衣 袭装 装袭 裕祥 祥裕 谷容 容谷 蓉容 客容 睿客 ' +
  '隹佳 隼集 集隼 焦集 雁雇 霄宵 霞露 露霞 雷雪 雪雷 雪霜 丰半 半丰 羊半 美羊 姜美 善喜 喜善 嘉喜 吉古 志吉 ' +
  '子于 于子 孔孔 孙孔 好妤 如好 姓牲 牡杜 杜社 社杜 神社 福幅 副福 富福 福富 ' +
  '启后 官宫 宫官 管官 馆管 棺馆 菅管 简筒 筒简 籍藉 ' +
  '汇江 江汇 红江 工江 巧江 功巧 攻功 助功 动动 劲动 勤勒 ' +
  '凯岂 微徽 徽微 徵微 德得 得德 律津 津律 建律 ' +
  '瑞端 端瑞 瑜愉 喻瑜 渝喻 输渝 愉渝 珠株 株珠 殊珠 环坏 怀环 坏怀 ' +
  '商商 尚商 南商 南甫 甫南 献南 ' +
  '宇字 守宇 牢宇 牟牢 卓早 早卓 草卓 章草 旱早 ' +
  '兰三 三兰 二三 竺兰 ' +
  '众从 丛从 巫从 坐众 ' +
  '贵责 责贵 费贵 贯费 贤货 货贷 贷货 贺贸 贸贺 贾贸 资货 ' +
  '磊品 品晶 昌晶 冒昌 吕品 官吕'

const simplifiedOf = new Uint16Array(65536)
for (let i = 0; i + 1 < traditional.length; i += 2)
  simplifiedOf[traditional.charCodeAt(i)] = traditional.charCodeAt(i + 1)

/** The simplified form of a UTF-16 unit; itself where none is listed. */
export const simplify = (unit: number): number => simplifiedOf[unit] || unit

const alike = new Set<number>()
for (const group of lookAlikeGroups.split(' '))
  for (const a of group) for (const b of group) if (a !== b) alike.add(a.charCodeAt(0) * 65536 + b.charCodeAt(0))

export const isLookAlike = (a: number, b: number): boolean => alike.has(a * 65536 + b)

/** Syllables by loose spelling: zh=z, ch=c, sh=s, -ng=-n, as many writers of the north and the south type them. */
const syllableOf = new Uint16Array(65536)
const syllables = new Map<string, number>()
const looseSyllable = (spelt: string): string =>
  spelt
    .replace(/^([zcs])h/, '$1')
    .replace(/ng$/, 'n')
    .replace('ü', 'v')

/** A number that is equal for characters which sound alike; 0 for what has no reading. */
export const syllable = (unit: number): number => {
  if (unit < 0x3400) return 0
  const known = syllableOf[unit]!
  if (known !== 0) return known
  const spelt = looseSyllable(pinyin(String.fromCharCode(unit), { toneType: 'none' }))
  let id = syllables.get(spelt)
  if (id === undefined) {
    id = syllables.size + 1
    syllables.set(spelt, id)
  }
  syllableOf[unit] = id
  return id
}

export const isHomophone = (a: number, b: number): boolean => {
  const left = syllable(a)
  return left !== 0 && left === syllable(b)
}

const units = (text: string): ReadonlySet<number> => new Set([...text].map((c) => c.charCodeAt(0)))
const numerals = units('零一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾甲乙丙丁戊己庚辛ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const families = units(
  '王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎闫余潘杜戴夏汪田任姜范方姚谭廖邹熊陆郝孔崔康毛邱秦史顾侯邵孟段雷钱汤尹黎常武乔贺赖龚',
)
const villageWords = units('庄店湾楼集坡岗营寨村屯沟洼坑堂铺')
const directions = units('东西南北中上下左右前后内外大小新老旧')

/** The hundred commonest family names, as they stand in names of villages. */
export const isFamilyName = (unit: number): boolean => families.has(unit)
export const isVillageWord = (unit: number): boolean => villageWords.has(unit)

/** Numerals tell units of one house apart (第一 ≠ 第二): a difference in them is never a slip of the pen. */
export const isNumeral = (unit: number): boolean => numerals.has(unit)
/** Directions and sizes do the same (东城 ≠ 西城, 新华 ≠ 老华). */
export const isDirection = (unit: number): boolean => directions.has(unit)
