import { z } from 'zod'
import { absentReasons } from '../feeds/closing'

export const importStates = ['queued', 'running', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]

/** Whether a report claims to contain every problem of its feed: a complete one closes missing findings. */
export const Coverage = z.enum(['complete', 'partial'])
export type Coverage = z.infer<typeof Coverage>

/** The way a report came in. */
export const ImportOrigin = z.enum(['api', 'browser', 'command', 'collector', 'events'])
export type ImportOrigin = z.infer<typeof ImportOrigin>

/** What an interrupted import waits for: the end of an outage, or a pause after its worker died several times. */
export const waitReasons = ['disk_full', 'read_only', 'database_away', 'error'] as const
export type WaitReason = (typeof waitReasons)[number]

/** Why a complete import did not close missing findings. */
export const heldBackReasons = ['rejects', 'older', ...absentReasons] as const
