/** Duties kept apart (三权分立): whoever runs the system, grants rights or reads the audit log sees no tax data, and no one does two of these. */
export const roles = [
  'officer',
  'steward',
  'riskDesk',
  'leader',
  'operator',
  'systemAdmin',
  'securityAdmin',
  'auditor',
  'partner',
] as const
export type Role = (typeof roles)[number]

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text)

export const roleTitles: Readonly<Record<Role, string>> = {
  officer: '税务人员',
  steward: '数据管理员',
  riskDesk: '风险管理岗',
  leader: '领导',
  operator: '调度',
  systemAdmin: '系统管理员',
  securityAdmin: '安全保密管理员',
  auditor: '安全审计员',
  partner: '供数单位',
}

export type ActorKind = 'user' | 'token' | 'partner' | 'system'

/** On whose behalf something is read or written. Rows are cut by `scopePrefix`, fields by role. */
export interface Actor {
  readonly id: string
  readonly kind: ActorKind
  readonly role: Role
  /** Division code prefix: '' is everything, '41' the province, '4101' the city, '410105' one county, '410105001' one town. */
  readonly scopePrefix: string
  /** Shown on pages and in audit rows. */
  readonly name?: string
  /** A partner's department; it sees its own deliveries only. */
  readonly department?: string
  /** Where a partner's key is for one feed alone. */
  readonly feed?: string
}

/**
 * The half-open text range [from, to) that holds exactly the codes with this prefix, for range tests under COLLATE "C" (decision 17).
 * Codes are digits and capitals, so the code point after the last character bounds them. An empty prefix is ['', '\u{10FFFF}').
 */
export const scopeRange = (prefix: string): { readonly from: string; readonly to: string } => {
  if (prefix === '') return { from: '', to: '\u{10FFFF}' }
  const last = prefix.charCodeAt(prefix.length - 1)
  return { from: prefix, to: prefix.slice(0, -1) + String.fromCharCode(last + 1) }
}

/** True where one division code lies in an actor's scope. */
export const isInScope = (actor: Actor, code: string): boolean => code.startsWith(actor.scopePrefix)

/** The hub itself: imports, replays, the clock. */
export const systemActor: Actor = { id: 'system', kind: 'system', role: 'operator', scopePrefix: '', name: '系统' }
