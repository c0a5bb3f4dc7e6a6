import { expect, test } from 'vitest'
import { AdministratorData, OrganizationData, toDelegation } from '@/lib/domain/collection/organization/delegation'

const management = '111111111111'
const audit = '222222222222'

const organization = (trustedServices: string[]) =>
  OrganizationData.parse({ managementAccount: management, trustedServices })
const administrator = (account: string, ...principals: string[]) => {
  const services = principals.map(principal => ({ principal, since: '2026-01-01T00:00:00Z' }))
  return AdministratorData.parse({ account, services })
}

test('services are listed with who manages them, and where nobody or the management account does', () => {
  const trusted = ['guardduty.amazonaws.com', 'securityhub.amazonaws.com', 'macie.amazonaws.com', 'ram.amazonaws.com']
  const { rows, administrators } = toDelegation(organization(trusted), [
    administrator(audit, 'guardduty.amazonaws.com', 'new-service.amazonaws.com'),
    administrator(management, 'macie.amazonaws.com'),
  ])
  const since = new Date('2026-01-01T00:00:00Z')
  expect(rows.map(({ service, since: by, warning }) => [service, by, warning])).toEqual([
    ['Security Hub', {}, 'none'],
    ['GuardDuty', { [audit]: since }, null],
    ['Macie', { [management]: since }, 'management'],
    // Not in the table of services: known since somebody delegated it. One that nobody can delegate is left out.
    ['new-service.amazonaws.com', { [audit]: since }, null],
  ])
  expect(administrators).toEqual([audit])
})

test('several administrators of one service are all shown', () => {
  const other = '333333333333'
  const principal = 'config.amazonaws.com'
  const { rows, administrators } = toDelegation(organization([]), [
    administrator(other, principal),
    administrator(audit, principal),
  ])
  expect(Object.keys(rows[0]?.since ?? {}).sort()).toEqual([audit, other])
  expect(administrators).toEqual([audit, other])
})
