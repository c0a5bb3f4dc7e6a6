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

/** Ends exceptions that have reached their date, applies decisions to findings, and announces exceptions that end soon. */
export async function keepExceptions(): Promise<void> {
  const access = jobAccess('exceptions')
  await endDueExceptions(access)
  await recheckEnded(access)
  for (const id of await pendingExceptions(access)) await applyException(access, id)
  await endWithResolved(access)
  await announceExceptions(access)
}
