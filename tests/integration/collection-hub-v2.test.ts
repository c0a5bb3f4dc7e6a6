import { afterAll, beforeEach, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { startRound } from '../../lib/store/collection/rounds'
import { HOME } from '../support/aws/emulator'
import { ocsfFinding } from '../support/aws/examples/security-hub-v2'
import { createFindings } from '../support/aws/organisation/findings'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, skipWaits, stopAtEnd, test } from '../support/aws/testing'
import { connectAccount, isRead, runUntil } from './support-collection'
import { complete, job } from './support-ingest'

stopAtEnd()
skipWaits()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
})

const place = { account: HOME.account, region: REGION }
const SOURCE = 'security-hub-v2'
const copy = (resource: string) => ocsfFinding(place, { resource, product: 'aws/guardduty', name: 'GuardDuty' })

const found = async () => {
  const findings = await prisma().finding.findMany({
    where: { sources: { has: SOURCE } },
    orderBy: { resourceId: 'asc' },
  })
  return findings.map(({ class: kind, control, status, resourceId }) => {
    return [kind, control, status, resourceId.split(':').at(-1)]
  })
}

async function readAgain(connectionId: string): Promise<void> {
  await startRound(job, { connectionId, kind: 'full', slot: null, tasks: [] })
  await runUntil(() => isRead(connectionId))
}

const EXPOSURE = 'Exposure/Potential Impact/Resource Hijacking'

test('only what the other collectors do not read is read from the second version of Security Hub', {
  timeout: START_MS,
}, async ({ emulator }) => {
  const id = await connectAccount(emulator)
  await createFindings(emulator, HOME.account)
  const { store } = emulator
  store.set('securityhub.hub-v2', place, true)
  const scanned = ocsfFinding(place, { resource: 'scanned', product: 'example/scanner', name: 'Scanner' })
  store.put('securityhub.finding-v2', place, ocsfFinding(place), scanned, copy('copied'))
  await runUntil(() => isRead(id))
  expect(await found()).toEqual([
    ['posture', EXPOSURE, 'new', 'function-1'],
    ['posture', EXPOSURE, 'new', 'scanned'],
  ])
  // A report that somebody uploads has everything: the collector knows nothing of the other products.
  await complete([copy('uploaded')], new Date())
  expect(await found()).toHaveLength(3)

  store.remove('securityhub.finding-v2', place)
  await readAgain(id)
  const open = (await found()).filter(([, , status]) => status === 'new')
  expect(open.map(([, , , resource]) => resource)).toEqual(['uploaded'])
})

test('accounts without it have cells that say so', { timeout: START_MS }, async ({ emulator }) => {
  const id = await connectAccount(emulator)
  await createFindings(emulator, HOME.account)
  await runUntil(() => isRead(id))
  const cells = await prisma().coverage.findMany({ where: { collector: SOURCE, region: REGION } })
  expect(cells.map(({ state }) => state)).toEqual(['not_enabled'])
})
