import { AppError } from './errors'

/** Temporary reasons why Hinomi cannot store or read. The same request succeeds after the outage. */
export const outages = ['disk_full', 'read_only', 'database_away'] as const
export type Outage = (typeof outages)[number]

export function isOutage(text: string): text is Outage {
  return (outages as readonly string[]).includes(text)
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const DISK_FULL = ['53100', 'ENOSPC', 'EDQUOT']
const READ_ONLY = ['25006', 'EROFS']
const AWAY = [
  // Ended or refused by the server, or out of memory or connections.
  /^(?:08\w{3}|57P0[1-5]|53000|53200|53300|58030)$/,
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/,
  // https://www.prisma.io/docs/orm/reference/error-reference
  /^P(?:1001|1002|1008|1017|2024)$/,
  // Error kinds of Prisma's adapter that have no PostgreSQL code.
  /^(?:ConnectionClosed|DatabaseNotReachable|SocketTimeout|TooManyConnections)$/,
]
// node-pg sets no code for these.
const AWAY_TEXT =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/
// PostgreSQL reports a read-only file system with the code of a missing privilege. Other messages may quote input.
const READ_ONLY_TEXT = /\bcould not [^\n]*: Read-only file system$/m

/** The outage that caused an error or one of its causes; null for any other error. */
export function outageOf(error: unknown): Outage | null {
  for (const { code, message } of chainOf(error)) {
    if (DISK_FULL.includes(code)) return 'disk_full'
    if (READ_ONLY.includes(code) || READ_ONLY_TEXT.test(message)) return 'read_only'
    if (AWAY.some(pattern => pattern.test(code)) || AWAY_TEXT.test(message)) return 'database_away'
  }
  return null
}

/** Seconds after which a sender should retry. */
const RETRY_SECONDS = 30

/**
 * The error of an outage for people: status 507 if nothing can be stored, 503 if the database does not answer and the
 * request does not store a report.
 */
export function outageError(outage: Outage, { stores = false }: { stores?: boolean } = {}): AppError {
  const code = outage === 'database_away' && !stores ? 'unavailable' : 'no_space'
  return new AppError(code, { reason: outage, params: { seconds: RETRY_SECONDS } })
}

/** The codes and messages of an error, its causes, and the errors wrapped by Prisma's adapter and AggregateError. */
function* chainOf(error: unknown, depth = 0): Generator<{ code: string; message: string }> {
  if (typeof error !== 'object' || error === null || depth > 6) return
  const { code, originalCode, kind, message } = error as Record<string, unknown>
  yield { code: String(originalCode ?? code ?? kind ?? ''), message: String(message ?? '') }
  if (originalCode !== undefined && code !== undefined) yield { code: String(code), message: '' }
  const { cause, meta, driverAdapterError, errors } = error as Record<string, unknown>
  for (const inner of [cause, meta, driverAdapterError, ...(Array.isArray(errors) ? errors : [])])
    yield* chainOf(inner, depth + 1)
}
