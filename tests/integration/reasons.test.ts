import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { splitFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { getHome } from '../../lib/queries/home/home'
import { patchFinding, previewFindings, setDueAt, setStatus } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { setVerdict } from '../../lib/store/findings/verdict'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { addFinding } from '../support/people'

// The policy counts working days: on a Saturday its dates are later.
const WEDNESDAY = new Date('2026-11-25T03:00:00Z')
afterAll(async () => {
  setClock()
  await closeDatabase()
})
beforeEach(async () => {
  setClock(() => WEDNESDAY)
  await clear()
})

const lead = accessFor('lead')
const csirt = { id: 'csirt', kind: 'security_response' } as const

async function critical(account = ours, severity = 5, kind = 'posture'): Promise<string> {
  const { id } = await addFinding(account, { class: kind, severity, openedAt: WEDNESDAY, firstSeenAt: WEDNESDAY })
  return `${account}-${id.replaceAll('-', '')}`
}

async function stored(finding: string) {
  const { accountId, uuid: id } = splitFindingId(finding)
  return prisma().finding.findUniqueOrThrow({ where: { accountId_id: { accountId, id } } })
}

const inDays = (days: number) => new Date(WEDNESDAY.getTime() + days * 86_400_000).toISOString().slice(0, 10)

test('nobody resolves a finding by hand without a reason, neither one nor many, nor over the API', async () => {
  const ids = [await critical(), await critical()]
  const refused = { code: 'conflict', reason: 'closeReason', field: 'reason' }
  await expect(setStatus(lead, { selection: { ids }, status: 'resolved' })).rejects.toMatchObject(refused)
  await expect(patchFinding(lead, ids[0] ?? '', { status: 'resolved' })).rejects.toMatchObject(refused)
  expect((await stored(ids[0] ?? '')).status).toBe('new')
  expect(await previewFindings(lead, { selection: { ids }, status: 'resolved' })).toEqual({ count: 2, changes: 2 })
  await setStatus(lead, { selection: { ids: ids.slice(1) }, status: 'resolved', reason: 'Removed the bucket' })
  await patchFinding(lead, ids[0] ?? '', { status: 'resolved', reason: 'Removed as well' })
  const { events } = await getFinding(lead, ids[0] ?? '')
  expect(events.at(-1)).toMatchObject({ kind: 'status', after: 'resolved', text: 'Removed as well' })
  await setStatus(lead, { selection: { ids }, status: 'new' })
})

test('a due date beyond the policy needs a reason, for severe findings an exception after twice the time', async () => {
  const id = await critical()
  const set = (dueAt: string | null, reason?: string) =>
    setDueAt(lead, { selection: { ids: [id] }, dueAt, ...(reason && { reason }) })
  await prisma().finding.updateMany({ data: { dueAt: WEDNESDAY } })
  // Critical findings are due in three days.
  await set(inDays(2))
  await expect(set(inDays(4))).rejects.toMatchObject({ code: 'conflict', reason: 'dueReason', field: 'reason' })
  await set(inDays(4), 'The team is on leave')
  const later = { code: 'conflict', reason: 'dueException', params: { count: 1 } }
  for (const date of ['2036-01-01', null]) {
    await expect(set(date, 'Later')).rejects.toMatchObject(later)
    await expect(patchFinding(lead, id, { dueAt: date, reason: 'Later' })).rejects.toMatchObject(later)
  }
  // An earlier date is no postponement.
  await set(inDays(1))
  const low = await critical(ours, 2)
  await setDueAt(lead, { selection: { ids: [low] }, dueAt: '2036-01-01', reason: 'Not worth it' })
  expect((await stored(low)).dueBy).toBe('hand')
})

test.each(['resolved', 'accepted', 'suppressed'])('neither is the date of a finding that is %s now', async status => {
  const id = await critical()
  const closed = status === 'resolved' ? { resolvedReason: 'hand', resolvedAt: WEDNESDAY } : {}
  await prisma().finding.updateMany({ data: { status, dueAt: WEDNESDAY, ...closed } })
  const change = { selection: { ids: [id] }, dueAt: '2036-01-01', reason: 'Later' }
  await expect(setDueAt(lead, change)).rejects.toMatchObject({ code: 'conflict', reason: 'dueException' })
  await expect(setDueAt(lead, { ...change, dueAt: inDays(4), reason: undefined })).rejects.toMatchObject({
    reason: 'dueReason',
  })
  expect((await stored(id)).dueBy).toBe('policy')
})

test('a finding that is reopened gets no date beyond the policy with it, from its new beginning if a report resolved it', async () => {
  const id = await critical()
  const long = new Date('2025-01-01')
  const resolved = (resolvedReason: string) =>
    prisma().finding.updateMany({
      data: { status: 'resolved', resolvedAt: long, openedAt: long, dueAt: long, resolvedReason },
    })
  const reopen = (dueAt: string) => patchFinding(lead, id, { status: 'in_progress', dueAt })
  await resolved('hand')
  await expect(reopen(inDays(2))).rejects.toMatchObject({ reason: 'dueException' })
  await resolved('passed')
  await expect(reopen('2036-01-01')).rejects.toMatchObject({ reason: 'dueException' })
  await reopen(inDays(2))
  expect(await stored(id)).toMatchObject({ status: 'in_progress', dueBy: 'hand' })
})

test('one finding of many that needs an exception is enough to change none', async () => {
  const ids = [await critical(ours, 2), await critical()]
  await prisma().finding.updateMany({ data: { dueAt: WEDNESDAY } })
  await expect(setDueAt(lead, { selection: { ids }, dueAt: '2036-01-01', reason: 'Later' })).rejects.toMatchObject({
    reason: 'dueException',
    params: { count: 1 },
  })
  expect(await prisma().finding.count({ where: { dueBy: 'hand' } })).toBe(0)
})

test('the home of a security response team lists these decisions, within the reader’s accounts', async () => {
  const [mine, other] = [await critical(), await critical(theirs)]
  await setStatus(lead, { selection: { ids: [mine] }, status: 'resolved', reason: 'Removed the bucket' })
  await setDueAt(lead, { selection: { ids: [other] }, dueAt: inDays(5), reason: 'Next release' })
  await setStatus(lead, { selection: { ids: [other] }, status: 'in_progress' })
  const threat = await critical(ours, 5, 'threat')
  await setVerdict(lead, { selection: { ids: [threat] }, verdict: { kind: 'benign', text: 'A penetration test' } })
  expect((await getHome(lead, csirt)).decisions).toMatchObject([
    { finding: threat, kind: 'verdict', verdict: 'benign', reason: 'A penetration test', dueAt: null },
    { finding: other, kind: 'due', reason: 'Next release', by: 'Reader', dueAt: expect.any(Date) },
    { finding: mine, kind: 'status', reason: 'Removed the bucket', dueAt: null, severity: 'critical' },
  ])
  const limited = accessFor('lead', { accounts: [ours] })
  expect((await getHome(limited, csirt)).decisions.map(({ finding }) => finding)).toEqual([threat, mine])
  expect((await getHome(lead, { id: 'sre', kind: 'infrastructure' })).decisions).toEqual([])
})

test('decisions about minor findings do not push one about a critical finding off the list', async () => {
  const worst = await critical()
  await setStatus(lead, { selection: { ids: [worst] }, status: 'resolved', reason: 'Nothing to see here' })
  const minor = await Promise.all(Array.from({ length: 12 }, () => critical(ours, 2)))
  await setStatus(lead, { selection: { ids: minor }, status: 'resolved', reason: 'Tidied up' })
  const { decisions } = await getHome(lead, csirt)
  expect(decisions).toHaveLength(10)
  expect(decisions[0]).toMatchObject({ finding: worst, reason: 'Nothing to see here' })
})

test('an undo does not bring back a date that needs an exception by now, since the finding became severe', async () => {
  const [severe, minor] = [await critical(ours, 2), await critical(ours, 2)]
  const set = (dueAt: string, reason?: string) =>
    setDueAt(lead, { selection: { ids: [severe, minor] }, dueAt, ...(reason && { reason }) })
  await set('2036-01-01', 'Not worth it')
  const { changeset } = await set(inDays(2))
  const { accountId, uuid: id } = splitFindingId(severe)
  await prisma().finding.update({ where: { accountId_id: { accountId, id } }, data: { severity: 5 } })
  expect(await undoChange(lead, { changeset: changeset ?? '' })).toMatchObject({ restored: 1, left: 1 })
  expect((await stored(severe)).dueAt?.toISOString()).toContain(inDays(2))
  expect((await stored(minor)).dueAt?.getUTCFullYear()).toBe(2036)
})
