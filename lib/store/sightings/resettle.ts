import 'server-only'
import type { PoolClient } from 'pg'
import { now } from '../../clock'
import { settle } from '../../domain/findings/lifecycle'
import { isOpen } from '../../domain/findings/status'
import { noteGrouping } from '../merges/merge'
import { namePackages } from './package-names'
import { addOverdueEvents, lockFindings, type Settler, sightingsOf, updateFindings } from './settled-findings'

/** Brings the machine side of findings in line with the sightings that they now have. What a person closed stays closed. */
export async function resettleFindings(
  access: Settler,
  client: PoolClient,
  accountId: string,
  ids: readonly string[],
): Promise<void> {
  const found = await lockFindings(
    access,
    client,
    ids.map(id => ({ accountId, id })),
  )
  const sightings = await sightingsOf(access, client, [...found.values()])
  await namePackages(access, client, [...found.values()])
  for (const [key, finding] of found) {
    const { state, reopened, resolved } = settle(finding, sightings.get(key) ?? [])
    if (reopened && finding.resolvedReason === 'hand') continue
    const at = now()
    if (resolved || reopened)
      await noteGrouping(access, client, accountId, finding.id, {
        kind: resolved ? 'resolved' : 'status',
        before: finding.status,
        after: state.status,
      })
    // An exception of what is resolved here is ended by the job that looks after them.
    const rests = state.status !== 'resolved'
    const update = {
      ...finding,
      state,
      resolvedAt: resolved ? at : reopened ? null : finding.resolvedAt,
      exceptionId: rests ? finding.exceptionId : null,
      beforeException: rests ? finding.beforeException : null,
      overdue: isOpen(state.status) && finding.dueAt !== null && finding.dueAt < at,
    }
    await updateFindings(access, client, { importId: finding.changedImportId, at }, [update])
    await addOverdueEvents(access, client, { actor: access.actor, at }, [update])
  }
}
