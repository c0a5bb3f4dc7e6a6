import 'server-only'
import { connect as connectPlain, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls } from 'node:tls'
import type { StreamedEntry } from '../../queries/audit/stream'

const TIMEOUT_MS = 30_000
/** Facility "log audit", severity "informational": https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const PRIORITY = 13 * 8 + 6
const SYSLOG_PORTS = { 'syslog+tls:': 6514, 'syslog+tcp:': 601 } as const

/**
 * Sends entries of the audit log to another system: by HTTP as JSON lines, acknowledged by a 2xx status, or by syslog over TLS or TCP,
 * which has no acknowledgement. Throws if that fails.
 */
export async function sendAudit(to: URL, entries: readonly StreamedEntry[], token: string | undefined): Promise<void> {
  if (to.protocol === 'syslog+tls:' || to.protocol === 'syslog+tcp:') return sendSyslog(to, to.protocol, entries)
  const response = await fetch(to, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/x-ndjson', ...(token && { authorization: `Bearer ${token}` }) },
    body: entries.map(entry => `${JSON.stringify(entry)}\n`).join(''),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the receiver of the audit log answered ${response.status}`)
}

async function sendSyslog(
  { hostname: host, port }: URL,
  protocol: keyof typeof SYSLOG_PORTS,
  entries: readonly StreamedEntry[],
): Promise<void> {
  const address = { host: host.replace(/^\[|\]$/g, ''), port: Number(port) || SYSLOG_PORTS[protocol] }
  const socket: Socket =
    protocol === 'syslog+tls:' ? connectTls({ ...address, servername: address.host }) : connectPlain(address)
  await new Promise<void>((done, fail) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('the receiver of the audit log does not answer')))
    socket.once('error', fail)
    // The receiver closes its side once it has read everything.
    socket.once('close', failed => (failed ? undefined : done()))
    socket.resume()
    socket.end(Buffer.concat(entries.map(framed)))
  })
}

/** One message with its length before it: https://www.rfc-editor.org/rfc/rfc5425#section-4.3 */
function framed(entry: StreamedEntry): Buffer {
  const action = entry.action.replace(/[^\x21-\x7e]/g, '').slice(0, 32) || '-'
  const head = `<${PRIORITY}>1 ${entry.at.toISOString()} ${hostname()} hinomi ${process.pid} ${action} -`
  const message = Buffer.from(`${head} ${JSON.stringify(entry)}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}
