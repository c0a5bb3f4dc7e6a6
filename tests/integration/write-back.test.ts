import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { importEvents } from '../../lib/jobs/events/batch'
import { receiveEvents } from '../../lib/jobs/events/receive'
import { keepExceptions } from '../../lib/jobs/exceptions'
import { ImportLoop } from '../../lib/jobs/imports/loop'
import { getWriteBack } from '../../lib/queries/write-back/write-back'
import { endException } from '../../lib/store/exceptions/decide'
import { assignFindings, setStatus } from '../../lib/store/findings/triage'
import { START_MS, stopAtEnd, test } from '../support/aws/testing'
import { addCell, addConnection, addHubRound, addImport } from '../support/connections'
import { accessFor } from '../support/organisation'
import { addMember } from '../support/people'
import { grantTo, people, type Who } from './support-exceptions'
import {
  account,
  connectHub,
  findingOfControl,
  handlingOf,
  inHub,
  putFinding,
  readHub,
  rows,
  switchTo,
  takeAway,
  writeUntil,
} from './support-write-back'

stopAtEnd()
afterAll(closeDatabase)

const admin = accessFor('admin')
let member: Who
let csirtLead: Who
beforeAll(async () => {
  ;({ member, csirtLead } = await people())
})
beforeEach(async () => {
  await prisma().connection.deleteMany()
  await prisma().exception.deleteMany()
  await prisma().writtenRecord.deleteMany()
  await prisma().finding.deleteMany()
  await prisma().sighting.deleteMany()
  await prisma().feed.deleteMany()
})

const CONTROLS = ['S3.1', 'S3.2', 'S3.3', 'S3.4', 'S3.5']
const update = { service: 'securityhub', operation: 'BatchUpdateFindings' }

async function setTo(control: string, status: 'new' | 'acknowledged' | 'in_progress' | 'resolved') {
  const { key } = await findingOfControl(control)
  const reason = status === 'resolved' ? { reason: 'Fixed by hand' } : {}
  await setStatus(member, { selection: { ids: [key] }, status, ...reason })
}

/** The finding's owner, status and exception by people: one control for each. */
async function decide() {
  const owner = await addMember('member', { name: 'Sato Hanako', email: `${randomUUID()}@example.com` })
  await setTo('S3.1', 'acknowledged')
  await setTo('S3.2', 'in_progress')
  const { key } = await findingOfControl('S3.2')
  await assignFindings(member, { selection: { ids: [key] }, owner: owner.id })
  const until = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
  const exception = await grantTo(member, csirtLead, (await findingOfControl('S3.3')).key, { reason: 'Legacy', until })
  await setTo('S3.4', 'resolved')
  return exception
}

const stateOf = async (control: string) => (await findingOfControl(control)).status

