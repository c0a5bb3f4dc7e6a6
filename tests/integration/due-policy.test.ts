import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { type DuePolicy, defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { getDuePolicy, previewDuePolicy } from '../../lib/queries/policies/due-policy'
import { updateAccount } from '../../lib/store/accounts/accounts'
import { applyException } from '../../lib/store/exceptions/apply'
import { endException } from '../../lib/store/exceptions/decide'
import { patchFinding, setDueAt, setStatus } from '../../lib/store/findings/triage'
import { moveDueDates, saveDuePolicy } from '../../lib/store/policies/due-policy'
import { accessOf, addMember } from '../support/people'
import { grantTo, people } from './support-exceptions'
import { asff, at, ingest, job, newAccount } from './support-ingest'

beforeEach(async () => {
  await pool().query(`DELETE FROM setting WHERE key = 'due-policy'`)
  await pool().query(
    'TRUNCATE policy_work, finding, sighting, finding_count, source_count, control_delta, control_result',
  )
})
afterAll(closeDatabase)

const strict: DuePolicy = { ...defaultDuePolicy, days: { ...defaultDuePolicy.days, high: 2 } }

async function moveAll(): Promise<void> {
  while (await moveDueDates(job));
}

/** A high and a low finding of an account, and the clock six days later. */
async function twoFindings() {
  const account = newAccount()
  await ingest(
    [asff({ account, resource: 'a', severity: 'HIGH' }), asff({ account, resource: 'b', severity: 'LOW' })],
    {
      observedAt: at(1, 3),
    },
  )
  setClock(() => at(7, 3))
  const rows = async () => prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceId: 'asc' } })
  return { account, rows }
}

test('a policy changes the findings of its preview, and every change is in the history', async () => {
  const { account, rows } = await twoFindings()
  const lead = accessOf(await addMember('lead'), 'lead')
  const preview = await previewDuePolicy(lead, strict)
  expect(preview).toEqual({ moved: 1, unmoved: 1, becomeOverdue: 1, noLongerOverdue: 0 })
  const { version } = await saveDuePolicy(lead, { policy: strict, seen: null })
  expect(await getDuePolicy(lead)).toMatchObject({ version, moving: true, changedBy: lead.actor.name })
  await moveAll()
  const [high, low] = await rows()
  expect(high).toMatchObject({ dueAt: new Date('2026-06-03T14:59:59.999Z'), overdue: true, dueBy: 'policy' })
  expect(low).toMatchObject({ dueAt: new Date('2026-09-29T14:59:59.999Z'), overdue: false })
  expect(await getDuePolicy(lead)).toMatchObject({ moving: false, moved: 1 })
  const events = await prisma().findingEvent.findMany({ where: { accountId: account, kind: 'due' } })
  expect(events).toMatchObject([{ kind: 'due', actorName: lead.actor.name, after: '2026-06-03T14:59:59.999Z' }])
  expect(await previewDuePolicy(lead, strict)).toMatchObject({ moved: 0, unmoved: 2 })
  // Back again.
  expect(await previewDuePolicy(lead, defaultDuePolicy)).toMatchObject({ moved: 1, noLongerOverdue: 1 })
})

test('a preview counts only findings that become overdue or stop being overdue', async () => {
  const { rows } = await twoFindings()
  const lead = accessOf(await addMember('lead'), 'lead')
  const days = (high: number): DuePolicy => ({ ...strict, days: { ...strict.days, high } })
  await saveDuePolicy(lead, { policy: days(2), seen: null })
  await moveAll()
  expect((await rows())[0]).toMatchObject({ overdue: true })
  // Six days have passed since the finding was opened: it was overdue and stays so, it stops, it was not and is not.
  expect(await previewDuePolicy(lead, days(3))).toEqual({ moved: 1, unmoved: 1, becomeOverdue: 0, noLongerOverdue: 0 })
  expect(await previewDuePolicy(lead, days(9))).toEqual({ moved: 1, unmoved: 1, becomeOverdue: 0, noLongerOverdue: 1 })
  const { version } = await getDuePolicy(lead)
  await saveDuePolicy(lead, { policy: days(9), seen: version })
  await moveAll()
  expect(await previewDuePolicy(lead, days(12))).toEqual({
    moved: 1,
    unmoved: 1,
    becomeOverdue: 0,
    noLongerOverdue: 0,
  })
  expect(await previewDuePolicy(lead, days(3))).toEqual({ moved: 1, unmoved: 1, becomeOverdue: 1, noLongerOverdue: 0 })
})

test('dates set by a person, and resolved findings, do not change', async () => {
  const { account, rows } = await twoFindings()
  const [high] = await rows()
  if (!high) throw new Error('it is gone')
  await setDueAt(job, { selection: { ids: [toFindingId(account, high.id)] }, dueAt: '2026-06-30' })
  await ingest([asff({ account, resource: 'b', severity: 'LOW', status: 'PASSED' })], { observedAt: at(2) })
  const before = await rows()
  await saveDuePolicy(job, { policy: { ...strict, days: { ...strict.days, low: 1 } }, seen: null })
  await moveAll()
  expect((await rows()).map(row => row.dueAt)).toEqual(before.map(row => row.dueAt))
})

