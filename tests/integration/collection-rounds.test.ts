import { CreateAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations'
import { afterAll, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { retryCell } from '../../lib/store/collection/retry'
import { startRound } from '../../lib/store/collection/rounds'
import { setUpIn } from '../support/aws/organisation/connection'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { accessFor } from '../support/organisation'
import { connectOrganisation, isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)

/** Sources of findings that are switched on in the emulated accounts. */
const SOURCES = ['security-hub', 'guardduty', 'inspector', 'access-analyzer', 'config', 'trusted-advisor']

async function states(): Promise<Record<string, number>> {
  const rows = await prisma().coverage.groupBy({ by: ['state'], _count: true })
  return Object.fromEntries(rows.map(({ state, _count }) => [state, _count]))
}

async function readAgain(connectionId: string): Promise<void> {
  await startRound(job, { connectionId, kind: 'full', slot: null, tasks: [] })
  await runUntil(() => isRead(connectionId))
}

/** The organization that the first test reads. The others go on with it: a round of all accounts takes long. */
let first: Awaited<ReturnType<typeof connectOrganisation>> | null = null

function whatWasRead() {
  if (!first) throw new Error('The organization was not read.')
  return first
}

describe('an organization', () => {
  test('is read without a file, and a second round changes nothing', { timeout: START_MS }, async ({ emulator }) => {
    await prisma().connection.deleteMany()
    const connected = await connectOrganisation(emulator)
    const { id, organisation } = connected
    await runUntil(() => isRead(id))
    first = connected
    const accounts = await prisma().account.findMany({ where: { connectionId: id }, orderBy: { id: 'asc' } })
    expect(accounts.map(account => account.id)).toEqual([...organisation.accounts].sort())
    expect(accounts.find(account => account.id === organisation.payments)).toMatchObject({
      name: 'payments',
      unit: 'Production',
      tags: { environment: 'production', team: 'payments' },
    })
    // Of services that nobody switched on, or that are not paid for, it is known that there is nothing to read.
    const known = { ok: expect.any(Number), not_enabled: expect.any(Number), no_plan: expect.any(Number) }
    expect(await states()).toEqual(known)
    const assets = await prisma().asset.count()
    expect(assets).toBeGreaterThan(0)
    const found = await prisma().finding.findMany({ where: { accountId: organisation.payments } })
    expect([...new Set(found.flatMap(({ sources }) => sources))]).toEqual(expect.arrayContaining(SOURCES))
    const events = await prisma().findingEvent.count()

    await readAgain(id)
    expect(await prisma().asset.count()).toBe(assets)
    expect(await prisma().findingEvent.count()).toBe(events)
    expect(await prisma().importReject.count()).toBe(0)
    expect(emulator.unanswered).toEqual([])
  })

  test('shows a denied permission, keeps what it read before, and recovers', { timeout: START_MS }, async ({
    running: emulator,
  }) => {
    const { id, organisation } = whatWasRead()
    const { payments } = organisation
    const cell = () => prisma().coverage.findFirstOrThrow({ where: { accountId: payments, collector: 'iam' } })
    const users = () => prisma().asset.count({ where: { accountId: payments, collector: 'iam' } })
    const [before, known] = [await cell(), await users()]
    expect(before).toMatchObject({ state: 'ok', action: null })
    expect(known).toBeGreaterThan(0)

    const allow = emulator.deny({ account: payments, action: 'iam:GetAccountAuthorizationDetails' })
    await readAgain(id)
    const denied = await cell()
    expect(denied).toMatchObject({ state: 'denied', action: 'iam:GetAccountAuthorizationDetails', okAt: before.okAt })
    expect(await users()).toBe(known)
    const others = { collector: 'iam', accountId: { in: [organisation.management, organisation.sandbox] } }
    expect(await prisma().coverage.findMany({ where: others, select: { state: true } })).toEqual([
      { state: 'ok' },
      { state: 'ok' },
    ])

    allow()
    await readAgain(id)
    expect(await cell()).toMatchObject({ state: 'ok', action: null, message: null })
    expect(await users()).toBe(known)
  })

  test('closes what is gone, but nothing where it could not look', { timeout: START_MS }, async ({
    running: emulator,
  }) => {
    const { id, organisation } = whatWasRead()
    const { payments, sandbox } = organisation
    const open = async (accountId: string) => {
      const where = {
        accountId,
        resolvedAt: null,
        sources: { hasSome: ['security-hub', 'access-analyzer', 'inspector'] },
      }
      const findings = await prisma().finding.findMany({ where })
      return findings.flatMap(({ sources }) => sources).sort()
    }
    const all = ['access-analyzer', 'inspector', 'security-hub', 'security-hub']
    expect([await open(payments), await open(sandbox)]).toEqual([all, all])

    for (const account of [payments, sandbox]) {
      const place = { account, region: REGION }
      emulator.store.remove('securityhub.finding', place)
      emulator.store.remove('accessanalyzer.finding', place)
      emulator.store.remove('inspector2.finding', place)
    }
    for (const action of ['securityhub:GetFindings', 'access-analyzer:ListFindings', 'inspector2:ListFindings']) {
      emulator.deny({ account: payments, action })
    }
    await readAgain(id)
    expect([await open(payments), await open(sandbox)]).toEqual([all, []])
  })

  test('shows new accounts when its list of accounts is read again', { timeout: START_MS }, async ({
    running: emulator,
  }) => {
    const { id, organisation } = whatWasRead()
    const client = new OrganizationsClient(setUpIn(emulator, organisation.management, 'us-east-1'))
    await client.send(new CreateAccountCommand({ AccountName: 'fresh', Email: 'fresh@example.com' }))
    const cell = { account: organisation.management, collector: 'organization', region: 'global' } as const
    await retryCell(accessFor('admin'), cell)
    await runUntil(async () => (await prisma().account.count({ where: { connectionId: id } })) === 4)
    const fresh = await prisma().account.findFirstOrThrow({ where: { name: 'fresh' } })
    expect(fresh).toMatchObject({ connectionId: id, closedAt: null })
  })
})
