import { createReadStream } from 'node:fs'
import { closeDatabase } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { jobAccess } from '../support/job'

/**
 * Imports one file completely in a process of its own, as the worker does, and prints its seconds and peak memory as JSON. The
 * warm-up file goes first, untimed: a worker has been up for long when a report comes.
 */
const [warmUp = '', file = '', observedAt = ''] = process.argv.slice(2)
const access = jobAccess('bench')

async function importOne(path: string, coverage: 'complete' | 'partial') {
  const started = performance.now()
  const { id } = await receiveImport(access, createReadStream(path, { highWaterMark: 1024 * 1024 }), {
    source: null,
    coverage,
    origin: 'command',
    fileName: null,
    observedAt: new Date(observedAt),
    force: true,
  })
  const received = performance.now()
  await runImport(access, id)
  const ended = performance.now()
  return { id, receiveSeconds: (received - started) / 1000, runSeconds: (ended - received) / 1000 }
}

async function main(): Promise<void> {
  await importOne(warmUp, 'partial')
  const measured = await importOne(file, 'complete')
  await closeDatabase()
  process.stdout.write(JSON.stringify({ ...measured, peakMegabytes: process.resourceUsage().maxRSS / 1024 }))
}

void main()