test('new findings, reopened ones and changed accounts go by the policy in force', async () => {
  const policy: DuePolicy = { ...strict, environments: { production: { high: 1 } } }
  await saveDuePolicy(job, { policy, seen: null })
  const { account, rows } = await twoFindings()
  const due = async () => (await rows())[0]?.dueAt?.toISOString()
  expect(await due()).toBe('2026-06-03T14:59:59.999Z')
  await updateAccount(job, { id: account, environment: 'production' })
  expect(await due()).toBe('2026-06-02T14:59:59.999Z')
  await ingest([asff({ account, resource: 'a', severity: 'HIGH', status: 'PASSED' })], { observedAt: at(8) })
  await ingest([asff({ account, resource: 'a', severity: 'HIGH' })], { observedAt: at(9, 3) })
  expect(await due()).toBe('2026-06-10T14:59:59.999Z')
})

describe('a finding reopened by a person', () => {
  const policy = { ...strict, environments: { production: { high: 1 } } }
  const statuses = async (account: string) => {
    const lines = await prisma().findingEvent.findMany({ where: { accountId: account }, orderBy: { id: 'asc' } })
    return lines.filter(line => line.kind === 'due' || line.kind === 'status').map(line => [line.kind, line.after])
  }

  test('gets new days if a report resolved it, unless a person set the date', async () => {
    const { account, rows } = await twoFindings()
    const selection = { ids: (await rows()).map(row => toFindingId(account, row.id)) }
    await setDueAt(job, { selection: { ids: selection.ids.slice(1) }, dueAt: '2026-06-08' })
    const closed = [['a', 'HIGH'] as const, ['b', 'LOW'] as const].map(([resource, severity]) =>
      asff({ account, resource, severity, status: 'PASSED' }),
    )
    await ingest(closed, { observedAt: at(8) })
    await saveDuePolicy(job, { policy, seen: null })
    await updateAccount(job, { id: account, environment: 'production' })
    setClock(() => at(20, 3))
    await setStatus(job, { selection, status: 'in_progress' })
    const due = new Date('2026-06-21T14:59:59.999Z')
    expect(await rows()).toMatchObject([
      { dueAt: due, dueBy: 'policy', openedAt: at(20, 3), overdue: false },
      { dueAt: new Date('2026-06-08T14:59:59.999Z'), dueBy: 'hand', openedAt: at(20, 3), overdue: true },
    ])
    expect((await statuses(account)).slice(1)).toEqual([
      ['due', due.toISOString()],
      ['status', 'in_progress'],
      ['status', 'in_progress'],
    ])
    // What was open all the time keeps its days.
    setClock(() => at(25))
    await patchFinding(job, selection.ids[0] ?? '', { status: 'acknowledged' })
    await moveAll()
    expect((await rows())[0]).toMatchObject({ dueAt: due, openedAt: at(20, 3) })
  })

  test('keeps the start of its days if a person resolved it, by the current policy', async () => {
    const { account, rows } = await twoFindings()
    const selection = { ids: (await rows()).slice(0, 1).map(row => toFindingId(account, row.id)) }
    await setStatus(job, { selection, status: 'resolved' })
    await saveDuePolicy(job, { policy: strict, seen: null })
    await moveAll()
    setClock(() => at(20, 3))
    await setStatus(job, { selection, status: 'new' })
    await moveAll()
    const due = new Date('2026-06-03T14:59:59.999Z')
    expect((await rows())[0]).toMatchObject({ dueAt: due, openedAt: at(1, 3), overdue: true })
  })
})

test('a finding under an exception returns with its days, by the current policy', async () => {
  const { account, rows } = await twoFindings()
  const [high] = await rows()
  const { member, csirtLead } = await people()
  const finding = toFindingId(account, high?.id ?? '')
  const id = await grantTo(member, csirtLead, finding, {})
  await saveDuePolicy(job, { policy: strict, seen: null })
  await moveAll()
  await endException(csirtLead, { id, note: '' })
  await applyException(csirtLead, id)
  await moveAll()
  expect((await rows())[0]).toMatchObject({ status: 'new', dueAt: new Date('2026-06-03T14:59:59.999Z'), overdue: true })
})

test('an outdated version does not overwrite the last change', async () => {
  const { version } = await saveDuePolicy(job, { policy: strict, seen: null })
  await expect(saveDuePolicy(job, { policy: defaultDuePolicy, seen: null })).rejects.toMatchObject({
    reason: 'policyChanged',
  })
  await saveDuePolicy(job, { policy: defaultDuePolicy, seen: version })
  expect((await getDuePolicy(job)).policy).toEqual(defaultDuePolicy)
})