describe('writing back', { timeout: START_MS }, () => {
  test('is off until somebody switches it on, and afterwards', async ({ emulator }) => {
    const id = await connectHub(emulator, ['S3.1'])
    await setTo('S3.1', 'acknowledged')
    expect(await prisma().writeBackQueue.count()).toBe(0)
    expect(await getWriteBack(admin, { id })).toMatchObject({ enabled: false, isReady: true, toWrite: 1 })
    await switchTo(id, true)
    expect(await prisma().writeBackQueue.count()).toBe(1)
    expect(await getWriteBack(admin, { id })).toMatchObject({ enabled: true, isReady: true, toWrite: 0 })
    await writeUntil()
    expect(handlingOf(emulator, 'S3.1')).toEqual(['NOTIFIED', 'Acknowledged [Hinomi NOTIFIED]'])
    await setTo('S3.1', 'in_progress')
    expect(await prisma().writeBackQueue.count()).toBe(1)
    await switchTo(id, false)
    await setTo('S3.1', 'new')
    expect(await prisma().writeBackQueue.count()).toBe(0)
    // Nor is written what is in the queue all the same.
    const { accountId, id: findingId } = await findingOfControl('S3.1')
    await prisma().writeBackQueue.create({ data: { accountId, findingId, notBefore: new Date(0) } })
    const end = Date.now() + 500
    await writeUntil(async () => Date.now() >= end)
    expect(await prisma().writeBackQueue.count()).toBe(1)
    expect(handlingOf(emulator, 'S3.1')[0]).toBe('NOTIFIED')
    expect(emulator.calls.total(update)).toBe(1)
    await switchTo(id, true)
    await writeUntil()
    expect(handlingOf(emulator, 'S3.1')[0]).toBe('NEW')
  })

  test('is refused before a round has read Security Hub, and an uploaded report is none', async () => {
    const id = await addConnection([], { accountId: account })
    await prisma().coverage.deleteMany()
    const refused = { code: 'conflict', reason: 'writeBackUnread' }
    const check = async () => {
      await expect(switchTo(id, true)).rejects.toMatchObject(refused)
      expect(await getWriteBack(admin, { id })).toMatchObject({ enabled: false, isReady: false, toWrite: 0 })
    }
    await check()
    const okAt = new Date()
    await addCell(account, { collector: 'security-hub', okAt, importId: await addImport('api') })
    await check()
    await prisma().coverage.updateMany({ data: { importId: await addImport('collector') } })
    await check()
    await prisma().coverage.deleteMany()
    await addHubRound(id, account)
    await switchTo(id, true)
    // One that is on is changed and switched off whatever is read now.
    await prisma().coverage.deleteMany()
    await switchTo(id, true)
    await switchTo(id, false)
    await expect(switchTo(id, true)).rejects.toMatchObject(refused)
  })

  test('writes each state, and nothing changes when its own updates come back', async ({ emulator }) => {
    const id = await connectHub(emulator, CONTROLS)
    await switchTo(id, true)
    const exception = await decide()
    await writeUntil()
    expect(CONTROLS.map(control => handlingOf(emulator, control)[0])).toEqual([
      'NOTIFIED',
      'NOTIFIED',
      'SUPPRESSED',
      'RESOLVED',
      'NEW',
    ])
    expect(handlingOf(emulator, 'S3.2')[1]).toBe('In progress · Owner: Sato Hanako [Hinomi NOTIFIED]')
    expect(handlingOf(emulator, 'S3.3')[1]).toMatch(/^Risk accepted · until .+ · Legacy \[Hinomi SUPPRESSED\]$/)
    expect(handlingOf(emulator, 'S3.4')[1]).toBe('Resolved · Fixed by hand [Hinomi RESOLVED]')
    expect(handlingOf(emulator, 'S3.5')[1]).toBeUndefined()

    // The emulator moves UpdatedAt with each update, which AWS does not even do.
    const before = await rows()
    await readHub(id)
    await readHub(id)
    expect(await rows()).toEqual(before)

    const findings = CONTROLS.map(control => inHub(emulator, control))
    const events = findings.map(finding => ({
      version: '0',
      id: randomUUID(),
      'detail-type': 'Security Hub Findings - Imported',
      source: 'aws.securityhub',
      account,
      time: new Date().toISOString(),
      region: finding.Region,
      resources: [],
      detail: { findings: [finding] },
    }))
    await receiveEvents(id, 'queue', events)
    await importEvents({ waitMs: 0 })
    const imports = new ImportLoop({ idleMs: 20 })
    imports.start()
    await expect
      .poll(() => prisma().import.count({ where: { origin: 'events', state: 'done' } }), { timeout: 30_000 })
      .toBeGreaterThan(0)
    await imports.stop()
    expect(await rows()).toEqual(before)
    const calls = emulator.calls.total(update)
    await writeUntil()
    expect(emulator.calls.total(update)).toBe(calls)

    // The end of an exception, also while Security Hub still says SUPPRESSED.
    await endException(csirtLead, { id: exception, note: '' })
    await keepExceptions()
    await readHub(id)
    expect(await stateOf('S3.3')).toBe('new')
    await writeUntil()
    expect(handlingOf(emulator, 'S3.3')).toEqual(['NEW', 'New [Hinomi NEW]'])

    // The source reports it again: reopened. Another check passes.
    const later = new Date(Date.now() + 5_000).toISOString()
    putFinding(emulator, 'S3.4', { ...inHub(emulator, 'S3.4'), UpdatedAt: later })
    putFinding(emulator, 'S3.1', {
      ...inHub(emulator, 'S3.1'),
      UpdatedAt: later,
      Compliance: { Status: 'PASSED', SecurityControlId: 'S3.1' },
    })
    await readHub(id)
    expect([await stateOf('S3.4'), await stateOf('S3.1')]).toEqual(['new', 'resolved'])
    await writeUntil()
    expect([handlingOf(emulator, 'S3.4')[0], handlingOf(emulator, 'S3.1')[0]]).toEqual(['NEW', 'RESOLVED'])
    const last = await rows()
    await readHub(id)
    expect(await rows()).toEqual(last)
  })

  test('leaves what somebody suppressed in AWS, and says so here', async ({ emulator }) => {
    const id = await connectHub(emulator, ['S3.1'])
    await switchTo(id, true)
    await setTo('S3.1', 'acknowledged')
    await writeUntil()
    putFinding(emulator, 'S3.1', { ...inHub(emulator, 'S3.1'), Workflow: { Status: 'SUPPRESSED' } })
    await readHub(id)
    expect(await stateOf('S3.1')).toBe('suppressed')
    await writeUntil()
    expect(handlingOf(emulator, 'S3.1')[0]).toBe('SUPPRESSED')
    expect(emulator.calls.total(update)).toBe(1)
  })

  test('says in words which findings were not updated, and does not try these again before they change', async ({
    emulator,
  }) => {
    const id = await connectHub(emulator, ['S3.1', 'S3.2'])
    takeAway(emulator, 'S3.1')
    await switchTo(id, true)
    await setTo('S3.1', 'acknowledged')
    await setTo('S3.2', 'acknowledged')
    await writeUntil()
    const view = await getWriteBack(admin, { id })
    expect(view.unprocessed).toMatchObject([{ code: 'FindingNotFound', workflow: 'NOTIFIED' }])
    expect(view.places).toMatchObject([{ accountId: account, written: 1, failure: null }])
    expect(handlingOf(emulator, 'S3.2')[0]).toBe('NOTIFIED')
    putFinding(emulator, 'S3.1')
    await setTo('S3.1', 'in_progress')
    await writeUntil()
    expect((await getWriteBack(admin, { id })).unprocessed).toEqual([])
  })

  test('shows a role without the permission, and tries it rarely until somebody saves again', async ({ emulator }) => {
    const id = await connectHub(emulator, ['S3.1'])
    const allow = emulator.deny({ action: 'securityhub:BatchUpdateFindings' })
    await switchTo(id, true)
    await setTo('S3.1', 'acknowledged')
    const isFailing = async () => (await getWriteBack(admin, { id })).places.some(({ failure }) => failure !== null)
    await writeUntil(isFailing)
    const [place] = (await getWriteBack(admin, { id })).places
    expect(place?.failure).toMatchObject({ reason: 'permission', action: 'securityhub:BatchUpdateFindings' })
    expect(place?.retryAt?.getTime()).toBeGreaterThan(Date.now() + 3_000_000)
    expect((await getWriteBack(admin, { id })).waiting).toBe(1)
    const calls = emulator.calls.total(update)
    await setTo('S3.1', 'in_progress')
    await writeUntil(async () => (await prisma().writeBackQueue.count({ where: { attempts: 0 } })) === 0)
    expect(emulator.calls.total(update)).toBe(calls)
    allow()
    await switchTo(id, true)
    await writeUntil()
    expect(handlingOf(emulator, 'S3.1')[0]).toBe('NOTIFIED')
    expect((await getWriteBack(admin, { id })).places).toMatchObject([{ failure: null, written: 1 }])
  })
})
