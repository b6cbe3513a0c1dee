/** What an operator does about each code that can stop, hold or mark a delivery. A test asks that none is without. */
import type { PublicMessage } from '../kernel/errors.ts'

const say = (zh: string, en: string): PublicMessage => ({ zh, en })

const waitAndAgain = say(
  '无需处理：下一次计划任务会从断点继续。连续出现两次以上时，请联系供数单位的系统负责人。',
  'Nothing to do: the next run goes on from the checkpoint. If it happens more than twice in a row, call the department.',
)
const sourceIsWrong = say(
  '本批没有采用，已收数据不受影响。请供数单位核对后重新交付，再执行一次导入。',
  'The delivery was not taken in; what was there stays. Ask the department to check and deliver again, then import once more.',
)
const fileIsWrong = say(
  '文件没有采用。请供数单位重新生成该文件和清单，放回交换目录后再执行一次导入。',
  'The file was not taken in. Ask the department to write it and its manifest anew, put both into the folder, and import once more.',
)
const monthIncomplete = say(
  '该月数据没有采用，齐全后下一次导入自动读取。请供数单位补齐所缺文件，或重新生成该月清单。',
  'The month was not taken in and is read as soon as it is complete. Ask the department for the missing file, or for a new manifest of the month.',
)
const keysDiffer = say(
  '应答没有采用。请与供数单位核对共享密钥和加密方式；若密钥一致，按数据被篡改上报信息安全岗。',
  'The answer was not taken in. Compare the shared secret and the cipher with the department; where they agree, report to security that data was altered on its way.',
)
const configuration = say(
  '请系统管理员检查该数据源的配置（地址、凭证、目录），改正后再执行一次导入。',
  'Have the administrator check the settings of this source (address, credentials, folder), then import once more.',
)
const fixRows = say(
  '原文已保存在问题数据中。请供数单位更正后重新报送，或在映射更正后执行 quarantine replay。',
  'The raw rows are kept in quarantine. Have the department send them corrected, or replay the quarantine once the mapping is mended.',
)
const decide = say(
  '请核对变化是否属实：属实则放行，不属实则拒收并请供数单位重新交付（hold list、hold release、hold refuse，或“导入”页面）。',
  'Check whether the change is real: release it if so, else refuse it and ask for another delivery (hold list, hold release, hold refuse, or the page of imports).',
)

