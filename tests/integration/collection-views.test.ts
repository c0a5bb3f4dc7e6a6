import { randomUUID } from 'node:crypto'
import {
  EnableAWSServiceAccessCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
} from '@aws-sdk/client-organizations'
import { CreateFindingAggregatorCommand, SecurityHubClient } from '@aws-sdk/client-securityhub'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { slotsAt } from '../../lib/domain/collection/schedule'
import { getDelegation } from '../../lib/queries/collection/delegation'
import type { Emulator } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { inspectorFinding, macieFinding } from '../support/aws/examples/threats'
import { setUpIn } from '../support/aws/organisation/connection'
import { type Organisation, REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { addReading } from '../support/connections'
import { accessFor } from '../support/organisation'
import { connectOrganisation, isRead, runUntil } from './support-collection'

stopAtEnd()
skipWaits()
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

/** Says that the scheduled rounds are done, with the accounts that they found. */
async function skipScheduled(connectionId: string, { accounts }: Organisation): Promise<void> {
  await prisma().asset.deleteMany()
  await prisma().account.deleteMany()
  await prisma().account.createMany({ data: accounts.map(id => ({ id, connectionId })) })
  const at = new Date()
  const actor = { actorKind: 'job', actorId: 'collection', actorName: 'collection', createdAt: at }
  const slots = slotsAt(at, 'Asia/Tokyo')
  for (const kind of ['full', 'light'] as const)
    await prisma().collectionRound.create({ data: { connectionId, kind, state: 'done', slot: slots[kind], ...actor } })
}

/** Says which account administers GuardDuty, as a first round would. */
async function prepare(connectionId: string, organisation: Organisation): Promise<void> {
  const { management, payments } = organisation
  await skipScheduled(connectionId, organisation)
  const at = new Date()
  await addReading(management, at)
  const { importId } = await prisma().coverage.findFirstOrThrow({ where: { accountId: management } })
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
      importId,
    },
  })
}

const FINDINGS = ['security-hub', 'guardduty']

