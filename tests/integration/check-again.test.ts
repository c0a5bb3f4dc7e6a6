import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { findingChecks } from '../../lib/queries/collection/finding-checks'
import { checkAgain } from '../../lib/store/collection/recheck'
import { HOME } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { createFindings } from '../support/aws/organisation/findings'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { accessFor } from '../support/organisation'
import { connectAccount, isRead, runUntil } from './support-collection'

stopAtEnd()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const admin = accessFor('admin')
const place = { account: HOME.account, region: REGION }

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

  test('that nothing reads says so', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: HOME.account } })
    const input = { id: toFindingId(finding.accountId, finding.id) }
    await prisma().finding.updateMany({ where: { id: finding.id }, data: { sources: ['prowler'] } })
    await expect(checkAgain(admin, input)).rejects.toMatchObject({ code: 'conflict', reason: 'findingNotCollected' })
    await prisma().connection.delete({ where: { id } })
    await expect(checkAgain(admin, input)).rejects.toMatchObject({ code: 'conflict', reason: 'accountNotConnected' })
    expect(await findingChecks(admin, finding)).toEqual([])
  })
})
