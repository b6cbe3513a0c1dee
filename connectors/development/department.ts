import { defineDepartment } from '#connect'

export default defineDepartment({
  id: 'development',
  title: '市发展和改革委员会',
  auth: { kind: 'oauth2', tokenPath: '/oauth2/token' },
  pacingMs: 20,
  contact: '投资科 数据联络员',
  dueTime: '08:30',
})
