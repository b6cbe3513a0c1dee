import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'housing',
  title: '市城乡建设局',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '建筑市场监管处 数据联络员',
  dueTime: '07:30',
})
