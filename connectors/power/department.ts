import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'power',
  title: '国网郑州供电公司',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '营销部 数据联络员',
  dueTime: '12:00',
})
