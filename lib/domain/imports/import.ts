import { z } from 'zod'
import { absentReasons } from '../feeds/closing'

export const importStates = ['queued', 'running', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]

/** Whether a report claims to name every problem of its feed: a complete one closes what it lacks. */
export const Coverage = z.enum(['complete', 'partial'])
export type Coverage = z.infer<typeof Coverage>

/** The way a report came in. */
export const ImportOrigin = z.enum(['api', 'browser', 'command'])
export type ImportOrigin = z.infer<typeof ImportOrigin>

/** What an import waits for that an outage interrupted, or whose worker died again and again. */
export const waitReasons = ['disk_full', 'read_only', 'database_away', 'error'] as const
export type WaitReason = (typeof waitReasons)[number]

/** Why a complete import did not close what it lacks. */
export const heldBackReasons = ['rejects', 'older', ...absentReasons] as const
