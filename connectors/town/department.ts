import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'town',
  title: '乡镇街道',
  auth: { kind: 'none' },
  pacingMs: 0,
  contact: '乡镇街道 协税护税办公室',
  dueTime: '18:00',
})
