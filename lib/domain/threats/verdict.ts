import { z } from 'zod'
import { filledText } from '../text/plain-text'

/** Verdicts about a threat: true and contained, an action that is allowed, or an error of the source. */
export const verdictKinds = ['true_positive', 'benign', 'false_positive'] as const
export const VerdictKind = z.enum(verdictKinds)
export type VerdictKind = z.infer<typeof VerdictKind>

/** A verdict with what was found and done. */
export const Verdict = z.strictObject({ kind: VerdictKind, text: filledText(4_000) })
export type Verdict = z.infer<typeof Verdict>

/** How far a source has reported a threat. Null where it says nothing. */
export interface Activity {
  count: number | null
  lastSeen: Date | null
  /** When the source last updated its record. */
  updatedAt: Date | null
}

const Time = z.coerce.date().nullable()

/** A verdict as a finding stores it, with the activity that its sources had reported by then. */
export const StoredVerdict = Verdict.extend({
  by: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  at: z.coerce.date(),
  seen: z.object({ count: z.number().nullable(), lastSeen: Time, updatedAt: Time }),
})
export type StoredVerdict = z.infer<typeof StoredVerdict>

/**
 * Whether a threat went on after a verdict: a source counts more events or saw a later one. Where the source tells
 * neither, its later update of the record counts.
 */
export function hasMoved(seen: Activity, now: readonly Activity[]): boolean {
  return now.some(({ count, lastSeen, updatedAt }) => {
    const counts = count === null || seen.count === null ? null : count > seen.count
    const times = lastSeen === null || seen.lastSeen === null ? null : lastSeen > seen.lastSeen
    if (counts !== null || times !== null) return counts === true || times === true
    return updatedAt !== null && (seen.updatedAt === null || updatedAt > seen.updatedAt)
  })
}
