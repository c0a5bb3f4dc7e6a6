import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { getDelegation } from '../../lib/queries/collection/delegation'
import { addAsset } from '../support/connections'
import { accessFor, clear, ours, theirs } from '../support/organisation'

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE asset')
  await prisma().account.create({ data: { id: theirs, name: 'audit', origin: 'registered' } })
})
afterAll(closeDatabase)

test('delegated administrators are shown once the organization was read, to members who see all accounts', async () => {
  const admin = accessFor('admin')
  expect(await getDelegation(admin, ours)).toBeNull()
  await addAsset(ours, {
    type: 'AWS::Organizations::Organization',
    arn: 'organization',
    data: { managementAccount: ours, trustedServices: ['guardduty.amazonaws.com', 'securityhub.amazonaws.com'] },
  })
  const services = [{ principal: 'guardduty.amazonaws.com', since: '2026-01-01T00:00:00.000Z' }]
  await addAsset(ours, {
    type: 'AWS::Organizations::DelegatedAdministrator',
    arn: 'administrator',
    data: { account: theirs, services },
  })
  expect(await getDelegation(admin, ours)).toMatchObject({
    management: ours,
    administrators: [theirs],
    names: { [theirs]: 'audit' },
    rows: [
      { service: 'Security Hub', since: {}, warning: 'none' },
      { service: 'GuardDuty', since: { [theirs]: new Date('2026-01-01') }, warning: null },
    ],
  })
  await expect(getDelegation(accessFor('lead', { accounts: [ours] }), ours)).rejects.toThrow()
})
