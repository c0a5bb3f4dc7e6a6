import 'server-only'
import { jobAccess } from '../access/job'
import { now } from '../clock'
import { env } from '../env'
import { countedUntil, countFlow, takeSnapshots } from '../store/counts/snapshots'

/** Takes today's snapshots and counts the changes of the days since the last ones. */
export async function keepSnapshots(): Promise<void> {
  const access = jobAccess('snapshot')
  const from = await countedUntil(access, now())
  await takeSnapshots(access, null, now(), env().HINOMI_TIME_ZONE)
  await countFlow(access, null, { from, to: now() }, env().HINOMI_TIME_ZONE)
}
