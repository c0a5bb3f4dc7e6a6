// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { PlaybookPanel } from '../../../components/findings/playbook/playbook-panel'
import { playbookFor } from '../../../lib/domain/threats/playbook'
import { show } from '../../support/component'

const threat = {
  control: 'UnauthorizedAccess:IAMUser/TorIPCaller',
  accountId: '111122223333',
  region: 'eu-west-1',
  resourceId: 'arn:aws:iam::111122223333:user/alice',
  resourceType: 'AwsIamUser',
  otherResources: [],
  sightings: [],
  facts: null,
}

test('a threat shows what to do now, with commands to copy and what to set first', async () => {
  const playbook = await playbookFor('en', threat)
  show(<PlaybookPanel playbook={playbook} accountId={threat.accountId} region={threat.region} />)
  expect(screen.getByRole('heading', { name: playbook.name })).toBeDefined()
  expect(screen.getAllByText('Contain:').length).toBeGreaterThan(1)
  expect(screen.getByText(/account 111122223333, in Region eu-west-1/)).toBeDefined()
  expect(screen.getByText('aws iam delete-login-profile --user-name alice')).toBeDefined()
  expect(screen.getAllByRole('button', { name: 'Copy the command' }).length).toBeGreaterThan(5)
  expect(screen.getAllByText('Set first: LONG_TERM_KEY_ID').length).toBe(2)
  expect(screen.getByText('A deleted key cannot be restored.')).toBeDefined()
  expect(screen.getByRole('link', { name: /Description by AWS/ }).getAttribute('href')).toBe(playbook.url)
})