/** A round of some services alone, in these accounts. */
async function readAgain(
  connectionId: string,
  accounts: readonly string[],
  kind: 'full' | 'light' = 'full',
  collectors: readonly string[] = FINDINGS,
): Promise<void> {
  const tasks = accounts.flatMap(accountId => collectors.map(collector => ({ accountId, collector })))
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
const openIn = (accountId: string, sources: string[] = FINDINGS) =>
  prisma().finding.count({ where: { accountId, resolvedAt: null, sources: { hasSome: sources } } })

describe('the administrator of a service', { timeout: 2 * START_MS }, () => {
  test('is read once for all of its members and linked Regions', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    await delegate(emulator, organisation)
    await prepare(id, organisation)
    const { management, payments, sandbox, accounts } = organisation
    await readAgain(id, accounts)
    const found = await Promise.all(accounts.map(account => openIn(account)))
    expect(found.every(count => count > 0)).toBe(true)

    emulator.calls.clear()
    await readAgain(id, accounts)
    const callers = (operation: string) => accounts.filter(account => emulator.calls.total({ account, operation }) > 0)
    expect(callers('GetFindings')).toEqual(expect.arrayContaining([management, payments]))
    expect(emulator.calls.rows({ account: sandbox, operation: 'GetFindings' })).toEqual([])
    expect(emulator.calls.total({ account: payments, operation: 'GetFindings', service: 'securityhub' })).toBe(0)
    expect(emulator.calls.total({ account: management, operation: 'GetFindings', region: LINKED })).toBe(0)
    expect(await Promise.all(accounts.map(account => openIn(account)))).toEqual(found)
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

describe('an administrator whose view cannot be read', { timeout: 2 * START_MS }, () => {
  const hub = ['security-hub']

  test('reads its own findings in linked Regions by themselves', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    await delegate(emulator, organisation)
    await prepare(id, organisation)
    const { management } = organisation
    const allow = emulator.deny({ account: management, action: 'securityhub:ListMembers' })
    const states = async () => {
      const cells = await cellsOf('security-hub')
      return cells.flatMap(({ accountId, region, state }) => (accountId === management ? [[region, state]] : []))
    }
    await readAgain(id, [management], 'full', hub)
    const both = [REGION, LINKED].sort()
    expect(await states()).toEqual(both.map(region => [region, 'ok']))

    // Where the Region of the aggregation fails, the others are read nevertheless.
    allow()
    emulator.fault({
      account: management,
      region: REGION,
      operation: 'GetFindings',
      fault: { kind: 'error', code: 'InvalidInputException', message: 'broken', status: 400 },
    })
    await readAgain(id, [management], 'full', hub)
    expect(await states()).toMatchObject(both.map(region => [region, region === LINKED ? 'ok' : 'failed']))
  })
})

/** Payments administers Inspector and Macie, and management Access Analyzer; nobody was given Security Hub, which is in use. */
async function delegateByApi(emulator: Emulator, { management, payments, sandbox, accounts }: Organisation) {
  const client = new OrganizationsClient(setUpIn(emulator, management, 'us-east-1'))
  for (const ServicePrincipal of ['inspector2', 'macie', 'access-analyzer', 'securityhub'].map(
    name => `${name}.amazonaws.com`,
  ))
    await client.send(new EnableAWSServiceAccessCommand({ ServicePrincipal }))
  for (const [AccountId, ServicePrincipal] of [
    [payments, 'inspector2.amazonaws.com'],
    [payments, 'macie.amazonaws.com'],
    [management, 'access-analyzer.amazonaws.com'],
  ])
    await client.send(new RegisterDelegatedAdministratorCommand({ AccountId, ServicePrincipal }))
  emulator.store.set('inspector2.members', { account: payments }, [management, sandbox])
  emulator.store.set('macie2.members', { account: payments }, [management, sandbox])
  for (const account of accounts) {
    const place = { account, region: REGION }
    emulator.store.put('inspector2.finding', place, inspectorFinding(place, 2))
    emulator.store.set('macie2.enabled', place, true)
    emulator.store.put('macie2.finding', place, macieFinding(place))
  }
}

describe('a delegated administrator', { timeout: 2 * START_MS }, () => {
  test('of Inspector and Macie is found in the organization and read for its members', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    await delegateByApi(emulator, organisation)
    await skipScheduled(id, organisation)
    const { management, payments, sandbox, accounts } = organisation
    await readAgain(id, [management], 'full', ['organization'])
    const matrix = await getDelegation(accessFor('admin'), management)
    expect(matrix).toMatchObject({ management, administrators: [payments] })
    const now = expect.any(Date)
    expect(matrix?.rows.map(({ service, since, warning }) => [service, since, warning])).toEqual([
      ['Security Hub', {}, 'none'],
      ['GuardDuty', {}, 'none'],
      ['Inspector', { [payments]: now }, null],
      ['IAM Access Analyzer', { [management]: now }, 'management'],
      ['Macie', { [payments]: now }, null],
    ])

    const services = ['inspector', 'macie']
    const read = (kind: 'full' | 'light' = 'full') => readAgain(id, accounts, kind, services)
    const open = () => Promise.all(accounts.map(account => openIn(account, services)))
    await read()
    expect(await open()).toEqual([3, 3, 3])
    emulator.calls.clear()
    await read()
    for (const service of ['inspector2', 'macie2']) {
      const callers = accounts.filter(account =>
        emulator.calls.total({ account, service, operation: 'ListFindings', region: REGION }),
      )
      expect(callers).toEqual([payments])
    }
    expect(await open()).toEqual([3, 3, 3])
    const views = async (service: string) =>
      (await cellsOf(service))
        .filter(({ region }) => region === REGION)
        .map(({ accountId, state, complete, via, records }) => [accountId, { state, complete, via, records }])
    const seen = (account: string, records: number) => [
      account,
      { state: 'ok', complete: true, via: account === payments ? null : payments, records },
    ]
    expect(await views('inspector')).toEqual(accounts.toSorted().map(account => seen(account, 2)))
    expect(await views('macie')).toEqual(accounts.toSorted().map(account => seen(account, 1)))

    // A light round brings what is new, and only a full one closes what is gone.
    const inSandbox = { account: sandbox, region: REGION }
    emulator.store.remove('inspector2.finding', inSandbox)
    emulator.store.put('inspector2.finding', inSandbox, inspectorFinding(inSandbox, 3, new Date()))
    emulator.store.remove('macie2.finding', inSandbox)
    await read('light')
    expect(await openIn(sandbox, services)).toBe(4)
    await read()
    expect(await open()).toEqual([3, 3, 1])

    // Where its findings cannot be read, nothing is closed, and the members read theirs themselves.
    emulator.deny({ account: payments, action: 'inspector2:ListFindings' })
    emulator.deny({ account: payments, action: 'macie2:ListFindings' })
    emulator.store.remove('inspector2.finding', { account: payments, region: REGION })
    await read()
    expect((await views('macie')).map(([, cell]) => cell)).toMatchObject(Array(3).fill({ state: 'denied' }))
    await read()
    for (const service of services)
      for (const { accountId, state, via } of (await cellsOf(service)).filter(({ region }) => region === REGION))
        expect([state, via]).toEqual(accountId === payments ? ['denied', null] : ['ok', null])
    expect(await open()).toEqual([3, 3, 1])
  })
})
