// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { AccessPanel } from '../../../components/findings/facts/access-panel'
import { VulnerabilityPanel } from '../../../components/findings/facts/vulnerability-panel'
import type { AccessFacts, VulnerabilityFacts } from '../../../lib/domain/findings/facts'
import { show } from '../../support/component'

const place = { accountId: '222222222222', region: 'eu-west-1', resourceId: 'i-0aaa', sightings: [] }

const access: AccessFacts = {
  kind: 'access',
  isPublic: false,
  principals: [
    { type: 'AWS', id: 'arn:aws:iam::111111111111:role/deploy' },
    { type: 'AWS', id: 'arn:aws:iam::999999999999:role/111111111111' },
    { type: 'Service', id: 'lambda.amazonaws.com' },
  ],
  actions: ['sts:AssumeRole'],
  conditions: [],
  grantedBy: [],
  lastUsed: null,
}

test('a principal is one of our accounts by its account, not by its name', () => {
  show(<AccessPanel finding={{ ...place, facts: access, principalAccounts: [{ id: '111111111111', name: 'shop' }] }} />)
  const rows = screen.getAllByRole('listitem').map(row => row.textContent)
  expect(rows).toEqual([
    'arn:aws:iam::111111111111:role/deploy your account shop',
    'arn:aws:iam::999999999999:role/111111111111 outside your accounts',
    'lambda.amazonaws.com AWS service',
  ])
})

test('a principal that a condition limits to an organization is named so, if it is the only one', () => {
  const limited = {
    ...access,
    principals: [{ type: 'AWS', id: '*' }],
    conditions: [{ key: 'aws:PrincipalOrgID', value: 'o-a1b2c3' }],
  }
  const rows = () => screen.getAllByRole('listitem').map(row => row.textContent)
  const { unmount } = show(<AccessPanel finding={{ ...place, facts: limited, principalAccounts: [] }} />)
  expect(rows()).toEqual(['* only in organization o-a1b2c3', 'aws:PrincipalOrgID = o-a1b2c3'])
  unmount()
  show(
    <AccessPanel finding={{ ...place, facts: { ...access, conditions: limited.conditions }, principalAccounts: [] }} />,
  )
  expect(rows()).toContain('arn:aws:iam::999999999999:role/111111111111 outside your accounts')
})

test('a public resource is open to everyone, beside the principals that are named', () => {
  const everyone = { type: 'AWS', id: '*' }
  const facts = { ...access, isPublic: true, principals: [everyone, ...access.principals.slice(0, 1)] }
  show(<AccessPanel finding={{ ...place, facts, principalAccounts: [] }} />)
  expect(screen.getByText('Everyone (public)')).toBeDefined()
  expect(screen.getAllByRole('listitem').map(row => row.textContent)).toEqual([
    'arn:aws:iam::111111111111:role/deploy outside your accounts',
  ])
})

test('a command of a report is copied as it is shown, with hidden characters and lines visible', () => {
  const writeText = vi.fn(async (_text: string) => {})
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
  const facts: VulnerabilityFacts = {
    kind: 'vulnerability',
    exploit: true,
    exploitSeen: null,
    fix: 'yes',
    epss: 94,
    cvss: [{ version: '3.1', score: 10, vector: 'CVSS:3.1/AV:N', source: 'NVD' }],
    packages: [{ name: 'p', installed: '1', fixed: '2', path: null, command: 'yum update p\u202E\nrm -rf ~' }],
    references: [],
    vendorSeverity: null,
    image: null,
  }
  const knownExploit = { listed: null, released: '2026-11-20', outdated: false }
  show(
    <VulnerabilityPanel
      finding={{ ...place, facts, knownExploit, elsewhere: null, control: 'CVE-2026-1', resourceId: 'x' }}
    />,
  )
  const shown = 'yum update p[U+202E]\nrm -rf ~'
  const code = screen.getByText((_text, element) => element?.tagName === 'CODE' && element.textContent === shown)
  expect(code.className).toContain('whitespace-pre-wrap')
  fireEvent.click(within(code.parentElement ?? code).getByRole('button'))
  expect(writeText).toHaveBeenCalledWith(shown)
})
