import { createReadStream } from 'node:fs'
import { jobAccess } from '../../lib/access/job'
import { closeDatabase } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive'
import { runImport } from '../../lib/ingest/run'

/** Imports one file completely in a process of its own, as the worker does, and prints its seconds and peak memory as JSON. */
const [file = '', observedAt = ''] = process.argv.slice(2)
const access = jobAccess('bench')
const started = performance.now()
const { id } = await receiveImport(access, createReadStream(file, { highWaterMark: 1024 * 1024 }), {
  source: null,
  coverage: 'complete',
  origin: 'command',
  fileName: null,
  observedAt: new Date(observedAt),
  force: true,
})
const received = performance.now()
await runImport(access, id)
const ended = performance.now()
await closeDatabase()
process.stdout.write(
  JSON.stringify({
    id,
    receiveSeconds: (received - started) / 1000,
    runSeconds: (ended - received) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
)
