import { z } from 'zod'
import { Severity, severityRank } from '../findings/severity'
import { filledText } from '../text/plain-text'
import { controlTable } from './table'

/** Severities that the organization sets, by control. */
export const ControlSeverities = z.record(filledText(300), Severity).refine(own => Object.keys(own).length <= 1000)
export type ControlSeverities = z.infer<typeof ControlSeverities>

/** With the version that the editor saw, so that two editors do not undo each other. */
export const SaveControlSeverities = z.strictObject({ severities: ControlSeverities, seen: z.string().nullable() })
export type SaveControlSeverities = z.infer<typeof SaveControlSeverities>

/** The severity that AWS gives a control; null if the control is not in the table. */
export function controlSeverity(control: string): Severity | null {
  return controlTable.named(control)?.severity ?? null
}

/** The severity of a control in force: the organization's, else AWS's; null if neither is known. */
export function severityOf(own: ControlSeverities, control: string): Severity | null {
  return (Object.hasOwn(own, control) ? own[control] : undefined) ?? controlSeverity(control)
}

/** The rank that every finding of a control has, whatever tool reports it; null where the report decides. */
export function canonicalRank(own: ControlSeverities, kind: string, control: string): number | null {
  const severity = kind === 'posture' ? severityOf(own, control) : null
  return severity === null ? null : severityRank(severity)
}
