import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'tax',
  title: '市税务局核心征管系统',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '信息中心 数据抽取岗',
  dueTime: '06:30',
})
