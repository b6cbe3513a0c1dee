import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'tendering',
  title: '市公共资源交易中心',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '信息科 数据联络员',
  dueTime: '07:00',
})
