import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { Position } from '../../lib/domain/collection/position'
import { startRound } from '../../lib/store/collection/rounds'
import { beginTask, claimTasks } from '../../lib/store/collection/tasks'
import { addConnection } from '../support/connections'
import { job, newAccount } from './support-ingest'

afterAll(closeDatabase)

test('the position of a task is stored whatever AWS wrote into it', async () => {
  const [connectionId, accountId] = [await addConnection([]), newAccount()]
  await startRound(job, {
    connectionId,
    kind: 'single',
    slot: null,
    tasks: [{ accountId, collector: 'organization', region: null }],
  })
  const [task] = await claimTasks(job, randomUUID(), { limit: 1, perAccount: 1 })
  if (!task) throw new Error('There is no task.')
  const message = 'a\u0000b\ud800'
  const cell = {
    coverage: 1,
    account: accountId,
    region: 'global',
    collector: 'organization',
    complete: false,
    records: 0,
  }
  const position = {
    regions: ['global'],
    cells: [{ ...cell, state: 'failed', message }],
    cursor: { open: [{ id: 'ou-1', path: [message] }], token: null },
    records: 0,
    startedAt: new Date().toISOString(),
  }
  await beginTask(job, task, 1, Position.parse(position))
  const stored = await prisma().collectionTask.findFirstOrThrow({ where: { accountId } })
  expect(stored.position).toMatchObject({
    region: null,
    cells: [{ message: 'a\ufffdb\ufffd' }],
    cursor: { open: [{ path: ['a\ufffdb\ufffd'] }] },
  })
})

test('a poll that finds its slot taken uses up no number of a round', async () => {
  const connectionId = await addConnection([])
  const round = { connectionId, kind: 'light', slot: new Date('2026-07-01T00:00:00Z'), tasks: [] } as const
  const begin = () => startRound(job, round)
  expect(await begin()).toEqual(expect.any(Number))
  const last = async () => (await pool().query('SELECT last_value FROM collection_round_id_seq')).rows[0]
  const before = await last()
  expect(await begin()).toBeNull()
  expect(await begin()).toBeNull()
  expect(await last()).toEqual(before)
  // The same slot of another kind is another round, and what people ask for has no slot.
  expect(await startRound(job, { ...round, kind: 'full' })).toEqual(expect.any(Number))
  expect(await startRound(job, { ...round, slot: null })).toEqual(expect.any(Number))
  expect(await startRound(job, { ...round, slot: null })).toEqual(expect.any(Number))
})
