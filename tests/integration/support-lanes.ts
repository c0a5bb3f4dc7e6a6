import { pool } from '../../lib/db'
import { claimImport, releaseImport } from '../../lib/store/imports/lanes'
import { job } from './support-ingest'

/** The import that a worker would run next; null if there is none. */
export async function nextImport(): Promise<number | null> {
  const client = await pool().connect()
  try {
    const claimed = await claimImport(job, client)
    if (claimed === 'busy') throw new Error('somebody else claims an import at this moment')
    if (claimed) await releaseImport(job, client, claimed.id)
    return claimed?.id ?? null
  } finally {
    client.release()
  }
}
