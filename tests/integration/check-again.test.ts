import { AccountClient, PutAlternateContactCommand } from '@aws-sdk/client-account'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { findingChecks } from '../../lib/queries/collection/finding-checks'
import { checkAgain } from '../../lib/store/collection/recheck'
import { HOME } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { setUpIn } from '../support/aws/organisation/connection'
import { createFindings } from '../support/aws/organisation/findings'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { accessFor } from '../support/organisation'
import { connectAccount, isRead, runUntil } from './support-collection'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const admin = accessFor('admin')
const place = { account: HOME.account, region: REGION }

/** Runs the checks that are due once the collectors have stopped, and imports what they report. */
async function checkNow(): Promise<void> {
  await prisma().checkRun.updateMany({ where: { dueAt: { not: null } }, data: { dueAt: new Date(0) } })
  while (await runNextChecks());
  await runUntil(async () => (await prisma().import.count({ where: { state: { in: ['queued', 'running'] } } })) === 0)
}

describe('a finding', { timeout: START_MS }, () => {
  test('is looked for again in its own cell alone, with what became of it', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    const found = () =>
      prisma().finding.findFirstOrThrow({ where: { accountId: HOME.account, control: { contains: 'S3.8' } } })
    const finding = await found()
    const input = { id: toFindingId(finding.accountId, finding.id) }
    const said = async () =>
      (await findingChecks(admin, await found())).map(({ collector, state }) => [collector, state])
    expect(await said()).toEqual([['security-hub', 'ok']])

    emulator.calls.clear()
    await checkAgain(admin, input)
    expect(await said()).toEqual([['security-hub', 'waiting']])
    await expect(checkAgain(admin, input)).rejects.toMatchObject({ code: 'conflict', reason: 'cellWaits' })
    await runUntil(() => isRead(id))
    expect(await said()).toEqual([['security-hub', 'ok']])
    expect((await found()).resolvedAt).toBeNull()
    const read = emulator.calls.rows().filter(({ service }) => service !== 'sts')
    expect(read.map(({ service, region }) => [service, region])).toEqual(
      [
        ['securityhub', REGION],
        ['securityhub', REGION],
      ].slice(0, read.length),
    )

    const allow = emulator.deny({ account: HOME.account, action: 'securityhub:GetFindings' })
    await checkAgain(admin, input)
    await runUntil(() => isRead(id))
    expect(await findingChecks(admin, await found())).toMatchObject([
      { collector: 'security-hub', state: 'denied', action: 'securityhub:GetFindings' },
    ])
    expect((await found()).resolvedAt).toBeNull()

    allow()
    emulator.store.remove('securityhub.finding', place)
    emulator.store.put('securityhub.finding', place, securityHubFinding(place, 'EC2.13'))
    await checkAgain(admin, input)
    await runUntil(() => isRead(id))
    expect(await said()).toEqual([['security-hub', 'ok']])
    expect((await found()).resolvedAt).not.toBeNull()
  })

  test('of a check of Hinomi is examined again after its cells were read', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    const found = () => prisma().finding.findFirstOrThrow({ where: { control: 'hinomi/other-contacts' } })
    const said = async () =>
      (await findingChecks(admin, await found())).map(({ collector, state }) => [collector, state])
    await runUntil(() => isRead(id))
    await checkNow()
    const finding = await found()
    expect(finding).toMatchObject({ accountId: HOME.account, sources: ['hinomi'], resolvedAt: null })
    expect(await said()).toEqual([
      ['account', 'ok'],
      ['checks', 'ok'],
    ])

    const input = { id: toFindingId(finding.accountId, finding.id) }
    const before = await prisma().checkState.findMany({ where: { check: 'other-contacts' } })
    emulator.calls.clear()
    await checkAgain(admin, input)
    expect(await said()).toEqual([
      ['account', 'waiting'],
      ['checks', 'reading'],
    ])
    // They do not examine what is about to be read again.
    expect(await runNextChecks()).toBe(false)
    await runUntil(() => isRead(id))
    const services = new Set(emulator.calls.rows().map(({ service }) => service))
    expect([...services].sort()).toEqual(['account', 's3-control', 'sts'])
    await checkNow()
    expect((await found()).resolvedAt).toBeNull()
    // The same results are reported again.
    const after = await prisma().checkState.findMany({ where: { check: 'other-contacts' } })
    expect(after.map(({ importId }) => importId)).not.toEqual(before.map(({ importId }) => importId))

    for (const AlternateContactType of ['OPERATIONS', 'BILLING'] as const) {
      const contact = { Name: 'Example', Title: 'Example', EmailAddress: 'a@example.com', PhoneNumber: '+81300000000' }
      const command = new PutAlternateContactCommand({ AlternateContactType, ...contact })
      await new AccountClient(setUpIn(emulator, HOME.account, 'us-east-1')).send(command)
    }
    const allow = emulator.deny({ account: HOME.account, action: 'account:GetAlternateContact' })
    await checkAgain(admin, input)
    await runUntil(() => isRead(id))
    await checkNow()
    expect(await findingChecks(admin, await found())).toMatchObject([
      { collector: 'account', state: 'denied', reports: false },
      { collector: 'checks', state: 'denied', reports: true, action: 'account:GetAlternateContact' },
    ])
    expect((await found()).resolvedAt).toBeNull()

    allow()
    await checkAgain(admin, input)
    await runUntil(() => isRead(id))
    await checkNow()
    expect((await found()).resolvedAt).not.toBeNull()
    expect(await said()).toEqual([
      ['account', 'ok'],
      ['checks', 'ok'],
    ])
  })

  test('of a check without cells is examined again at once', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    await prisma().checkRun.deleteMany()
    const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: HOME.account } })
    const own = { sources: ['hinomi'], control: 'hinomi/source-unopened' }
    await prisma().finding.updateMany({ where: { id: finding.id }, data: own })
    expect(await checkAgain(admin, { id: toFindingId(finding.accountId, finding.id) })).toEqual({ round: null })
    expect((await findingChecks(admin, { ...finding, ...own })).map(({ state }) => state)).toEqual(['reading'])
    expect(await runNextChecks()).toBe(true)
  })

  test('that nothing reads says so', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    const finding = await prisma().finding.findFirstOrThrow({
      where: { accountId: HOME.account, sources: { equals: ['security-hub'] } },
    })
    const input = { id: toFindingId(finding.accountId, finding.id) }
    await prisma().finding.updateMany({ where: { id: finding.id }, data: { sources: ['prowler'] } })
    await expect(checkAgain(admin, input)).rejects.toMatchObject({ code: 'conflict', reason: 'findingNotCollected' })
    await prisma().connection.delete({ where: { id } })
    await expect(checkAgain(admin, input)).rejects.toMatchObject({ code: 'conflict', reason: 'accountNotConnected' })
    expect(await findingChecks(admin, finding)).toEqual([])
  })
})
