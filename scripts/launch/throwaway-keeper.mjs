// Keeps the temporary server of the process that started this one, and removes all its files when that process stops it or dies.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { placeDatabase, removePlace } from './placement.mjs'
import { adminUrl, startServer, stopServer } from './server.mjs'

const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-database-'))
const password = randomBytes(12).toString('hex')
// These data need not survive a crash. Only measurements need the durability settings of the product.
const withoutDurability = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

const settings = process.argv.includes('durable') ? {} : withoutDurability
const released = new Promise(done => process.once('disconnect', () => done(null)))
try {
  const place = await placeDatabase(dataDir)
  try {
    const port = await startServer(place, { password, settings })
    if (process.connected) process.send?.({ admin: adminUrl(port, password), password, port })
    await released
  } finally {
    await stopServer(place, AbortSignal.abort())
  }
} finally {
  removePlace(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
}
