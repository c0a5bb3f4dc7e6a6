import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { checks } from '../../lib/domain/checks/checks'
import { findingChecks } from '../../lib/queries/collection/finding-checks'
import { addCell, addConnection } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE coverage')
  await prisma().connection.deleteMany()
  await prisma().account.createMany({ data: [ours, theirs].map(id => ({ id, name: id })) })
})
afterAll(closeDatabase)

test('what AWS answered in the account of the organization is shown to those who see that account', async () => {
  const check = checks.find(({ needs }) => needs.length === 1 && needs[0] === 'organization')
  const finding = { accountId: ours, sources: ['hinomi'], region: 'global', control: check?.controls[0] ?? '' }
  await addConnection([ours, theirs], { accountId: theirs })
  const denied = { state: 'denied', complete: false, action: 'organizations:ListRoots', message: `User in ${theirs}` }
  await addCell(theirs, { collector: 'organization', region: 'global', ...denied })
  const said = { collector: 'organization', state: 'denied', action: 'organizations:ListRoots' }
  expect(await findingChecks(accessFor('admin'), finding)).toMatchObject([{ ...said, message: `User in ${theirs}` }])
  const limited = accessFor('lead', { accounts: [ours] })
  expect(await findingChecks(limited, finding)).toMatchObject([{ ...said, message: null }])
})

test('a check that ended with an error says so', async () => {
  await addConnection([ours])
  await addCell(ours, { collector: 'iam', region: 'global' })
  await prisma().checkState.deleteMany({ where: { accountId: ours } })
  const unexamined = [{ region: 'global', collector: 'iam', state: 'not_evaluated', action: null }]
  const counts = { regions: [], whole: false, passed: 0, failed: 0 }
  await prisma().checkState.create({
    data: { accountId: ours, check: 'user-mfa', unexamined, readAt: new Date(), importId: 1, ...counts },
  })
  const finding = { accountId: ours, sources: ['hinomi'], region: 'global', control: 'IAM.5' }
  expect(await findingChecks(accessFor('admin'), finding)).toMatchObject([
    { collector: 'iam', state: 'ok' },
    { collector: 'checks', state: 'not_evaluated' },
  ])
})
