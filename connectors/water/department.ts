import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'water',
  title: '市水利局',
  auth: { kind: 'apiKey', header: 'X-Api-Key' },
  pacingMs: 50,
  contact: '规划计划处 数据联络员',
  dueTime: '09:30',
})
