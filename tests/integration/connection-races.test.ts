import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { maxQueues } from '../../lib/domain/collection/events/queue'
import { initialWriteBack } from '../../lib/domain/collection/write-back/settings'
import { lockAccounts } from '../../lib/store/accounts/lock'
import { dropConnection, updateConnection } from '../../lib/store/collection/connections'
import { addEventKey, removeEventKey } from '../../lib/store/events/keys'
import { addQueue, removeQueue } from '../../lib/store/events/queues'
import { dropUnwantedWrites } from '../../lib/store/write-back/queue'
import { setWriteBack } from '../../lib/store/write-back/settings'
import { addConnection } from '../support/connections'
import { jobAccess } from '../support/job'
import { accessFor } from '../support/organisation'
import { newAccount } from './support-ingest'

afterAll(closeDatabase)

const admin = accessFor('admin')
const queueArn = (n: number) => `arn:aws:sqs:eu-west-1:111111111111:race-${n}`

const SHOWN = { name: 'Organization', roleName: 'HinomiReadOnly', paused: false }

const RACES: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
  ['a change', id => updateConnection(admin, { id, name: 'Other', seen: SHOWN })],
  ['another removal', id => dropConnection(admin, { id })],
  ['a new queue', connection => addQueue(admin, { connection, queue: queueArn(0) })],
  ['a new key', connection => addEventKey(admin, { connection })],
  [
    'writing back',
    id => setWriteBack(admin, { id, enabled: false, roleName: 'Writer', language: 'en', seen: initialWriteBack }),
  ],
]

/** Begins something while the connection is being removed, and ends the removal once it waits. */
async function whileRemoved<T>(id: string, run: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
  let begun: Promise<PromiseSettledResult<T>[]> = Promise.resolve([])
  const client = await pool().connect()
  try {
    await client.query('BEGIN')
    await client.query('DELETE FROM connection WHERE id = $1', [id])
    begun = Promise.allSettled([run()])
    await expect.poll(async () => (await pool().query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(1)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
  const [settled] = await begun
  if (!settled) throw new Error('Nothing was begun.')
  return settled
}

test.each(RACES)('%s finds nothing where the connection is removed meanwhile', async (_name, run) => {
  const id = await addConnection([])
  expect(await whileRemoved(id, () => run(id))).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
})

test('the removal of a queue or key finds nothing where the connection is removed meanwhile', async () => {
  const parts = async (id: string) => ({
    queue: await addQueue(admin, { connection: id, queue: queueArn(1) }),
    key: await addEventKey(admin, { connection: id }),
  })
  for (const kind of ['queue', 'key'] as const) {
    const id = await addConnection([])
    const part = (await parts(id))[kind]
    const remove = () => (kind === 'queue' ? removeQueue : removeEventKey)(admin, { id: part.id })
    expect(await whileRemoved(id, remove)).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
  }
})

test('no more queues are added at once than a connection may have', async () => {
  const connection = await addConnection([])
  const additions = Array.from({ length: 14 }, (_, n) => addQueue(admin, { connection, queue: queueArn(n + 10) }))
  const ended = await Promise.allSettled(additions)
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(maxQueues)
  for (const result of ended.filter(each => each.status === 'rejected'))
    expect(result.reason).toMatchObject({ code: 'conflict', reason: 'tooManyQueues' })
  expect(await prisma().eventQueue.count({ where: { connectionId: connection } })).toBe(maxQueues)
})

test('a connection is removed while its accounts are being connected', async () => {
  const [known, added] = [newAccount(), newAccount()]
  for (const id of [known, added]) await prisma().account.create({ data: { id } })
  const id = await addConnection([known])
  const client = await pool().connect()
  let removal: Promise<unknown> = Promise.resolve()
  try {
    await client.query('BEGIN')
    await lockAccounts(client, [known, added])
    await client.query('UPDATE account SET name = $2 WHERE id = $1', [known, 'Known'])
    removal = dropConnection(admin, { id })
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
    await expect.poll(async () => (await pool().query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(1)
    await client.query('UPDATE account SET connection_id = $2 WHERE id = $1', [added, id])
    await client.query('COMMIT')
  } finally {
    client.release()
  }
  await removal
  expect(await prisma().account.count({ where: { id: { in: [known, added] }, connectionId: null } })).toBe(2)
})

test('what waits to be written is forgotten with the connection that would write it', async () => {
  const [ours, theirs] = [newAccount(), newAccount()]
  for (const id of [ours, theirs]) await prisma().account.create({ data: { id } })
  const connections = [await addConnection([ours]), await addConnection([theirs])]
  await prisma().writeBack.createMany({
    data: connections.map(connectionId => ({ connectionId, enabled: true, roleName: 'Writer', language: 'en' })),
  })
  for (const accountId of [ours, theirs])
    await prisma().writeBackQueue.create({ data: { accountId, findingId: randomUUID() } })
  const waiting = async () => (await prisma().writeBackQueue.findMany()).map(({ accountId }) => accountId)
  await dropConnection(admin, { id: connections[0] ?? '' })
  expect(await waiting()).toEqual([theirs])
  // An account that leaves its organization belongs to no connection any more.
  await prisma().account.update({ where: { id: theirs }, data: { connectionId: null } })
  await dropUnwantedWrites(jobAccess('retention'))
  expect(await waiting()).toEqual([])
})
