import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { advanceRounds } from '../../lib/jobs/collection/plan'
import { startNewAccounts } from '../../lib/store/collection/rounds'
import { addConnection } from '../support/connections'
import { job, newAccount } from './support-ingest'
import { holding, waiting } from './support-locks'

afterAll(closeDatabase)

/** A connection with an account that nobody has read. */
async function connected(): Promise<{ connectionId: string; account: string }> {
  const account = newAccount()
  await prisma().account.create({ data: { id: account } })
  return { connectionId: await addConnection([account]), account }
}
test('new accounts are read once, although two workers find them at the same time', async () => {
  const { connectionId, account } = await connected()
  const start = () => startNewAccounts(job, connectionId, accountId => [{ accountId, collector: 'iam', region: null }])
  // Both have to find the account before one of them has begun.
  const release = await holding('LOCK TABLE collection_round IN SHARE ROW EXCLUSIVE MODE')
  const starting = [start(), start()]
  await waiting(2)
  await release()
  const started = await Promise.all(starting)
  expect(started.filter(id => id !== null)).toHaveLength(1)
  expect(await prisma().collectionTask.findMany({ where: { accountId: account } })).toHaveLength(1)
})

test('a full round by a clock that was ahead does not stand for light ones', async () => {
  const { connectionId } = await connected()
  const createdAt = new Date(Date.now() + 30 * 86_400_000)
  const round = { connectionId, state: 'done', actorKind: 'job', actorId: 'x', actorName: 'x', createdAt }
  await prisma().collectionRound.create({ data: { ...round, kind: 'full', slot: createdAt } })
  await advanceRounds()
  await prisma().collectionRound.updateMany({
    where: { connectionId, createdAt: { lt: createdAt } },
    data: { state: 'done' },
  })
  await prisma().collectionTask.deleteMany()
  await advanceRounds()
  expect(await prisma().collectionRound.count({ where: { connectionId, kind: 'light' } })).toBe(1)
})
