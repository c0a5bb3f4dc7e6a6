// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { ConnectionTestSteps } from '../../../components/collection/connection-test-steps'
import type { ConnectionTestStep } from '../../../lib/domain/collection/connection-test'
import { failureReasons } from '../../../lib/domain/collection/failure'
import { show } from '../../support/component'
import { sentences } from '../../support/messages'

const step: ConnectionTestStep = { id: 'role', collector: null, account: '111111111111', state: 'ok', failure: null }

test('names each step, and for a failed one the permission and where to set it', () => {
  const failure = {
    state: 'denied',
    reason: 'permission',
    operation: 'kms:ListKeys',
    action: 'kms:ListKeys',
    message: 'User x is not authorized',
  } as const
  const failed: ConnectionTestStep = { ...step, id: 'collector', collector: 'kms', state: 'failed', failure }
  show(<ConnectionTestSteps steps={[step, failed]} />)
  expect(screen.getByText('The role in account 111111111111 can be assumed')).toBeDefined()
  expect(screen.getByText('AWS KMS: cannot be read')).toBeDefined()
  expect(screen.getByText(/has no permission for kms:ListKeys.*in IAM › Roles/)).toBeDefined()
  expect(screen.getByText('kms:ListKeys: User x is not authorized')).toBeDefined()
})

test('says of an answer that is not understood its operation and status, and speaks of no round', () => {
  const failure = {
    state: 'failed',
    reason: 'answer',
    operation: 'iam:ListOrganizationsFeatures',
    action: null,
    message: 'iam:ListOrganizationsFeatures: HTTP 404',
  } as const
  show(<ConnectionTestSteps steps={[{ ...step, state: 'failed', failure }]} />)
  expect(screen.getByText(/AWS answered with something that is not understood/)).toBeDefined()
  expect(screen.getByText('iam:ListOrganizationsFeatures: HTTP 404')).toBeDefined()
  for (const all of Object.values(sentences))
    for (const [key, text] of all)
      if (key.startsWith('collection.failures.')) expect(text).not.toMatch(/next round|次回の収集/)
})

test('every reason has a sentence in both languages, and no sentence is left over', () => {
  for (const all of Object.values(sentences)) {
    const found = [...all.keys()].filter(key => key.startsWith('collection.failures.'))
    expect(found.sort()).toEqual(failureReasons.map(reason => `collection.failures.${reason}`).sort())
  }
})
