import type { AwsSecurityFinding, BatchUpdateFindingsCommandInput } from '@aws-sdk/client-securityhub'
import type { Call } from '../handler'

type Update = Omit<BatchUpdateFindingsCommandInput, 'FindingIdentifiers'>

/** A finding after BatchUpdateFindings, which sets UpdatedAt too. */
export function updateFinding(
  finding: AwsSecurityFinding,
  update: Update,
  { now, principal }: Call,
): AwsSecurityFinding {
  const { Note, Workflow, Severity, ...plain } = update
  const at = now.toISOString()
  return {
    ...finding,
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
    ...(Workflow ? { Workflow: { ...finding.Workflow, ...Workflow } } : {}),
    ...(Severity ? { Severity: { ...finding.Severity, ...Severity } } : {}),
    ...(Note ? { Note: { Text: Note.Text, UpdatedBy: Note.UpdatedBy ?? principal.arn, UpdatedAt: at } } : {}),
    UpdatedAt: at,
  }
}
