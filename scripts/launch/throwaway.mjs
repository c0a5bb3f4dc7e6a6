import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureDatabase } from './database.mjs'
import { placeDatabase, removePlace } from './placement.mjs'
import { adminUrl, startServer, stopServer } from './server.mjs'

/**
 * A real PostgreSQL server in a temporary folder, for tests and tools. Nothing of it stays after stop().
 * @param {{ durable?: boolean }} [options] durable: write as the product's own server does, for measuring
 * @returns {Promise<{ admin: string, create: (name: string) => Promise<string>, stop: () => Promise<void> }>}
 *   admin: the superuser's URL; create: makes an empty database of its own role, as the application has it, and returns its URL
 */
export async function startThrowaway({ durable = false } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-database-'))
  const password = randomBytes(12).toString('hex')
  const place = await placeDatabase(dataDir)
  // Nobody misses these data after a crash.
  const settings = durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const port = await startServer(place, { password, settings })
  const admin = adminUrl(port, password)
  return {
    admin,
    async create(name) {
      await ensureDatabase(admin, password, name)
      return `postgresql://${name}:${password}@127.0.0.1:${port}/${name}`
    },
    async stop() {
      await stopServer(place, AbortSignal.abort())
      removePlace(dataDir)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
