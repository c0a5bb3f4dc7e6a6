import { randomUUID } from 'node:crypto'
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { startFullRound } from '../../lib/jobs/collection/ask'
import { pollQueue } from '../../lib/jobs/events/poll'
import { getConnection } from '../../lib/queries/collection/connections'
import { accountCoverage, listCoverage } from '../../lib/queries/collection/coverage'
import { dropConnection } from '../../lib/store/collection/connections'
import { cancelRound, startRound } from '../../lib/store/collection/rounds'
import { addQueue, queuesToPoll, removeQueue } from '../../lib/store/events/queues'
import { dropAbandoned } from '../../lib/store/imports/receive'
import type { Emulator } from '../support/aws/emulator'
import { guardDutyEvent } from '../support/aws/examples/events'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { setPaused } from '../support/connections'
import { accessFor } from '../support/organisation'
import { expectConsistent } from './support-check'
import { connectOrganisation, isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const admin = accessFor('admin')

const ended = () => prisma().collectionTask.count({ where: { state: 'done' } })
const open = async () =>
  (await pool().query('SELECT account_id, id FROM finding WHERE resolved_at IS NULL ORDER BY 1, 2')).rows
const assets = async () => (await pool().query('SELECT account_id, id FROM asset ORDER BY 1, 2')).rows

/** Others wait a while before they take reports for abandoned. */
async function dropLeftReports(): Promise<void> {
  await pool().query(`UPDATE import SET alive_at = clock_timestamp() - interval '1 hour' WHERE state = 'receiving'`)
  await dropAbandoned(job)
}

/** Nothing remains of rounds that were given up. */
async function expectNothingLeft(): Promise<void> {
  await dropLeftReports()
  const { rows } = await pool().query(
    `SELECT (SELECT count(*) FROM collection_task t WHERE t.state IN ('waiting', 'running')
        AND NOT EXISTS (SELECT FROM collection_round r WHERE r.id = t.round_id AND r.state IN ('planning', 'running')))::int AS tasks,
      (SELECT count(*) FROM import WHERE state <> 'done')::int AS imports,
      (SELECT count(*) FROM import_chunk c WHERE NOT EXISTS (SELECT FROM import i WHERE i.id = c.import_id))::int AS pieces,
      (SELECT count(*) FROM account a WHERE a.connection_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM connection c WHERE c.id = a.connection_id))::int AS accounts`,
  )
  expect(rows[0]).toEqual({ tasks: 0, imports: 0, pieces: 0, accounts: 0 })
}

async function hasNoWork(): Promise<boolean> {
  return (await prisma().import.count({ where: { state: { in: ['queued', 'running'] } } })) === 0
}

async function queueIn(emulator: Emulator, account: string) {
  const client = new SQSClient({ region: REGION, endpoint: emulator.endpoint, credentials: emulator.setUp(account) })
  const QueueName = `hinomi-${randomUUID()}`
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName }))
  for (let page = 0; page < 3; page++) {
    const Entries = Array.from({ length: 10 }, (_, n) => {
      return { Id: String(n), MessageBody: JSON.stringify(guardDutyEvent(page * 10 + n, { account })) }
    })
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  }
  return `arn:aws:sqs:${REGION}:${account}:${QueueName}`
}

