import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { everyFinding, toFindingId } from '../../lib/domain/findings/filter'
import { type DuePolicy, defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { Differences } from '../../lib/queries/check/differences'
import { checkFindings } from '../../lib/queries/check/findings'
import { checkPolicies } from '../../lib/queries/check/policies'
import { listFindings } from '../../lib/queries/findings/list'
import { previewDuePolicy } from '../../lib/queries/policies/due-policy'
import { markOverdue, unmarkOverdue } from '../../lib/store/findings/overdue'
import { addComment, assignFindings, setDueAt, setStatus, takeFinding } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { moveDueDates, saveDuePolicy } from '../../lib/store/policies/due-policy'
import { accessOf, addMember } from '../support/people'
import { asff, at, complete, job, newAccount, partial } from './support-ingest'
import { onlyFinding, type ThreatParts, threat } from './support-threats'

let account = ''
beforeEach(async () => {
  account = newAccount()
  await pool().query(`DELETE FROM setting WHERE key = 'due-policy'`)
  await moveAll()
})
afterEach(() => setClock())
afterAll(closeDatabase)

const marks = async () => {
  while ((await markOverdue(job)) > 0);
  while ((await unmarkOverdue(job)) > 0);
}
const moveAll = async () => {
  while (await moveDueDates(job));
}

/** Expects that marks, responses and dates are those that `hinomi check` recomputes. */
async function expectDatesFollow(): Promise<void> {
  await marks()
  const differences = new Differences()
  await checkFindings(differences)
  await checkPolicies(job, differences)
  expect(differences.named).toEqual([])
}

/** A threat that was opened on June 1, a Monday, at noon in Tokyo. */
async function opened(parts: Partial<ThreatParts> = {}) {
  await complete([threat({ account, ...parts })], at(1, 3))
  const { id } = await onlyFinding(account)
  return { id, now: async () => (await onlyFinding(account)).finding }
}

test.each([
  [9, '2026-06-01T04:00:00.000Z', '2026-06-02T14:59:59.999Z'],
  [8, '2026-06-01T04:00:00.000Z', '2026-06-02T14:59:59.999Z'],
  [5, '2026-06-02T03:00:00.000Z', '2026-06-08T14:59:59.999Z'],
  [2, '2026-06-02T03:00:00.000Z', '2026-06-15T14:59:59.999Z'],
])('a threat of severity %s has two dates', async (severity, respondBy, dueAt) => {
  const { now } = await opened({ severity })
  expect(await now()).toMatchObject({ respondBy: new Date(respondBy), dueAt: new Date(dueAt), respondedAt: null })
})

test('it is overdue after an hour, and no longer once somebody acts', async () => {
  const { id, now } = await opened()
  setClock(() => at(1, 5))
  await marks()
  expect(await now()).toMatchObject({ overdue: true })
  const overdue = await prisma().findingEvent.findMany({ where: { accountId: account, kind: 'overdue' } })
  expect(overdue).toMatchObject([{ after: '2026-06-01T04:00:00.000Z', text: 'respond' }])
  const member = accessOf(await addMember('lead'), 'lead')
  await setStatus(member, { selection: { ids: [id] }, status: 'acknowledged' })
  expect(await now()).toMatchObject({ overdue: false, respondedAt: at(1, 5) })
  await expectDatesFollow()
  // The due date counts on.
  setClock(() => at(3))
  await marks()
  expect(await now()).toMatchObject({ overdue: true })
  const after = await prisma().findingEvent.findMany({ where: { accountId: account, kind: 'overdue' } })
  expect(after.map(event => event.text)).toEqual(['respond', null])
})

describe('a response', () => {
  const acts: Record<string, (id: string) => Promise<unknown>> = {
    'a comment of a person': async id =>
      addComment(accessOf(await addMember('lead'), 'lead'), { selection: { ids: [id] }, text: 'Looking at it' }),
    'taking it': async id => takeFinding(accessOf(await addMember('lead'), 'lead'), { id }),
    'an assignment by a person': async id => {
      const owner = await addMember('member')
      const lead = accessOf(await addMember('lead'), 'lead')
      return assignFindings(lead, { selection: { ids: [id] }, owner: owner.id })
    },
  }
  test.each(Object.entries(acts))('is %s', async (_name, act) => {
    const { id, now } = await opened()
    setClock(() => at(1, 3, 30))
    await act(id)
    expect(await now()).toMatchObject({ respondedAt: at(1, 3, 30), overdue: false })
    await expectDatesFollow()
  })

  test('is neither a comment of Hinomi nor a due date', async () => {
    const { id, now } = await opened()
    await addComment(job, { selection: { ids: [id] }, text: 'noted' })
    await setDueAt(accessOf(await addMember('lead'), 'lead'), { selection: { ids: [id] }, dueAt: '2026-06-01' })
    expect(await now()).toMatchObject({ respondedAt: null })
  })

  test('that is undone was none', async () => {
    const { id, now } = await opened()
    const lead = accessOf(await addMember('lead'), 'lead')
    setClock(() => at(1, 3, 30))
    const { changeset } = await setStatus(lead, { selection: { ids: [id] }, status: 'acknowledged' })
    setClock(() => at(1, 6))
    const undo = await undoChange(lead, { changeset: changeset ?? '' })
    expect(await now()).toMatchObject({ status: 'new', respondedAt: null, overdue: true })
    await expectDatesFollow()
    await undoChange(lead, { changeset: undo.changeset ?? '' })
    expect(await now()).toMatchObject({ status: 'acknowledged', respondedAt: at(1, 6), overdue: false })
    await expectDatesFollow()
  })

  test('counts until the threat is opened again', async () => {
    const { id, now } = await opened()
    setClock(() => at(1, 3, 30))
    const lead = accessOf(await addMember('lead'), 'lead')
    await setStatus(lead, { selection: { ids: [id] }, status: 'acknowledged' })
    await partial([threat({ account, archived: true, updatedAt: at(2) })], at(2))
    await partial([threat({ account, updatedAt: at(3) })], at(3))
    expect(await now()).toMatchObject({ status: 'new', openedAt: at(3), respondBy: at(3, 1), respondedAt: null })
    await partial([threat({ account, archived: true, updatedAt: at(4) })], at(4))
    setClock(() => at(5))
    await setStatus(lead, { selection: { ids: [id] }, status: 'new' })
    expect(await now()).toMatchObject({ openedAt: at(5), respondBy: at(5, 1), respondedAt: null, overdue: false })
    await moveAll()
    await expectDatesFollow()
  })
})

test('a changed policy moves both dates, with preview and history', async () => {
  await prisma().account.create({ data: { id: account, environment: 'sandbox' } })
  const { now } = await opened()
  setClock(() => at(1, 5))
  await marks()
  const lead = accessOf(await addMember('lead'), 'lead')
  const threats = { ...defaultDuePolicy.threats, respondEnvironments: { sandbox: { high: 4 } } }
  const policy: DuePolicy = { ...defaultDuePolicy, threats }
  expect(await previewDuePolicy(lead, policy)).toMatchObject({ moved: 1, becomeOverdue: 0, noLongerOverdue: 1 })
  await saveDuePolicy(lead, { policy, seen: null })
  await moveAll()
  expect(await now()).toMatchObject({ respondBy: at(1, 7), overdue: false })
  const lines = await prisma().findingEvent.findMany({
    where: { accountId: account, kind: { in: ['due', 'respond'] } },
  })
  expect(lines).toMatchObject([{ kind: 'respond', before: at(1, 4).toISOString(), after: at(1, 7).toISOString() }])
  expect(await previewDuePolicy(lead, policy)).toMatchObject({ moved: 0 })
  await expectDatesFollow()
})

test('a due date set by a person stays, while the response follows the policy', async () => {
  const { id, now } = await opened()
  await setDueAt(job, { selection: { ids: [id] }, dueAt: '2026-06-20' })
  const threats = { ...defaultDuePolicy.threats, respondHours: { ...defaultDuePolicy.threats.respondHours, high: 4 } }
  await saveDuePolicy(job, { policy: { ...defaultDuePolicy, threats }, seen: null })
  await moveAll()
  expect(await now()).toMatchObject({ respondBy: at(1, 7), dueAt: new Date('2026-06-20T14:59:59.999Z') })
})

test('an older report moves both dates', async () => {
  await complete([threat({ account })], at(3, 3))
  await complete([threat({ account })], at(1, 3))
  const { finding } = await onlyFinding(account)
  expect(finding).toMatchObject({
    openedAt: at(1, 3),
    respondBy: at(1, 4),
    dueAt: new Date('2026-06-02T14:59:59.999Z'),
  })
})

test('lists are ordered by the earlier date that still counts', async () => {
  await complete([threat({ account })], at(1, 3))
  await complete(
    [asff({ account, resource: 'soon', severity: 'CRITICAL' }), asff({ account, resource: 'later', severity: 'HIGH' })],
    at(1, 2),
  )
  const filter = { ...everyFinding, account: [account], sort: 'due' as const }
  const titles = async () => {
    const found: string[] = []
    for (let cursor: string | null = null; ; ) {
      const page = await listFindings(job, filter, { cursor, limit: 1 })
      found.push(...page.rows.map(row => row.class + (row.resourceId.split(':').at(-1) ?? '')))
      cursor = page.next
      if (cursor === null) return found
    }
  }
  expect(await titles()).toEqual(['threatapp-role', 'posturesoon', 'posturelater'])
  const found = await prisma().finding.findFirstOrThrow({ where: { accountId: account, class: 'threat' } })
  const id = toFindingId(account, found.id)
  await setDueAt(job, { selection: { ids: [id] }, dueAt: '2026-06-08' })
  expect((await titles())[0]).toBe('threatapp-role')
  setClock(() => at(1, 4))
  await setStatus(accessOf(await addMember('lead'), 'lead'), { selection: { ids: [id] }, status: 'in_progress' })
  expect(await titles()).toEqual(['posturesoon', 'threatapp-role', 'posturelater'])
})
