// @vitest-environment happy-dom
import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { PrincipalFacts } from '../../../components/collection/setup/principal'
import { principalOf } from '../../../lib/domain/collection/policy/principal'
import type { ConnectionView } from '../../../lib/domain/collection/views'
import { show } from '../../support/component'

const connection: ConnectionView = {
  id: 'c',
  name: 'Organization',
  kind: 'organization',
  accountId: '111111111111',
  partition: 'aws',
  roleName: 'HinomiReadOnly',
  pausedAt: null,
  createdAt: new Date(0),
  accounts: 0,
  ok: 0,
  failing: 0,
  rounds: [],
}

test.each([
  ['user', 'Users'],
  ['role', 'Roles'],
])('the policy of a %s is pasted under IAM > %s', (kind, menu) => {
  const arn = `arn:aws:iam::111111111111:${kind}/hinomi`
  show(
    <PrincipalFacts
      caller={{ identity: { arn, principal: principalOf(arn) }, failure: null }}
      connection={connection}
    />,
  )
  expect(screen.getByText(new RegExp(`IAM > ${menu} > hinomi > `))).toBeTruthy()
  expect(screen.getByText(new RegExp(`aws iam put-${kind}-policy`))).toBeTruthy()
})
