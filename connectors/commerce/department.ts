import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'commerce',
  title: '市市场监督管理局',
  auth: { kind: 'apiKey', header: 'X-Api-Key' },
  pacingMs: 20,
  contact: '登记注册处 数据联络员',
  dueTime: '08:00',
})
