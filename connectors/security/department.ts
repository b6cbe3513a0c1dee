import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'security',
  title: '市公安局',
  auth: { kind: 'sealed' },
  // Its gateway lets two requests a second through and refuses the third.
  pacingMs: 600,
  contact: '大数据支队 数据联络员',
  dueTime: '09:00',
})
