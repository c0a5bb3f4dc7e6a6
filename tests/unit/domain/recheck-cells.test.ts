import { expect, test } from 'vitest'
import { cellsOfFinding, checksOfFinding, isOfOrganization } from '../../../lib/domain/collection/findings/recheck'

const own = (control: string, region: string | null = 'global') => ({ sources: ['hinomi'], control, region })

test('a source that is collected reports a finding in its own cell', () => {
  const cell = { collector: 'security-hub', region: 'ap-northeast-1', reports: true }
  expect(cellsOfFinding({ sources: ['security-hub', 'prowler'], control: 'S3.8', region: 'ap-northeast-1' })).toEqual([
    cell,
  ])
})

test('a check of a Region examines its cells in that Region', () => {
  expect(cellsOfFinding(own('hinomi/waf-nothing-blocked', 'eu-west-1'))).toEqual([
    { collector: 'waf', region: 'eu-west-1', reports: false },
    { collector: 'waf-global', region: null, reports: false },
    { collector: 'metrics', region: 'eu-west-1', reports: false },
  ])
})

test('a check of an account examines every Region', () => {
  const cells = cellsOfFinding(own('CloudTrail.1', 'us-east-1'))
  expect(cells).toContainEqual({ collector: 'cloudtrail', region: null, reports: false })
})

test('a check of the organization examines the account that reads it', () => {
  const cells = cellsOfFinding(own('hinomi/account-tags'))
  expect(cells.map(cell => [cell.collector, isOfOrganization(cell)])).toEqual([['organization', true]])
})

test('a check of data that Hinomi has itself has no cells', () => {
  expect(cellsOfFinding(own('hinomi/source-unopened'))).toEqual([])
  expect(checksOfFinding(own('hinomi/source-unopened'))).toEqual(['source-unopened'])
})

test('findings that no check of Hinomi reports are not examined by one', () => {
  expect(checksOfFinding({ sources: ['security-hub'], control: 'CloudTrail.1', region: null })).toBeNull()
})