const remedies: Readonly<Record<string, PublicMessage>> = {
  'connect.unreachable': waitAndAgain,
  'connect.timeout': waitAndAgain,
  'connect.cut_body': waitAndAgain,
  'connect.server_error': waitAndAgain,
  'connect.circuit_open': waitAndAgain,
  'connect.rate_limited': say(
    '无需处理：已按对方要求放慢。若经常出现，请调大该数据源的 pacingMs 或与供数单位商定限额。',
    'Nothing to do: requests were slowed down as asked. If it happens often, raise pacingMs of the source or agree on a quota.',
  ),
  'connect.body_too_large': say(
    '请调小该数据源的 rowsPerPage 后再执行一次导入。',
    'Lower rowsPerPage of this source and import once more.',
  ),
  'connect.refused': say(
    '请求被供数单位拒绝，多为接口变更。请对照接口文档核对路径和参数。',
    'The department refused the request, mostly because its interface changed. Compare path and parameters with its documentation.',
  ),
  'connect.unauthorized': say(
    '请向供数单位确认凭证是否仍有效、时钟是否一致，更新 sources 中的 clientId 和 secret 后再执行一次导入。',
    'Confirm with the department that the credentials are still good and the clocks agree; renew clientId and secret of the source, then import once more.',
  ),
  'connect.wrong_encoding': sourceIsWrong,
  'connect.answer_unreadable': sourceIsWrong,
  'connect.doctype_refused': sourceIsWrong,
  'connect.department_error': waitAndAgain,
  'connect.envelope_unreadable': sourceIsWrong,
  'connect.mac_mismatch': keysDiffer,
  'connect.decrypt_failed': keysDiffer,
  'connect.answer_replayed': keysDiffer,
  'connect.not_configured': configuration,
  'connect.cursor_expired': waitAndAgain,
  'connect.checkpoint_gone': waitAndAgain,
  'landing.short_delivery': sourceIsWrong,
  'landing.early_empty_page': sourceIsWrong,
  'landing.repeated_page': sourceIsWrong,
  'landing.repeated_cursor': sourceIsWrong,
  'landing.more_than_declared': sourceIsWrong,
  'landing.total_shrank': waitAndAgain,
  'landing.folder_missing': configuration,
  'landing.nothing_delivered': say(
    '请确认供数单位已开始交付，以及交换目录的配置是否正确。',
    'Confirm that the department has begun to deliver, and that the folder is the right one.',
  ),
  'landing.manifest_unreadable': fileIsWrong,
  'landing.digest_mismatch': fileIsWrong,
  'landing.sum_mismatch': fileIsWrong,
  'landing.file_missing': monthIncomplete,
  'landing.file_unlisted': monthIncomplete,
  'landing.sequence_gap': sourceIsWrong,
  'landing.sequence_step_back': say(
    '数据流被重置或重复发送，本批没有采用。请供数单位查明原因；若序号已回退，请其从曾经给出的最大序号之后重新写出数据流，下一次导入会自动从头读取。',
    'The stream was set back or sent again; nothing was taken in. Ask the department why. If its numbers fell, it has to write the stream anew behind the greatest number it ever gave: the next import then reads it from its start.',
  ),
  'connect.exchange_unreadable': say(
    '前置库的表不存在、结构有变或无权读取。请系统管理员与共享平台核对库表和授权。',
    'The front-end tables are missing, have changed or may not be read. Have the administrator compare them and the rights with the sharing platform.',
  ),
  'landing.catalogue_unknown': say(
    '前置库中有未登记的资源目录编码，多为目录调整。请与供数单位确认编码，更新后再执行一次导入。',
    'The front-end tables hold a catalogue code that no feed reads, mostly after the catalogue was revised. Confirm the code with the department.',
  ),
  'landing.batch_repeated': sourceIsWrong,
  'landing.row_not_json': fixRows,
  'landing.row_not_object': fixRows,
  'landing.row_too_deep': fixRows,
  'landing.row_bad_text': fixRows,
  'landing.row_invalid': fixRows,
  'landing.row_key_missing': fixRows,
  'landing.fenced': say('无需处理：另一次执行已接手。', 'Nothing to do: another attempt has taken this run over.'),
  'landing.batch_gone': waitAndAgain,
  'landing.restarted': say(
    '无需处理：上次中断的批次已放弃，并从头重新取得。',
    'Nothing to do: what an earlier run had left open was given up and fetched anew.',
  ),
  'landing.busy': say('无需处理：同一数据资源正在导入。', 'Nothing to do: this feed is being imported already.'),
  'landing.run_lost': waitAndAgain,
  'landing.stalled': waitAndAgain,
  'landing.hold_rows': decide,
  'landing.hold_rejected': decide,
  'landing.hold_mass_change': decide,
  'landing.hold_mass_absence': decide,
  'landing.queued_behind_hold': say(
    '请先处理排在前面的暂扣批次，本批随后自动采用。',
    'Decide on the delivery held before this one; this one follows by itself.',
  ),
  'landing.unreconciled': say(
    '请执行 check 并联系系统管理员：收到的与入库的数目不一致。',
    'Run check and call the administrator: what was received and what was stored differ.',
  ),
  'landing.not_held': say('该批次没有被暂扣。', 'This delivery is not held.'),
  'landing.release_order': say('请先放行较早的批次。', 'Release the earlier delivery first.'),
  'landing.drift': say(
    '数据照常入库，多出或缺少的字段已登记。请与供数单位确认接口变更，必要时更新映射。',
    'The rows were taken in and the fields noted. Confirm the change with the department and mend the mapping where it matters.',
  ),
  'import.stopped': say('再次执行导入即从断点继续。', 'Import once more: it goes on from the checkpoint.'),
  'hub.internal': say('请系统管理员查看日志。', 'Have the administrator look at the log.'),
}

/** What to do about a code. Codes of files (`decode.*`) share one answer, and so does whatever has none of its own. */
export const remedyOf = (code: string): PublicMessage =>
  remedies[code] ?? (code.startsWith('decode.') ? fileIsWrong : sourceIsWrong)

/** Codes that have an answer of their own. */
export const remediedCodes: ReadonlySet<string> = new Set(Object.keys(remedies))
