import 'server-only'
import { AppError, type ErrorCode } from '../../errors'
import { log } from '../../log'
import { RateLimiter } from '../api/rate-limit'
import { networkOf } from '../network/peer'
import { pathOf } from './refusals'

/** Missing permissions are in the audit log: refusals.ts. Rows that do not exist or changed meanwhile are not worth a line. */
const CODES: readonly ErrorCode[] = ['invalid', 'not_recent', 'too_large', 'too_many_requests']

/** Log lines for one network are limited, so that a flood of requests does not flood the log. */
const lines = new RateLimiter({ perSecond: 1, burst: 60 })

interface Issue {
  code?: unknown
  path?: unknown
}

/**
 * Logs that input was refused or that there were too many requests: the address, the path, and the rule and field. Never a value.
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
