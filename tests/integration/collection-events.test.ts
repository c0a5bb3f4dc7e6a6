import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { EventLoop } from '../../lib/jobs/events/loop'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { addQueue } from '../../lib/store/events/queues'
import type { Emulator } from '../support/aws/emulator'
import { guardDutyEvent, inspectorEvent, securityHubEvent } from '../support/aws/examples/events'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { accessFor } from '../support/organisation'
import { connectOrganisation } from './support-collection'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
  await prisma().import.deleteMany()
})

const admin = accessFor('admin')

/** A queue in an account of the emulator. */
async function queueIn(emulator: Emulator, account: string) {
  const client = new SQSClient({ region: REGION, endpoint: emulator.endpoint, credentials: emulator.setUp(account) })
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'hinomi-findings' }))
  return {
    arn: `arn:aws:sqs:${REGION}:${account}:hinomi-findings`,
    async send(...events: unknown[]) {
      for (let at = 0; at < events.length; at += 10) {
        const Entries = events.slice(at, at + 10).map((event, n) => ({
          Id: String(n),
          MessageBody: typeof event === 'string' ? event : JSON.stringify(event),
        }))
        await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
      }
    },
    async size() {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
      )
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0)
    },
  }
}

/** Runs a worker without rounds until `isDone`. Events wait so long for others. */
async function workUntil(isDone: () => Promise<boolean>, waitMs = 0): Promise<void> {
  const loops = [new EventLoop({ idleMs: 50, waitMs }), new ImportLoop({ idleMs: 50 })]
  for (const loop of loops) loop.start()
  try {
    await expect.poll(isDone, { timeout: 60_000, interval: 100 }).toBe(true)
  } finally {
    await Promise.all(loops.map(loop => loop.stop()))
  }
}

/** An organization whose accounts are known, without waiting for a round of all of them. */
async function connected(emulator: Emulator) {
  const { id, organisation } = await connectOrganisation(emulator)
  await prisma().account.deleteMany()
  await prisma().account.createMany({ data: organisation.accounts.map(each => ({ id: each, connectionId: id })) })
  const queue = await queueIn(emulator, organisation.management)
  await addQueue(admin, { connection: id, queue: queue.arn })
  const isImported = async () =>
    (await queue.size()) === 0 &&
    (await prisma().pushedEvent.count({ where: { body: { not: null } } })) === 0 &&
    (await prisma().import.count({ where: { state: { in: ['receiving', 'queued', 'running'] } } })) === 0
  return { id, organisation, queue, isImported }
}

const importsOf = () => prisma().import.findMany({ where: { origin: 'events' }, orderBy: { id: 'asc' } })

