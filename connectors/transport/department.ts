import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'transport',
  title: '市交通运输局',
  auth: { kind: 'hmac' },
  pacingMs: 20,
  contact: '建设管理处 数据联络员',
  dueTime: '09:00',
})
