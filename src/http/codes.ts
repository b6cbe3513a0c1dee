import { type ActCode, actMessages } from '../link/verbs/act.ts'
import { type PushCode, pushMessages } from '../push/codes.ts'

/** Every problem code the server can send, with its status and its words. OpenAPI's enum and the answers both come from here. */

export interface ProblemKind {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503
  readonly zh: string
  readonly en: string
}

const pushStatus = {
  'push.unknown_feed': 404,
  'push.unknown_receipt': 404,
  'push.unknown_record': 404,
  'push.unsupported_type': 415,
  'push.unsupported_encoding': 415,
  'push.bad_body': 400,
  'push.too_large': 413,
  'push.no_rows': 422,
  'push.atomic_refused': 422,
  'push.bad_idempotency_key': 400,
  'push.key_reused': 422,
  'push.in_progress': 409,
  'push.busy': 503,
  'push.future_period': 422,
} as const satisfies Readonly<Record<PushCode, ProblemKind['status']>>

const pushKinds = Object.fromEntries(
  Object.entries(pushStatus).map(([code, status]) => [code, { status, ...pushMessages[code as PushCode] }]),
) as Readonly<Record<PushCode, ProblemKind>>

const actStatus = {
  'judgement.unknown_party': 404,
  'judgement.unknown_registration': 422,
  'judgement.unknown': 404,
  'judgement.already_undone': 409,
  'judgement.already_judged': 409,
  'judgement.already_proposed': 409,
  'judgement.conflict': 409,
  'judgement.stale': 409,
  'judgement.unknown_project': 404,
  'judgement.same_project': 422,
  'judgement.unknown_record': 422,
  'judgement.nothing_to_split': 422,
  'judgement.too_many_pairs': 422,
  'judgement.out_of_scope': 403,
  'judgement.bad_alias': 422,
  'proposal.unknown': 404,
  'proposal.answered': 409,
  'proposal.same_person': 403,
  'proposal.not_yours': 403,
  'alias.unknown': 404,
} as const satisfies Readonly<Record<ActCode, ProblemKind['status']>>

const actKinds = Object.fromEntries(
  Object.entries(actStatus).map(([code, status]) => [code, { status, ...actMessages[code as ActCode] }]),
) as Readonly<Record<ActCode, ProblemKind>>

export const problemKinds = {
  'http.unauthenticated': {
    status: 401,
    zh: '请先登录，或提供有效的访问令牌',
    en: 'log in, or send a valid bearer token',
  },
  'http.forbidden': { status: 403, zh: '您的岗位无权使用此功能', en: 'your role may not use this' },
  'http.cross_site': { status: 403, zh: '请求来自其他站点，已拒绝', en: 'refused: the request came from another site' },
  'http.not_found': { status: 404, zh: '没有找到，或不在您的管辖范围内', en: 'not found, or outside your scope' },
  'http.method_not_allowed': { status: 405, zh: '此地址不支持该方法', en: 'this address does not support the method' },
  'http.too_large': { status: 413, zh: '请求内容过大', en: 'the request body is too large' },
  'http.not_json': { status: 415, zh: '请求内容应为 application/json', en: 'the body must be application/json' },
  'http.bad_json': { status: 400, zh: '请求内容不是有效的 JSON', en: 'the body is not valid JSON' },
  'http.bad_input': { status: 400, zh: '请求参数有误，详见 errors', en: 'the request does not fit, see errors' },
  'http.bad_cursor': {
    status: 400,
    zh: '分页标记无效，或与查询条件不符，请从第一页重新查询',
    en: 'the cursor is damaged or belongs to another query: start again from the first page',
  },
  'http.too_many_requests': { status: 429, zh: '请求过于频繁，请稍后再试', en: 'too many requests, try again later' },
  'http.timeout': {
    status: 503,
    zh: '处理超时，请缩小范围或稍后再试',
    en: 'this took too long: narrow the query or try again later',
  },
  'http.unavailable': { status: 503, zh: '服务暂不可用，请稍后再试', en: 'temporarily unavailable, try again later' },
  'http.internal': {
    status: 500,
    zh: '系统内部错误，请凭请求编号联系管理员',
    en: 'internal error: give the request id to the administrator',
  },
  'project.as_of_dropped': {
    status: 410,
    zh: '该日的历史状态已超过保留期，不能再还原',
    en: 'what was known on that day is past its retention and can no longer be shown',
  },
  'import.unknown_source': { status: 422, zh: '没有这个数据资源或供数单位', en: 'no such feed or department' },
  'import.already_running': { status: 409, zh: '该数据资源正在导入', en: 'an import of this feed is running' },
  'import.not_pulled': {
    status: 422,
    zh: '该数据资源只接收推送或文件，不能拉取',
    en: 'this feed is pushed or filed, it cannot be pulled',
  },
  'import.bad_range': {
    status: 422,
    zh: '补采区间应有起日 since，且 since ≤ until ≤ 今天',
    en: 'a range has a first day since, and since ≤ until ≤ today',
  },
  'import.range_too_long': {
    status: 422,
    zh: '补采区间过长：请分段，或用 daysMax 放宽',
    en: 'the range is too long: split it, or allow more days by daysMax',
  },
  'import.unordered_range': {
    status: 422,
    zh: '该资源的记录没有先后标识：请去掉 until，补采到今天为止',
    en: 'versions of this feed bear no order: leave out until, so that the newest come last',
  },
  'landing.release_order': {
    status: 409,
    zh: '请先处理更早暂扣的批次',
    en: 'an earlier delivery of this feed is held; decide it first',
  },
  'landing.not_held': { status: 409, zh: '该批次不在暂扣状态', en: 'this delivery is not held' },
  'arrival.not_open': { status: 409, zh: '没有这个待到或逾期的应报日', en: 'nothing is due or late on that day' },
  ...actKinds,
  ...pushKinds,
} as const satisfies Readonly<Record<string, ProblemKind>>

export type ProblemCode = keyof typeof problemKinds

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemKinds, code)

export const problemKind = (code: ProblemCode): ProblemKind => problemKinds[code]
