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

test('every reason has a sentence in both languages, and no sentence is left over', () => {
  for (const all of Object.values(sentences)) {
    const found = [...all.keys()].filter(key => key.startsWith('collection.failures.'))
    expect(found.sort()).toEqual(failureReasons.map(reason => `collection.failures.${reason}`).sort())
  }
})
