import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { defaultDuePolicy } from '../../lib/domain/policies/due-policy'
import { keepSnapshots } from '../../lib/jobs/snapshots'
import { getAccount } from '../../lib/queries/accounts/account'
import { getFinding } from '../../lib/queries/findings/finding'
import { previewDuePolicy } from '../../lib/queries/policies/due-policy'
import { setDueAt, setStatus } from '../../lib/store/findings/triage'
import { moveDueDates, saveDuePolicy } from '../../lib/store/policies/due-policy'
import { accessFor } from '../support/organisation'
import { expectConsistent } from './support-check'
import { allowClosings, asff, at, complete, findingOf, historyOf, job, newAccount, partial } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
  setClock(() => at(10, 3))
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

const old = new Date('2025-01-10T03:00:00Z')
/** A high finding: 14 days. */
const one = (parts: Partial<Parameters<typeof asff>[0]> = {}) => ({
  ...asff({ account, severity: 'HIGH', ...parts }),
  FirstObservedAt: old.toISOString(),
})
const end = (day: string) => new Date(`${day}T14:59:59.999Z`)
const byImport = { ...defaultDuePolicy, clock: 'import' as const }

async function moveAll(): Promise<void> {
  while (await moveDueDates(job));
}

async function detailOf(record: Record<string, unknown>) {
  const finding = await findingOf(record)
  return getFinding(job, toFindingId(account, finding?.id ?? ''))
}

test('on the first day of use old problems are overdue, and their page says since when they count', async () => {
  await complete([one()], at(9, 3))
  expect(await findingOf(one())).toMatchObject({ beganAt: old, dueAt: end('2025-01-24'), overdue: true })
  expect(await detailOf(one())).toMatchObject({ countedFrom: { at: old, by: 'source' } })
  expect((await historyOf(one())).map(([kind]) => kind)).toEqual(['overdue'])
  await expectConsistent()
})

test('the policy may count from the first report here; a change moves stored dates, as its preview says', async () => {
  const before = await previewDuePolicy(job, byImport)
  await complete([one()], at(9, 3))
  const after = await previewDuePolicy(job, byImport)
  expect(after.moved - before.moved).toBe(1)
  expect(after.noLongerOverdue - before.noLongerOverdue).toBe(1)
  const { version } = await saveDuePolicy(job, { policy: byImport, seen: null })
  await moveAll()
  expect(await findingOf(one())).toMatchObject({ beganAt: old, dueAt: end('2026-06-23'), overdue: false })
  expect(await detailOf(one())).toMatchObject({ countedFrom: { at: at(9, 3), by: 'import' } })
  await expectConsistent()
  const fresh = one({ resource: 'other' })
  await partial([fresh], at(9, 4))
  expect(await findingOf(fresh)).toMatchObject({ dueAt: end('2026-06-23') })
  await saveDuePolicy(job, { policy: defaultDuePolicy, seen: version })
  await moveAll()
  expect(await findingOf(one())).toMatchObject({ dueAt: end('2025-01-24'), overdue: true })
  expect((await historyOf(one())).filter(([kind]) => kind === 'due')).toHaveLength(2)
  await expectConsistent()
})

test('a check that passed until the last report began after that pass, whatever its record says', async () => {
  await complete([one({ status: 'PASSED' }), one({ resource: 'other' })], at(7, 3))
  await complete([one({ updatedAt: at(8) }), one({ resource: 'other' })], at(8, 3))
  expect(await findingOf(one())).toMatchObject({ firstObservedAt: old, beganAt: at(7, 3), dueAt: end('2026-06-21') })
  expect(await findingOf(one({ resource: 'other' }))).toMatchObject({ beganAt: old })
  await expectConsistent()
})

test('a resource that a complete report of the check lacked began after that report', async () => {
  await complete([one()], at(7, 3))
  const later = one({ resource: 'later' })
  const elsewhere = one({ resource: 'elsewhere', region: 'eu-west-1' })
  await complete([one(), later, elsewhere], at(8, 3))
  expect(await findingOf(later)).toMatchObject({ beganAt: at(7, 3), dueAt: end('2026-06-21') })
  // Nobody had looked there.
  expect(await findingOf(elsewhere)).toMatchObject({ beganAt: old, overdue: true })
  await expectConsistent()
})

test('a reopened finding counts from its reopening, and resolving counts from the first observation', async () => {
  await allowClosings()
  await complete([one(), one({ resource: 'other' })], at(5, 3))
  await complete([one({ status: 'PASSED', updatedAt: at(6) }), one({ resource: 'other' })], at(6, 3))
  setClock(() => at(7, 1))
  await keepSnapshots()
  const { hoursToResolve } = await getAccount(accessFor('lead'), account)
  expect(hoursToResolve).toBeCloseTo((at(6, 3).getTime() - old.getTime()) / 3_600_000, 3)
  await complete([one({ updatedAt: at(8) }), one({ resource: 'other' })], at(8, 3))
  expect(await findingOf(one())).toMatchObject({ beganAt: null, openedAt: at(8, 3), dueAt: end('2026-06-22') })
  expect(await detailOf(one())).toMatchObject({ countedFrom: { at: at(8, 3), by: 'import' } })
  setClock(() => at(10, 3))
  await keepSnapshots()
  const kept = await getAccount(accessFor('lead'), account)
  expect(kept.hoursToResolve).toBeCloseTo(hoursToResolve ?? 0, 3)
  await expectConsistent()
})

test('a finding that a person resolved keeps the start of its days', async () => {
  await complete([one()], at(9, 3))
  const selection = { ids: [(await detailOf(one())).id] }
  await setStatus(job, { selection, status: 'resolved' })
  await setStatus(job, { selection, status: 'new' })
  expect(await findingOf(one())).toMatchObject({ beganAt: old, dueAt: end('2025-01-24') })
})

test('an old problem may be postponed up to the days of the policy from its first report here', async () => {
  await complete([one()], at(9, 3))
  const selection = { ids: [(await detailOf(one())).id] }
  const lead = accessFor('lead')
  await setDueAt(lead, { selection, dueAt: '2026-06-23' })
  expect(await findingOf(one())).toMatchObject({ dueAt: end('2026-06-23'), dueBy: 'hand' })
  expect(await detailOf(one())).toMatchObject({ countedFrom: null })
  await expect(setDueAt(lead, { selection, dueAt: '2026-06-24' })).rejects.toMatchObject({ code: 'conflict' })
})