describe('a queue of events', { timeout: START_MS }, () => {
  test('brings findings in few imports, and closes nothing', async ({ emulator }) => {
    const { id, organisation, queue, isImported } = await connected(emulator)
    const { management, payments, sandbox } = organisation
    const open = () => prisma().finding.count({ where: { resolvedAt: null } })
    const before = await open()
    const hub = Array.from({ length: 60 }, (_, n) =>
      securityHubEvent(`S3.${n + 100}`, { account: management, of: payments }),
    )
    await queue.send(
      ...hub,
      guardDutyEvent(77, { account: sandbox }),
      inspectorEvent(78, { account: sandbox }),
      ...hub.slice(0, 20),
    )
    // However long a slow machine takes for the queue.
    await workUntil(async () => (await queue.size()) === 0, START_MS)
    await workUntil(isImported)
    expect(await open()).toBe(before + 62)
    const imports = await importsOf()
    expect(imports.map(({ accountId, source }) => `${accountId} ${source}`).sort()).toEqual(
      [`${payments} security-hub`, `${sandbox} guardduty`, `${sandbox} inspector`].sort(),
    )
    expect(
      imports.every(({ rejected, state, coverage }) => rejected === 0 && state === 'done' && coverage === 'partial'),
    ).toBe(true)
    const feeds = await prisma().eventFeed.findMany({ where: { connectionId: id }, orderBy: { feed: 'asc' } })
    expect(feeds.map(({ feed, way, events }) => [feed, way, Number(events)])).toEqual([
      ['guardduty', 'queue', 1],
      ['inspector', 'queue', 1],
      ['security-hub', 'queue', 60],
    ])
    expect(await prisma().eventQueue.findFirst()).toMatchObject({
      failure: null,
      waiting: 0,
      polledAt: expect.any(Date),
    })

    // An event says nothing about another account than the one that it was accepted for, whatever it names besides.
    const mixed = guardDutyEvent(79, { account: sandbox })
    await queue.send({ ...mixed, detail: { awsAccountId: sandbox, ...mixed.detail, accountId: payments } })
    await workUntil(isImported)
    expect(await open()).toBe(before + 62)
    expect(await prisma().importReject.findMany({ select: { code: true } })).toEqual([{ code: 'account_not_allowed' }])
    await prisma().importReject.deleteMany()

    // What the rounds read is the same finding, and an event that it passes ends it.
    const control = 'S3.100'
    await queue.send(securityHubEvent(control, { account: management, of: payments, passed: true }))
    await workUntil(isImported)
    expect(await open()).toBe(before + 61)
  })

  test('refuses events of accounts that the connection has not, and other kinds, with the reason', async ({
    emulator,
  }) => {
    const { id, organisation, queue, isImported } = await connected(emulator)
    const { management } = organisation
    const other = { ...guardDutyEvent(1, { account: management }), 'detail-type': 'GuardDuty Malware Protection' }
    await queue.send(
      securityHubEvent('S3.1', { account: management, of: '999999999999' }),
      securityHubEvent('S3.2', { account: management, of: '999999999999' }),
      other,
      'not JSON',
    )
    await workUntil(isImported)
    const refusals = await prisma().eventRefusal.findMany({ where: { connectionId: id }, orderBy: { reason: 'asc' } })
    expect(refusals.map(({ reason, detail, events }) => [reason, detail, Number(events)])).toEqual([
      ['account', '999999999999', 2],
      ['shape', 'JSON', 1],
      ['type', 'GuardDuty Malware Protection', 1],
    ])
    expect(await prisma().account.count({ where: { id: '999999999999' } })).toBe(0)
    expect(await importsOf()).toEqual([])
  })

  test('stores what comes with a message that is nested too deeply', async ({ emulator }) => {
    const { id, organisation, queue, isImported } = await connected(emulator)
    const good = guardDutyEvent(6, { account: organisation.management })
    const nested = '['.repeat(50_000) + ']'.repeat(50_000)
    await queue.send(JSON.stringify(good).replace('"detail":{', `"detail":{"a":${nested},`), good)
    await workUntil(isImported)
    expect(await importsOf()).toHaveLength(1)
    expect(await prisma().eventRefusal.findMany({ where: { connectionId: id } })).toMatchObject([{ reason: 'shape' }])
  })

  test('that is not stored by a mistake of Hinomi says so', async ({ emulator }) => {
    const { organisation, queue, isImported } = await connected(emulator)
    await queue.send(guardDutyEvent(7, { account: organisation.management }))
    const stored = () => prisma().eventQueue.findFirstOrThrow()
    await pool().query(`CREATE FUNCTION wrong() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'wrong'; END $$;
      CREATE TRIGGER wrong BEFORE INSERT ON pushed_event EXECUTE FUNCTION wrong()`)
    try {
      await workUntil(async () => (await stored()).failure !== null)
    } finally {
      await pool().query('DROP TRIGGER wrong ON pushed_event; DROP FUNCTION wrong()')
    }
    // The message is hidden for a minute, so that the next poll finds nothing.
    const { polledAt } = await stored()
    await workUntil(async () => (await stored()).polledAt?.getTime() !== polledAt?.getTime())
    expect(await stored()).toMatchObject({
      failure: { state: 'failed', reason: 'internal' },
      failedAt: expect.any(Date),
    })
    expect(await queue.size()).toBe(1)
    expect(await isImported()).toBe(false)
  })

  test('that cannot be read says why, and goes on where it can', async ({ emulator }) => {
    const { organisation, queue, isImported } = await connected(emulator)
    const allow = emulator.deny({ account: organisation.management, action: 'sqs:ReceiveMessage' })
    await queue.send(guardDutyEvent(5, { account: organisation.management }))
    const stored = () => prisma().eventQueue.findFirstOrThrow()
    await workUntil(async () => (await stored()).failure !== null)
    expect((await stored()).failure).toMatchObject({ state: 'denied', action: 'sqs:ReceiveMessage' })
    expect(await queue.size()).toBe(1)
    allow()
    await workUntil(async () => (await stored()).failure === null && (await isImported()))
    expect(await stored()).toMatchObject({ failure: null, failedAt: null })
    expect(await importsOf()).toHaveLength(1)
  })
})
