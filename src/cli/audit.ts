/** `audit verify`: recomputes the whole chain of seals from the rows. */
import { verifyAudit } from '../access/seal-audit.ts'
import type { Hub } from '../hub.ts'
import { HubError } from '../kernel/errors.ts'
import type { Output } from './output.ts'

export const auditCommand = async (hub: Hub, args: readonly string[], out: Output): Promise<number> => {
  if (args[0] !== 'verify')
    throw new HubError({
      code: 'cli.bad_argument',
      publicMessage: { zh: '用法：audit verify', en: 'usage: audit verify' },
    })
  const verdict = await verifyAudit(hub.db.pipeline)
  out.result(verdict)
  out.line(
    `${verdict.ok ? '完整 intact' : '不完整 broken'}: ${verdict.rows} rows under ${verdict.seals} seals, ${verdict.unsealed} not sealed yet${verdict.dropped > 0n ? `, ${verdict.dropped} older ones dropped by retention` : ''}`,
  )
  out.line(`head ${verdict.head}`)
  if (verdict.firstBad) out.line(`first bad seal ${verdict.firstBad.sealId}: ${verdict.firstBad.reason}`)
  return verdict.ok ? 0 : 1
}
