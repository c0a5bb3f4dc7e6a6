import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { advanceRounds } from '../../lib/jobs/collection/plan'
import { startNewAccounts } from '../../lib/store/collection/rounds'
import { addConnection } from '../support/connections'
import { job, newAccount } from './support-ingest'

afterAll(closeDatabase)

/** A connection with an account that nobody has read. */
async function connected(): Promise<{ connectionId: string; account: string }> {
  const account = newAccount()
  await prisma().account.create({ data: { id: account } })
  return { connectionId: await addConnection([account]), account }
}
const roundsOf = (connectionId: string) => prisma().collectionRound.count({ where: { connectionId, kind: 'single' } })

test('new accounts are read once, although several workers find them at the same time', async () => {
  const { connectionId, account } = await connected()
  const start = () => startNewAccounts(job, connectionId, accountId => [{ accountId, collector: 'iam', region: null }])
  const started = await Promise.all(Array.from({ length: 5 }, start))
  expect(started.filter(id => id !== null)).toHaveLength(1)
  expect(await prisma().collectionTask.findMany({ where: { accountId: account } })).toHaveLength(1)
})

test('two workers that plan at the same time begin one round for them', async () => {
  const { connectionId } = await connected()
  await Promise.all([advanceRounds(), advanceRounds()])
  expect(await roundsOf(connectionId)).toBe(1)
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
