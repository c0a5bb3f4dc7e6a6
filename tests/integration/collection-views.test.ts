import { randomUUID } from 'node:crypto'
import { CreateFindingAggregatorCommand, SecurityHubClient } from '@aws-sdk/client-securityhub'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { slotsAt } from '../../lib/domain/collection/schedule'
import type { Emulator } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { setUpIn } from '../support/aws/organisation/connection'
import { type Organisation, REGION } from '../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { connectOrganisation, isRead, runUntil } from './support-collection'

stopAtEnd()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const LINKED = 'us-east-1'

/** Payments administers GuardDuty; management administers Security Hub, and gathers the findings of both Regions. */
async function delegate(emulator: Emulator, { management, payments, sandbox, accounts }: Organisation): Promise<void> {
  emulator.store.set('guardduty.members', { account: payments }, [management, sandbox])
  emulator.store.set('securityhub.members', { account: management }, [payments, sandbox])
  for (const account of accounts) {
    const place = { account, region: LINKED }
    emulator.store.set('securityhub.hub', place, true)
    emulator.store.put('securityhub.finding', place, securityHubFinding(place, 'S3.9'))
  }
  const hub = new SecurityHubClient(setUpIn(emulator, management, REGION))
  await hub.send(new CreateFindingAggregatorCommand({ RegionLinkingMode: 'ALL_REGIONS' }))
}

/** Says that the scheduled rounds are done and which account administers GuardDuty, as a first round would. */
async function prepare(connectionId: string, { management, payments, accounts }: Organisation): Promise<void> {
  await prisma().account.deleteMany()
  await prisma().account.createMany({ data: accounts.map(id => ({ id, connectionId })) })
  const at = new Date()
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection', createdAt: at }
  const slots = slotsAt(at, 'Asia/Tokyo')
  for (const kind of ['full', 'light'] as const)
    await prisma().collectionRound.create({ data: { connectionId, kind, state: 'done', slot: slots[kind], ...actor } })
  await prisma().asset.create({
    data: {
      accountId: management,
      id: randomUUID(),
      collector: 'organization',
      region: 'global',
      type: 'AWS::Organizations::DelegatedAdministrator',
      arn: payments,
      name: 'payments',
      data: { account: payments, services: [{ principal: 'guardduty.amazonaws.com' }] },
      contentHash: 1,
      firstSeenAt: at,
      changedAt: at,
      importId: 1,
    },
  })
}

/** A round of the two services alone, in all accounts. */
async function readAgain(
  connectionId: string,
  accounts: readonly string[],
  kind: 'full' | 'light' = 'full',
): Promise<void> {
  const tasks = accounts.flatMap(accountId =>
    ['security-hub', 'guardduty'].map(collector => ({ accountId, collector })),
  )
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection' }
  await prisma().collectionRound.create({
    data: { connectionId, kind, state: 'running', ...actor, createdAt: new Date(), tasks: { create: tasks } },
  })
  await runUntil(() => isRead(connectionId))
}

const cellsOf = (collector: string) =>
  prisma().coverage.findMany({
    where: { collector, region: { in: [REGION, LINKED] } },
    orderBy: [{ accountId: 'asc' }, { region: 'asc' }],
  })
const openIn = (accountId: string) =>
  prisma().finding.count({
    where: { accountId, resolvedAt: null, sources: { hasSome: ['security-hub', 'guardduty'] } },
  })

describe('the administrator of a service', { timeout: 2 * START_MS }, () => {
  test('is read once for all of its members and linked Regions', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    await delegate(emulator, organisation)
    await prepare(id, organisation)
    const { management, payments, sandbox, accounts } = organisation
    await readAgain(id, accounts)
    const found = await Promise.all(accounts.map(openIn))
    expect(found.every(count => count > 0)).toBe(true)

    emulator.calls.clear()
    await readAgain(id, accounts)
    const callers = (operation: string) => accounts.filter(account => emulator.calls.total({ account, operation }) > 0)
    expect(callers('GetFindings')).toEqual(expect.arrayContaining([management, payments]))
    expect(emulator.calls.rows({ account: sandbox, operation: 'GetFindings' })).toEqual([])
    expect(emulator.calls.total({ account: payments, operation: 'GetFindings', service: 'securityhub' })).toBe(0)
    expect(emulator.calls.total({ account: management, operation: 'GetFindings', region: LINKED })).toBe(0)
    expect(await Promise.all(accounts.map(openIn))).toEqual(found)
    const hub = await cellsOf('security-hub')
    expect(hub).toHaveLength(6)
    for (const { accountId, state, complete, via, records } of hub) {
      expect({ state, complete, via }).toEqual({
        state: 'ok',
        complete: true,
        via: accountId === management ? null : management,
      })
      expect(records).toBeGreaterThan(0)
    }
    const guardduty = (await cellsOf('guardduty')).filter(({ region }) => region === REGION)
    expect(guardduty.map(({ accountId, via }) => [accountId, via]).sort()).toEqual(
      [
        [management, payments],
        [payments, null],
        [sandbox, payments],
      ].sort(),
    )

    // A full round through the view closes what is gone, also in a linked Region.
    emulator.store.remove('securityhub.finding', { account: sandbox, region: LINKED })
    const before = await openIn(sandbox)
    await readAgain(id, accounts, 'light')
    expect(await openIn(sandbox)).toBe(before)
    await readAgain(id, accounts)
    expect(await openIn(sandbox)).toBe(before - 1)

    // Where the administrator cannot be read, accounts read their findings themselves.
    emulator.deny({ account: management, action: 'securityhub:GetFindings' })
    await readAgain(id, accounts)
    expect((await cellsOf('security-hub')).map(({ state }) => state)).toEqual(Array(6).fill('denied'))
    await readAgain(id, accounts)
    for (const { accountId, state, via } of await cellsOf('security-hub'))
      expect([state, via]).toEqual(accountId === management ? ['denied', null] : ['ok', null])
    expect(await openIn(sandbox)).toBe(before - 1)
  })
})
