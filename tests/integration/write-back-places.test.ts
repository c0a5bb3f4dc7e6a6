import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CreateFindingAggregatorCommand, SecurityHubClient } from '@aws-sdk/client-securityhub'
import { afterAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { externalIdOf } from '../../lib/store/collection/connections'
import { setStatus } from '../../lib/store/findings/triage'
import { setVerdict } from '../../lib/store/findings/verdict'
import { securityHubFinding } from '../support/aws/examples/security-hub'
import { setUpIn } from '../support/aws/organisation/connection'
import { trustHinomi } from '../support/aws/organisation/identities'
import { REGION } from '../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { compiled, compiledArgs } from '../support/compiled'
import { accessFor } from '../support/organisation'
import { connectOrganisation } from './support-collection'
import { job } from './support-ingest'
import {
  account,
  connectHub,
  findingOfControl,
  handlingOf,
  inHub,
  putFinding,
  ROLE,
  readHub,
  rows,
  skipRounds,
  switchTo,
  writeUntil,
} from './support-write-back'

stopAtEnd()
afterAll(closeDatabase)
beforeEach(async () => {
  await prisma().connection.deleteMany()
  await prisma().writtenRecord.deleteMany()
  await prisma().finding.deleteMany()
  await prisma().sighting.deleteMany()
  await prisma().feed.deleteMany()
})

const lead = accessFor('lead')
const update = { service: 'securityhub', operation: 'BatchUpdateFindings' }
const child = await compiled(fileURLToPath(new URL('./support-write-back-child.ts', import.meta.url)))
const LINKED = 'us-east-1'

async function acknowledge(...keys: string[]) {
  await setStatus(lead, { selection: { ids: keys }, status: 'acknowledged', confirmed: keys.length })
}

describe('writing back', { timeout: 2 * START_MS }, () => {
  test('a worker that is killed between the answer of AWS and its mark loses nothing', async ({ emulator }) => {
    const id = await connectHub(emulator, ['S3.1'])
    await switchTo(id, true)
    await acknowledge((await findingOfControl('S3.1')).key)
    await pool().query(`CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(3); RAISE EXCEPTION 'never stored'; END $$;
      CREATE TRIGGER stuck BEFORE INSERT ON written_record FOR EACH ROW EXECUTE FUNCTION stuck()`)
    try {
      const worker = fork(child, { execArgv: compiledArgs, stdio: 'ignore' })
      const isSent = () => handlingOf(emulator, 'S3.1')[0]
      await expect.poll(isSent, { timeout: 60_000, interval: 20 }).toBe('NOTIFIED')
      const closed = once(worker, 'close')
      worker.kill('SIGKILL')
      await closed
    } finally {
      await pool().query('DROP TRIGGER stuck ON written_record; DROP FUNCTION stuck()')
    }
    expect(await prisma().writtenRecord.count()).toBe(0)
    expect(await prisma().writeBackQueue.count()).toBe(1)
    await pool().query(`UPDATE write_back SET alive_at = clock_timestamp() - interval '1 hour'`)
    const sent = handlingOf(emulator, 'S3.1')
    await writeUntil()
    expect(handlingOf(emulator, 'S3.1')).toEqual(sent)
    expect(emulator.calls.total(update)).toBe(2)
    expect(await prisma().writtenRecord.findFirst()).toMatchObject({ workflow: 'NOTIFIED', failedAt: null })
  })

  test('another worker waits while one writes', async ({ emulator }) => {
    const id = await connectHub(emulator, ['S3.1'])
    await switchTo(id, true)
    await acknowledge((await findingOfControl('S3.1')).key)
    const holder = '00000000-0000-4000-8000-000000000001'
    await prisma().writeBack.updateMany({ data: { holder, aliveAt: new Date() } })
    const soon = Date.now() + 1_000
    await writeUntil(async () => Date.now() > soon)
    expect(emulator.calls.total(update)).toBe(0)
  })

  test('sends up to a hundred findings in one call', async ({ emulator }) => {
    const controls = Array.from({ length: 130 }, (_, n) => `S3.${n + 100}`)
    const id = await connectHub(emulator, controls)
    await switchTo(id, true)
    const found = await prisma().finding.findMany({ where: { accountId: account, sources: { has: 'security-hub' } } })
    expect(found).toHaveLength(130)
    await acknowledge(...found.map(each => `${account}-${each.id.replaceAll('-', '')}`))
    await writeUntil()
    expect(new Set(controls.map(control => handlingOf(emulator, control)[0]))).toEqual(new Set(['NOTIFIED']))
    expect(emulator.calls.total(update)).toBe(2)
    expect(emulator.calls.total(update, 'overLimit')).toBe(0)
  })

  test('a verdict is RESOLVED, which reopens nothing when it comes back; more of the threat does', async ({
    emulator,
  }) => {
    const threat = {
      Id: 'threat-1',
      ProductArn: `arn:aws:securityhub:${REGION}::product/aws/guardduty`,
      ProductName: 'GuardDuty',
      GeneratorId: 'detector',
      Types: ['TTPs/Command and Control/Backdoor:EC2-C&CActivity.B'],
      Compliance: undefined,
      // Neither counts nor times of events: only UpdatedAt could tell that it went on.
      FirstObservedAt: undefined,
      LastObservedAt: undefined,
    }
    const id = await connectHub(emulator, [])
    putFinding(emulator, 'X.1', threat)
    await readHub(id)
    await switchTo(id, true)
    const open = () => prisma().finding.findFirstOrThrow({ where: { accountId: account, class: 'threat' } })
    const selection = { ids: [`${account}-${(await open()).id.replaceAll('-', '')}`] }
    await setVerdict(lead, { selection, verdict: { kind: 'benign', text: 'A test' } })
    await writeUntil()
    const stored = () => emulator.store.list('securityhub.finding', { account, region: REGION })[0]
    expect(stored()?.Workflow?.Status).toBe('RESOLVED')
    expect(stored()?.Note?.Text).toBe('Resolved · A test [Hinomi RESOLVED]')
    const before = await rows()
    await readHub(id)
    await readHub(id)
    expect(await rows()).toEqual(before)

    const UpdatedAt = new Date(Date.now() + 5_000).toISOString()
    putFinding(emulator, 'X.1', { ...stored(), UpdatedAt })
    await readHub(id)
    expect((await open()).status).toBe('new')
    await writeUntil()
    expect(stored()?.Workflow?.Status).toBe('NEW')
  })

  test('the administrator updates the findings of its members, in the aggregation Region', async ({ emulator }) => {
    const { id, organisation } = await connectOrganisation(emulator)
    const { management, payments, sandbox, accounts } = organisation
    await trustHinomi(emulator, management, await externalIdOf(job, id), ROLE)
    emulator.store.set('securityhub.members', { account: management }, [payments, sandbox])
    for (const each of accounts) {
      const place = { account: each, region: LINKED }
      emulator.store.set('securityhub.hub', place, true)
      emulator.store.put('securityhub.finding', place, securityHubFinding(place, 'S3.9'))
    }
    const hub = new SecurityHubClient(setUpIn(emulator, management, REGION))
    await hub.send(new CreateFindingAggregatorCommand({ RegionLinkingMode: 'ALL_REGIONS' }))
    await skipRounds(id, accounts)
    await readHub(id, accounts)
    await switchTo(id, true)
    const found = await findingOfControl('S3.9', payments)
    expect(found.region).toBe(LINKED)
    await acknowledge(found.key)
    await writeUntil()
    expect(inHub(emulator, 'S3.9', { account: payments, region: LINKED }).Workflow?.Status).toBe('NOTIFIED')
    expect(inHub(emulator, 'S3.9', { account: sandbox, region: LINKED }).Workflow?.Status).toBe('NEW')
    expect(emulator.calls.rows(update)).toMatchObject([{ account: management, region: REGION, calls: 1 }])
  })
})
