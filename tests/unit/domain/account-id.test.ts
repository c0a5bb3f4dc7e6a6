import { expect, test } from 'vitest'
import { accountOfPrincipal } from '../../../lib/domain/accounts/account-id'

test.each([
  ['999999999999', '999999999999'],
  ['arn:aws:iam::999999999999:root', '999999999999'],
  ['arn:aws-cn:sts::999999999999:assumed-role/deploy/ci', '999999999999'],
  // The name of a role is chosen by its account.
  ['arn:aws:iam::999999999999:role/111111111111', '999999999999'],
  ['arn:aws:iam::999999999999:role/x:111111111111:y', '999999999999'],
  ['arn:aws:iam::999999999999:role/x\n:111111111111:y', '999999999999'],
  ['x:111111111111:y', null],
  ['1111111111112', null],
  ['lambda.amazonaws.com', null],
  ['*', null],
  ['', null],
])('%j belongs to %s', (principal, account) => {
  expect(accountOfPrincipal(principal)).toBe(account)
})
