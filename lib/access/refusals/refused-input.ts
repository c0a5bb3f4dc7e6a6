import 'server-only'
import { AppError, type ErrorCode } from '../../errors'
import { log } from '../../log'
import { RateLimiter } from '../api/rate-limit'
import { networkOf } from '../network/peer'
import { pathOf } from './refusals'

/** Missing permissions are in the audit log: refusals.ts. A row that is not there, or changed meanwhile, is no attempt at anything. */
const CODES: readonly ErrorCode[] = ['invalid', 'not_recent', 'too_large', 'too_many_requests']

/** Lines for one network: a flood of requests is no flood of lines. */
const lines = new RateLimiter({ perSecond: 1, burst: 60 })

interface Issue {
  code?: unknown
  path?: unknown
}

/**
 * Writes to the process log that input was refused or requests were too many: from where, for what, and by which rule of which
 * field. Never a value.
 */
export function logRefusedInput(error: unknown, ip: string | null, path: string | null): void {
  const rule = ruleOf(error)
  if (!rule || lines.take(networkOf(ip)) !== null) return
  log.info({ ...rule, ip, path: path === null ? null : pathOf(path) }, 'refused a request')
}

function ruleOf(error: unknown): Record<string, unknown> | null {
  if (error instanceof AppError) {
    const { code, reason, field } = error
    return CODES.includes(code) ? { code, reason, ...(field ? { field: field.slice(0, 100) } : {}) } : null
  }
  if (!(error instanceof Error) || !('issues' in error) || !Array.isArray(error.issues)) return null
  const fields = error.issues.slice(0, 10).map(({ code, path }: Issue) => {
    const field = Array.isArray(path) ? path.join('.').slice(0, 100) : ''
    return `${field}: ${String(code)}`
  })
  return { code: 'invalid', fields }
}
