import 'server-only'
import { jobAccess } from '../access/job'
import { announceExceptions } from '../store/announce-exceptions'
import { applyException, endDueExceptions, pendingExceptions, recheckEnded } from '../store/apply-exceptions'

/** Announces what ends soon, ends what has reached its date, and brings findings in line with every decision since. */
export async function keepExceptions(): Promise<void> {
  const access = jobAccess('exceptions')
  await announceExceptions(access)
  await endDueExceptions(access)
  await recheckEnded(access)
  for (const id of await pendingExceptions(access)) await applyException(access, id)
}
