import 'server-only'
import { jobAccess } from '../../access/job'
import { env } from '../../env'
import { auditAfter } from '../../queries/audit/stream'
import { auditSentTo, noteAuditSent } from '../../store/audit/sent'
import { sendAudit } from './sink'

const BATCH = 500

/**
 * Sends new entries of the audit log to HINOMI_AUDIT_URL, in order and at least once: the next run resends what failed. Returns how
 * many entries were sent.
 */
export async function streamAudit(): Promise<number> {
  const { HINOMI_AUDIT_URL: to, HINOMI_AUDIT_TOKEN: token } = env()
  if (!to) return 0
  const access = jobAccess('audit-stream')
  const url = new URL(to)
  const receiver = `${url.protocol}//${url.host}${url.pathname}`
  let sent = 0
  let after = await auditSentTo(access, receiver)
  for (;;) {
    const { entries, next } = await auditAfter(access, after, BATCH)
    if (next === after) return sent
    if (entries.length > 0) await sendAudit(url, entries, token)
    await noteAuditSent(access, receiver, next)
    after = next
    sent += entries.length
  }
}
