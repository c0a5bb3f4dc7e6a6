import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { keepSnapshots } from '../../lib/jobs/snapshots'
import { setStatus } from '../../lib/store/findings/triage'
import { undoChange } from '../../lib/store/findings/undo-change'
import { expectConsistent } from './support-check'
import { asff, at, complete, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

test('a finding that an undo resolved again keeps its open days in its history', async () => {
  const account = newAccount()
  const record = (status: 'FAILED' | 'PASSED', day: number) => asff({ account, status, updatedAt: at(day) })
  await complete([record('FAILED', 1)], at(1))
  await complete([record('PASSED', 2)], at(2))
  const finding = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  const id = toFindingId(account, finding.id)
  setClock(() => at(4, 1))
  await keepSnapshots()
  setClock(() => at(4, 5))
  const { changeset } = await setStatus(job, { selection: { ids: [id] }, status: 'new' })
  for (const day of [4, 5, 6]) {
    setClock(() => at(day, 10))
    await keepSnapshots()
  }
  setClock(() => at(7, 2))
  await expectConsistent()
  const undone = await undoChange(job, { changeset: changeset ?? '' })
  for (const day of [7, 8, 9]) {
    setClock(() => at(day, 10))
    await keepSnapshots()
  }
  await expectConsistent()
  setClock(() => at(9, 21))
  await undoChange(job, { changeset: undone.changeset ?? '' })
  await expectConsistent()
})

test('an undo does not reopen a finding that a report has found fixed since its manual resolution', async () => {
  const [fixed, failing] = [newAccount(), newAccount()]
  const report = (account: string, status: 'FAILED' | 'PASSED', day: number) =>
    complete([asff({ account, status, updatedAt: at(day) })], at(day))
  const ids: string[] = []
  for (const account of [fixed, failing]) {
    await report(account, 'FAILED', 11)
    const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
    ids.push(toFindingId(account, id))
  }
  setClock(() => at(12))
  const { changeset } = await setStatus(job, { selection: { ids }, status: 'resolved' })
  await report(fixed, 'PASSED', 13)
  setClock(() => at(14))
  expect(await undoChange(job, { changeset: changeset ?? '' })).toMatchObject({ restored: 1, left: 1 })
  const statusOf = async (accountId: string) =>
    (await prisma().finding.findFirstOrThrow({ where: { accountId } })).status
  expect([await statusOf(fixed), await statusOf(failing)]).toEqual(['resolved', 'new'])
  // A person may open it against its sources, and then an undo may as well.
  const [id = ''] = ids
  await setStatus(job, { selection: { ids: [id] }, status: 'new' })
  const closed = await setStatus(job, { selection: { ids: [id] }, status: 'resolved' })
  expect(await undoChange(job, { changeset: closed.changeset ?? '' })).toMatchObject({ restored: 1, left: 0 })
  await expectConsistent()
})
