import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { getDelegation, getOrganizationRoot } from '../../lib/queries/collection/delegation'
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

test('the root of the organization is known once it was read, and nothing else becomes part of a command', async () => {
  const admin = accessFor('admin')
  expect(await getOrganizationRoot(admin, ours)).toBeNull()
  await addAsset(ours, { type: 'AWS::Organizations::Root', arn: 'root', name: 'Root', data: { id: 'r-ab12' } })
  expect(await getOrganizationRoot(admin, ours)).toBe('r-ab12')
  expect(await getOrganizationRoot(admin, theirs)).toBeNull()
  await pool().query(`UPDATE asset SET data = '{"id": "r-ab12; rm -r /"}'`)
  expect(await getOrganizationRoot(admin, ours)).toBeNull()
  await expect(getOrganizationRoot(accessFor('lead', { accounts: [ours] }), ours)).rejects.toThrow()
})
