import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { startRound } from '../../lib/store/collection/rounds'
import type { Emulator } from '../support/aws/emulator'
import { HOME } from '../support/aws/emulator'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { guardDutyFinding, inspectorFinding } from '../support/aws/examples/threats'
import { createFindings } from '../support/aws/organisation/findings'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { connectAccount, isRead, runUntil } from './support-collection'
import { job } from './support-ingest'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const place = { account: HOME.account, region: REGION }
const LONG_AGO = new Date('2025-01-01T00:00:00Z')

async function readAgain(connectionId: string, kind: 'full' | 'light'): Promise<void> {
  await startRound(job, { connectionId, kind, slot: null, tasks: [] })
  await runUntil(() => isRead(connectionId))
}

/** Puts findings in that changed then. */
function putFindings({ store }: Emulator, n: number, at: Date): void {
  store.put('securityhub.finding', place, securityHubFinding(place, `EC2.${n}`, 'FAILED', at))
  store.put('guardduty.finding', place, guardDutyFinding(place, n, at))
  store.put('inspector2.finding', place, inspectorFinding(place, n, at))
}

const sources = ['guardduty', 'inspector', 'security-hub']
const openBy = async () => {
  const found = await prisma().finding.findMany({ where: { resolvedAt: null, sources: { hasSome: sources } } })
  return sources.map(source => found.filter(each => each.sources.includes(source)).length)
}
const cellsOf = () =>
  prisma().coverage.findMany({ where: { collector: { in: sources }, region: REGION }, orderBy: { collector: 'asc' } })

describe('a light round', { timeout: START_MS }, () => {
  test('reads what changed since the last one and closes nothing; a full round does', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    const before = await openBy()
    expect(before.every(count => count > 0)).toBe(true)
    // The light round of the first hour may already have read a window.
    for (const { state, completeAt } of await cellsOf()) expect([state, completeAt === null]).toEqual(['ok', false])

    for (const type of ['securityhub.finding', 'guardduty.finding', 'inspector2.finding'] as const)
      emulator.store.remove(type, place)
    putFindings(emulator, 501, new Date())
    putFindings(emulator, 502, LONG_AGO)
    await readAgain(id, 'light')
    expect(await openBy()).toEqual(before.map(count => count + 1))
    expect((await cellsOf()).map(({ state, complete }) => [state, complete])).toEqual(sources.map(() => ['ok', false]))

    await readAgain(id, 'full')
    expect(await openBy()).toEqual([2, 2, 2])
    expect((await cellsOf()).map(({ complete }) => complete)).toEqual(sources.map(() => true))
  })

  test('reads a cell as a whole where the last reading of all of it is old', async ({ emulator }) => {
    const id = await connectAccount(emulator)
    await createFindings(emulator, HOME.account)
    await runUntil(() => isRead(id))
    await prisma().coverage.updateMany({ data: { completeAt: new Date(Date.now() - 40 * 3_600_000) } })
    putFindings(emulator, 503, LONG_AGO)
    const before = await openBy()
    await readAgain(id, 'light')
    expect(await openBy()).toEqual(before.map(count => count + 1))
    expect((await cellsOf()).map(({ complete }) => complete)).toEqual(sources.map(() => true))
  })
})
