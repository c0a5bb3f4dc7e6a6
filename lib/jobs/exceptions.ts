import 'server-only'
import { jobAccess } from '../access/job'
import { announceExceptions } from '../store/exceptions/announce'
import {
  applyException,
  endDueExceptions,
  endWithResolved,
  pendingExceptions,
  recheckEnded,
} from '../store/exceptions/apply'
import { endUnreviewed } from '../store/exceptions/review'

/** Ends exceptions that have reached their date or were not reviewed, applies decisions to findings, and announces exceptions that end soon. */
export async function keepExceptions(): Promise<void> {
  const access = jobAccess('exceptions')
  await endDueExceptions(access)
  await endUnreviewed(access)
  await recheckEnded(access)
  for (const id of await pendingExceptions(access)) await applyException(access, id)
  await endWithResolved(access)
  await announceExceptions(access)
}
