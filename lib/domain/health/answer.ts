import { type HealthCode, type HealthStatus, healthCodes } from './health'

export interface HealthAnswer {
  status: HealthStatus
  reasons: { code: HealthCode; since: Date | null }[]
}

const STATUSES: readonly unknown[] = ['ok', 'degraded', 'down'] satisfies HealthStatus[]

/** The answer of `GET /api/health`; null if it is not one of Hinomi. Codes of a newer server are left out. */
export function toHealthAnswer(body: unknown): HealthAnswer | null {
  if (!isRecord(body) || !isStatus(body.status) || !Array.isArray(body.reasons)) return null
  const reasons = body.reasons.filter(isRecord).flatMap(({ code, since }) => {
    const known = healthCodes.find(each => each === code)
    const at = typeof since === 'string' ? new Date(since) : null
    return known ? [{ code: known, since: at && !Number.isNaN(at.getTime()) ? at : null }] : []
  })
  return { status: body.status, reasons }
}

function isStatus(value: unknown): value is HealthStatus {
  return STATUSES.includes(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
