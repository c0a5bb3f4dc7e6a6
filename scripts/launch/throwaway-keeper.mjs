// Keeps the throw-away server of the process that started it, and removes every trace of it when that process lets go or dies.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { placeDatabase, removePlace } from './placement.mjs'
import { adminUrl, startServer, stopServer } from './server.mjs'

const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-database-'))
const password = randomBytes(12).toString('hex')
// Nobody misses these data after a crash; only who measures wants the product's own way of writing.
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

const settings = process.argv.includes('durable') ? {} : careless
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
