import 'server-only'
import type { PoolClient } from 'pg'
import { now } from '../clock'
import { settle } from '../domain/lifecycle'
import { isOpen } from '../domain/status'
import { namePackages } from './package-names'
import { lockFindings, type Settler, sightingsOf, updateFindings } from './settled-findings'

/** Brings the machine side of findings in line with the sightings that they now have. What a person closed stays closed. */
export async function bringInLine(
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
    if (reopened) continue
    const at = now()
    await updateFindings(access, client, { importId: finding.changedImportId, at }, [
      {
        ...finding,
        state,
        resolvedAt: resolved ? at : finding.resolvedAt,
        overdue: isOpen(state.status) && finding.dueAt !== null && finding.dueAt < at,
      },
    ])
  }
}