describe('while a round runs', { timeout: 2 * START_MS }, () => {
  test('a connection that is removed leaves nothing behind, and closes nothing', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    await runUntil(() => isRead(id))
    const [findings, resources] = [await open(), await assets()]
    expect(findings.length).toBeGreaterThan(0)
    await startRound(job, { connectionId: id, kind: 'full', slot: null, tasks: [] })
    const before = await ended()
    await runUntil(async () => (await ended()) >= before + 3)
    await runUntil(async () => {
      if ((await prisma().collectionTask.count({ where: { state: 'running' } })) < 3) return false
      await dropConnection(admin, { id })
      return true
    })
    await runUntil(hasNoWork)
    await expectNothingLeft()
    expect(await prisma().collectionRound.count()).toBe(0)
    expect([await open(), await assets()]).toEqual([findings, resources])
    const coverage = await accountCoverage(admin, organisation.payments)
    expect(coverage).toMatchObject({ reader: 'none', open: [] })
    expect(coverage.cells.length).toBeGreaterThan(0)
    const { rows } = await listCoverage(admin, { text: '', state: [] }, null)
    expect(rows.map(({ reader }) => reader)).toEqual(['none', 'none', 'none'])
    await expectConsistent()
  })

  test('one that is cancelled is followed by another at once, which reads everything', async ({ emulator }) => {
    const { id } = await connectOrganisation(emulator)
    await runUntil(() => isRead(id))
    const [findings, resources] = [await open(), await assets()]
    const begun: number[] = []
    await runUntil(async () => {
      if (begun.length === 3) return true
      const { round } = await startFullRound(admin, { id })
      begun.push(round ?? 0)
      await expect
        .poll(() => prisma().collectionTask.count({ where: { roundId: round ?? 0, state: 'running' } }), {
          timeout: 60_000,
        })
        .toBeGreaterThan(begun.length - 1)
      await cancelRound(admin, { id: round ?? 0 })
      return false
    })
    const { round } = await startFullRound(admin, { id })
    await runUntil(
      async () => (await prisma().collectionRound.findUniqueOrThrow({ where: { id: round ?? 0 } })).state === 'done',
    )
    await runUntil(hasNoWork)
    await expectNothingLeft()
    expect([await open(), await assets()]).toEqual([findings, resources])
    const { rounds } = await getConnection(admin, { id })
    expect(rounds.slice(0, 4).map(({ state }) => state)).toEqual(['done', 'cancelled', 'cancelled', 'cancelled'])
    await expectConsistent()
  })

  test('an account of a paused connection is shown as not being read', async ({ running: _running }) => {
    const connection = await prisma().connection.create({
      data: { name: 'x', kind: 'account', accountId: '770000000099', partition: 'aws', roleName: 'R', externalId: '' },
    })
    await prisma().account.create({ data: { id: '770000000099', connectionId: connection.id } })
    await setPaused(admin, connection.id, true)
    expect(await accountCoverage(admin, '770000000099')).toMatchObject({ reader: 'paused' })
    await setPaused(admin, connection.id, false)
    expect(await accountCoverage(admin, '770000000099')).toMatchObject({ reader: 'active' })
  })
})

describe('while a queue is read', { timeout: START_MS }, () => {
  const removals: Record<string, (id: string, queue: string) => Promise<void>> = {
    'the queue is removed': (_id, queue) => removeQueue(admin, { id: queue }),
    'its connection is paused': id => setPaused(admin, id, true),
    'its connection is removed': id => dropConnection(admin, { id }),
  }
  test.for(Object.entries(removals))('%s: it is read no further', async ([, remove], { emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    const { management } = organisation
    await prisma().account.updateMany({ where: { id: management }, data: { connectionId: id } })
    const arn = await queueIn(emulator, management)
    const { id: queue } = await addQueue(admin, { connection: id, queue: arn })
    const [polled] = await queuesToPoll(job)
    if (!polled) throw new Error('There is no queue.')
    const receive = { service: 'sqs', operation: 'ReceiveMessage' }
    const reading = pollQueue(polled, new AbortController().signal)
    await expect.poll(() => emulator.calls.total(receive), { timeout: 30_000, interval: 5 }).toBeGreaterThan(0)
    await remove(id, queue)
    await reading
    expect(emulator.calls.total(receive)).toBeLessThan(3)
    expect(await prisma().eventRefusal.count()).toBe(0)
    await prisma().connection.deleteMany()
    expect(await prisma().pushedEvent.count()).toBe(0)
  })
})
