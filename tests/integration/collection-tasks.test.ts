import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
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
