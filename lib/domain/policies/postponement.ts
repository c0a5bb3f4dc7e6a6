import type { Severity } from '../findings/severity'

/** Severities whose due dates need a second person beyond twice the policy's time. */
const severe: readonly Severity[] = ['critical', 'high']

/**
 * What a person needs to set this due date: nothing up to the policy's date, a reason after it, and an exception, which a second
 * person approves, for severe findings after twice the policy's time. Null as `due` is no date at all.
 */
export function neededFor(
  due: Date | null,
  { severity, openedAt, policyDue }: { severity: Severity; openedAt: Date; policyDue: Date | null },
): 'nothing' | 'reason' | 'exception' {
  if (policyDue === null || (due !== null && due <= policyDue)) return 'nothing'
  const twice = 2 * policyDue.getTime() - openedAt.getTime()
  return severe.includes(severity) && (due === null || due.getTime() > twice) ? 'exception' : 'reason'
}
