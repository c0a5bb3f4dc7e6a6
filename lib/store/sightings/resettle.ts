import 'server-only'
import type { PoolClient } from 'pg'
import { now } from '../../clock'
import { canonicalRank } from '../../domain/controls/severities'
import { isByPerson, settle } from '../../domain/findings/lifecycle'
import { toSeverity } from '../../domain/findings/severity'
import { isOverdue } from '../../domain/policies/deadline'
import { countedBy } from '../../domain/policies/exploited'
import { knownExploitedIn } from '../../sql/vulnerabilities/known-exploited'
import { noteGrouping } from '../merges/merge'
import { controlSeveritiesIn } from '../policies/control-severity'
import { duePolicyIn } from '../policies/due-policy'
import { namePackages } from './package-names'
import { addOverdueEvents, lockFindings, type Settler, sightingsOf, updateFindings } from './settled-findings'

/** Updates findings from the sightings that they have now. A finding that a person resolved stays resolved. */
export async function resettleFindings(
  access: Settler,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
): Promise<void> {
  const findings = await lockFindings(
    access,
    client,
    ids.map(id => ({ accountId, id })),
  )
  const sightings = await sightingsOf(access, client, [...findings.values()])
  await namePackages(access, client, [...findings.values()])
  const own = await controlSeveritiesIn(client)
  const { exploited } = await duePolicyIn(client)
  const { byCve } = await knownExploitedIn(client)
  for (const [key, finding] of findings) {
    const { state, reopened, resolved, suppressed, unsuppressed } = settle(
      finding,
      sightings.get(key) ?? [],
      canonicalRank(own, finding.class, finding.control),
    )
    if (reopened && isByPerson(finding.resolvedReason)) continue
    const at = now()
    if (resolved || reopened || suppressed || unsuppressed)
      await noteGrouping(access, client, accountId, finding.id, {
        kind: resolved ? 'resolved' : suppressed ? 'suppressed' : unsuppressed ? 'unsuppressed' : 'status',
        before: finding.status,
        after: state.status,
      })
    if (state.severity !== finding.severity)
      await noteGrouping(access, client, accountId, finding.id, {
        kind: 'severity',
        before: toSeverity(finding.severity),
        after: toSeverity(state.severity),
      })
    // The exceptions job ends an exception of a finding that is resolved here.
    const keepsException = state.status !== 'resolved'
    const { class: kind, control } = finding
    const listed = byCve.has(control)
    const update = {
      ...finding,
      ...countedBy(exploited, { class: kind, ...state, ...state.urgency, listed }),
      state,
      resolvedAt: resolved ? at : reopened || suppressed ? null : finding.resolvedAt,
      exceptionId: keepsException ? finding.exceptionId : null,
      beforeException: keepsException ? finding.beforeException : null,
      overdue: isOverdue(state.status, finding, at),
    }
    await updateFindings(access, client, { importId: finding.changedImportId, at }, [update])
    await addOverdueEvents(access, client, { actor: access.actor, at }, [update])
  }
}
