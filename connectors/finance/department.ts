import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'finance',
  title: '市财政局',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '国库处、评审中心 数据联络员',
  dueTime: '08:00',
})
