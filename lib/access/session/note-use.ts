import 'server-only'
import { outageOf } from '../../outage'

/** Notes when something was used last. Where the database takes no writes for now, reading goes on without the note. */
export async function noteUse(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    const outage = outageOf(error)
    if (outage !== 'disk_full' && outage !== 'read_only') throw error
  }
}
