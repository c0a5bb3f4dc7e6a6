import 'server-only'
import { outageOf } from '../../outage'

/** Runs a write that records the time of last use. Skipped while the database is read-only, so that reads still work. */
export async function noteUse(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const outage = outageOf(error)
    if (outage !== 'disk_full' && outage !== 'read_only') throw error
  }
}
