/** What stops a change of credentials, in words for whoever asked. */
import { HubError, type PublicMessage } from '../kernel/errors.ts'

const messages = {
  'access.unknown_token': { zh: '没有这个访问令牌', en: 'there is no such token' },
  'access.unknown_key': { zh: '没有这个接口密钥', en: 'there is no such API key' },
  'access.unknown_user': { zh: '没有这个用户', en: 'there is no such user' },
  'access.name_taken': { zh: '用户名已被使用', en: 'the user name is taken' },
  'access.weak_password': {
    zh: '口令至少 10 个字符，含大写、小写、数字、符号中的三类，且不含用户名',
    en: 'a password takes 10 characters or more, three of capitals, small letters, digits and signs, and not the user name',
  },
  'access.login_refused': {
    zh: '用户名或口令不对，或用户已停用',
    en: 'wrong name or password, or the user is disabled',
  },
  'access.locked': { zh: '登录失败次数过多，请十分钟后再试', en: 'too many failed logins: try again in ten minutes' },
} as const satisfies Readonly<Record<string, PublicMessage>>

export type AccessCode = keyof typeof messages

export const accessError = (code: AccessCode, context: Readonly<Record<string, unknown>> = {}): HubError =>
  new HubError({ code, publicMessage: messages[code], context })
