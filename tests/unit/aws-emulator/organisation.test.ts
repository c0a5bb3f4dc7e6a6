import { expect } from 'vitest'
import { createOrganisation } from '../../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const EXTERNAL_ID = '0123456789abcdef0123456789abcdef'

stopAtEnd()

test('the organization is built through the API alone', { timeout: START_MS }, async ({ emulator }) => {
  const organisation = await createOrganisation(emulator, EXTERNAL_ID)
  expect(new Set(organisation.accounts).size).toBe(3)
  expect(emulator.unanswered).toEqual([])
  expect(emulator.calls.total()).toBe(0)
})
