import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'resources',
  title: '市自然资源和规划局',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '自然资源开发利用处 数据联络员',
  dueTime: '08:00',
})
