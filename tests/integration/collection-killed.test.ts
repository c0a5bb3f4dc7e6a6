import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { startRound } from '../../lib/store/collection/rounds'
import { dropAbandoned } from '../../lib/store/imports/receive'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { compiled, compiledArgs } from '../support/compiled'
import { connectOrganisation, isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

/** How many rounds are disturbed, each twice; 10 for a longer try by hand. */
const ROUNDS = Number(process.env.HINOMI_KILLED_ROUNDS ?? 1)
/** A worker is killed once so many tasks of its round have ended. */
const ENDED = [3, 20]
const PATIENT = { timeout: 120_000, interval: 20 }
const child = await compiled(fileURLToPath(new URL('./support-collection-child.ts', import.meta.url)))

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

/** What a round leaves, without times and numbers of imports. */
async function rows(): Promise<Record<string, unknown[]>> {
  const read = async (text: string) => (await pool().query({ text, rowMode: 'array' })).rows
  return {
    assets: await read('SELECT account_id, id, region, type, arn, name, content_hash FROM asset ORDER BY 1, 2'),
    coverage: await read(
      'SELECT account_id, collector, region, state, complete_at IS NOT NULL, records, action FROM coverage ORDER BY 1, 2, 3',
    ),
    findings: await read('SELECT account_id, id, status, severity, sources, title FROM finding ORDER BY 1, 2'),
    sightings: await read('SELECT account_id, id, result, present FROM sighting ORDER BY 1, 2'),
    events: await read(
      'SELECT account_id, finding_id, kind, count(*)::int FROM finding_event GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
    ),
    rejects: await read('SELECT code FROM import_reject'),
  }
}

/** Others wait a while before they take a worker for dead, and a report that no task knows for abandoned. */
async function ageWorker(): Promise<void> {
  const old = `alive_at = clock_timestamp() - interval '1 hour'`
  await pool().query(`UPDATE collection_task SET ${old} WHERE state = 'running'`)
  await pool().query(`UPDATE import SET ${old} WHERE state = 'receiving'
    AND id NOT IN (SELECT import_id FROM collection_task WHERE import_id IS NOT NULL)`)
  await dropAbandoned(job)
}

async function endedTasks(): Promise<number> {
  return prisma().collectionTask.count({ where: { state: 'done' } })
}

describe('a worker that is killed in the middle of a round', () => {
  for (let round = 0; round < ROUNDS; round++)
    test(`leaves the rows of an undisturbed one, time ${round + 1}`, { timeout: START_MS }, async ({ emulator }) => {
      const { id } = await connectOrganisation(emulator)
      for (const ended of ENDED) {
        const worker = fork(child, { execArgv: compiledArgs, stdio: 'ignore' })
        await expect.poll(endedTasks, PATIENT).toBeGreaterThanOrEqual(ended + round)
        const closed = once(worker, 'close')
        worker.kill('SIGKILL')
        await closed
        await ageWorker()
      }
      await runUntil(() => isRead(id))
      const killed = await rows()
      expect(killed.assets?.length).toBeGreaterThan(0)
      expect(killed.findings?.length).toBeGreaterThan(0)

      await startRound(job, { connectionId: id, kind: 'full', slot: null, tasks: [] })
      await runUntil(() => isRead(id))
      expect(await rows()).toEqual(killed)
    })
})
