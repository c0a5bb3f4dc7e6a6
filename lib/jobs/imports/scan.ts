import 'server-only'
import { jobAccess } from '../../access/job'
import { scanAccounts } from '../../ingest/lanes/scan-accounts'
import { claimScan, noteLane, releaseScan, scanTask } from '../../store/imports/lanes'
import { onConnection } from './connection'

const access = jobAccess('import')

/** Finds the accounts of the oldest report of which they are not known, where that lets others run. False where there is none. */
export async function scanNext(): Promise<boolean> {
  return onConnection(async ({ client, isAlive }) => {
    const task = await claimScan(access, client)
    if (!task) return false
    try {
      await noteLane(access, task.id, await scanAccounts(access, task))
    } finally {
      if (isAlive()) await releaseScan(access, client, task.id)
    }
    return true
  })
}

/** Adds accounts to those that an import holds, with all that its report speaks of. */
export async function widenLane(id: number, accounts: readonly string[]): Promise<void> {
  const task = await scanTask(access, id)
  const scanned = task ? await scanAccounts(access, task) : []
  await noteLane(access, id, [...scanned, ...accounts])
}
