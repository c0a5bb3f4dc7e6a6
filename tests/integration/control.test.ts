import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { getControl } from '../../lib/queries/controls/control'
import { listFindings } from '../../lib/queries/findings/list'
import { setStatus } from '../../lib/store/findings/triage'
import { accessFor } from '../support/organisation'
import { asff, at, complete, job, newAccount } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const reader = () => accessFor('admin', { accounts: [account] })
const stored = () => prisma().finding.findFirstOrThrow({ where: { accountId: account } })
const two = () => [asff({ account, resource: 'arn:aws:s3:::one' }), asff({ account, resource: 'arn:aws:s3:::two' })]

test('a control has the numbers of the lists behind them', async () => {
  await complete(two(), at(1))
  const { control } = await stored()
  const view = await getControl(reader(), control)
  const { total } = await listFindings(reader(), FindingFilter.parse({ control: [control] }), {
    cursor: null,
    limit: 5,
  })
  expect(view).toMatchObject({ id: control, class: 'posture', open: 2, accounts: 1, excepted: 0 })
  expect(total).toBe(2)
  expect(view.requirements.length).toBeGreaterThan(0)
})

test('a day has what was opened and resolved on it, each period of a finding by itself', async () => {
  await complete(two(), at(1))
  const { control, id } = await stored()
  const selection = { ids: [toFindingId(account, id)] }
  await setStatus(job, { selection, status: 'resolved', reason: 'Repaired' })
  await setStatus(job, { selection, status: 'new' })
  const { days } = await getControl(reader(), control)
  expect(days).toHaveLength(30)
  const sum = (of: 'opened' | 'closed') => days.reduce((all, day) => all + day[of], 0)
  expect([sum('opened'), sum('closed')]).toEqual([3, 1])
})

test('a control of the table has a page before anything fails it, another only where the reader sees it', async () => {
  await complete([asff({ account, control: 'custom/check-of-ours' })], at(1))
  const { control } = await stored()
  expect(await getControl(reader(), control)).toMatchObject({ open: 1, requirements: [] })
  const elsewhere = accessFor('admin', { accounts: [newAccount()] })
  await expect(getControl(elsewhere, control)).rejects.toThrow('not_found')
  expect(await getControl(elsewhere, 'RDS.3')).toMatchObject({ open: 0, accounts: 0, category: 'encryption' })
  await expect(getControl(elsewhere, 'constructor')).rejects.toThrow('not_found')
})
