import 'server-only'
import { jobAccess } from '../../access/job'
import { scanAccounts } from '../../ingest/lanes/scan-accounts'
import { claimScan, noteLane, releaseScan, scanTask } from '../../store/imports/lanes'
import { onConnection } from './connection'

const access = jobAccess('import')

/** Finds the accounts of the oldest report that was not scanned yet, if that unblocks others. False if there is none. */
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

/** Adds `accounts`, and the accounts in its report, to those that an import locks. */
export async function widenLane(id: number, accounts: readonly string[]): Promise<void> {
  const task = await scanTask(access, id)
  const scanned = task ? await scanAccounts(access, task) : []
  await noteLane(access, id, [...scanned, ...accounts])
}
