import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { outageOf } from '../../lib/outage'
import { IMPORT_LOCK } from '../../lib/store/imports/hold'
import { allowClosings, asff, at, expectTrueCounts, importOf, job, newAccount, receive } from './support-ingest'
import { holdingAccount, waiting } from './support-locks'

/** What a server does that crashes, or takes the place of another one: steps that nobody waited for are missing. */

afterAll(closeDatabase)

test('an upload with missing pieces is refused, and none of its data is stored', async () => {
  const before = await prisma().import.count()
  const megabyte = JSON.stringify([asff({ account: newAccount(), description: 'x'.repeat(1_100_000) })])
  const sending = async function* () {
    yield Buffer.from(megabyte.slice(0, 1_050_000))
    // The first piece was stored. The sender is slow, and the server is another one when it goes on.
    await expect.poll(async () => (await pool().query('DELETE FROM import_chunk WHERE start = 0')).rowCount).toBe(1)
    yield Buffer.from(megabyte.slice(1_050_000))
  }
  const report = { source: null, coverage: 'partial', origin: 'api', fileName: null, observedAt: null } as const
  const refused = await receiveImport(job, sending(), { ...report, force: false }).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'unavailable', reason: 'database_away' })
  expect(await prisma().import.count()).toBe(before)
  expect((await pool().query('SELECT 1 FROM import_chunk LIMIT 1')).rowCount).toBe(0)
})

test('a run without its last step resolves nothing, and the next one ends as if undisturbed', async () => {
  const account = newAccount()
  const records = ['a', 'b', 'c'].map(resource => asff({ account, resource }))
  const first = await receive(records, { observedAt: at(2), coverage: 'complete' })
  await runImport(job, first.id)
  await allowClosings()
  const second = await receive(records.slice(1), { observedAt: at(3), coverage: 'complete' })

  const holder = await pool().connect()
  await holder.query('SELECT pg_advisory_lock($1, $2)', [IMPORT_LOCK, second.id])
  const release = await holdingAccount(account)
  const run = runImport(job, second.id).catch((error: unknown) => error)
  await waiting(1)
  // Its records are being written. The backend that holds imports ends, as it does with its server.
  holder.release(true)
  await release()
  expect(outageOf(await run)).toBe('database_away')
  expect(await importOf(second.id)).toMatchObject({ state: 'running', read: 2, resolved: 0 })

  await runImport(job, second.id)
  expect(await importOf(second.id)).toMatchObject({ state: 'done', read: 2, resolved: 1 })
  await expectTrueCounts()
})
