import type { Sums } from '../rules/shapes'

/** The history of a web ACL, which AWS does not tell. */
export interface AclHistory {
  /** When its rules were first read as they are now. */
  readonly rulesSince: Date
  /** When each rule that only counts was first read as such. */
  readonly counting: Readonly<Record<string, Date>>
}

/** Since when something is known to be so, and from where. */
export interface Since {
  readonly at: Date
  /** `read`: Hinomi has read it since then, and it may be older; `metrics`: CloudWatch counted it then. */
  readonly by: 'read' | 'metrics'
}

/**
 * Since when a rule has only counted. CloudWatch proves more than the own memory: requests that it counted on a day,
 * when none was blocked on any later day. Null where neither says anything.
 */
export function countingSince(
  sums: Sums | undefined,
  days: readonly string[],
  firstRead: Date | undefined,
): Since | null {
  const lastBlocked = sums?.blocked.findLastIndex(sum => sum > 0) ?? -1
  const first = sums?.counted.findIndex((sum, at) => sum > 0 && at > lastBlocked) ?? -1
  const day = first === -1 ? undefined : days[first]
  const counted = day === undefined ? null : new Date(`${day}T00:00:00Z`)
  if (counted && (!firstRead || counted < firstRead)) return { at: counted, by: 'metrics' }
  return firstRead ? { at: firstRead, by: 'read' } : null
}

const DAY_MS = 86_400_000

/** Whether a time is at least so many days ago. */
export function isOlderThan(since: Date, days: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= days * DAY_MS
}
