import { expect, test } from 'vitest'
import type { Covering } from '../../../lib/domain/exceptions/exception'
import { findingKey } from '../../../lib/domain/identity/keys'
import type { RunContext } from '../../../lib/ingest/run/context'
import { withException } from '../../../lib/ingest/settle/exception-match'

const subject = { accountId: '111111111111', id: 'aa', control: 'S3.2', resourceId: 'arn:aws:s3:::a' }
const told = { severity: 3, tags: [] }
const other: Covering = {
  id: 1,
  kind: 'accepted',
  finding: findingKey('222222222222', 'bb'),
  match: null,
  condition: { tag: null, severityAtMost: null },
  expiresAt: new Date('9999-01-01'),
  coversUpTo: 5,
}
/** A run that began while only `other` was approved. */
const run = { exceptions: [other], accounts: new Map() } as unknown as RunContext

test('an exception approved during the run is not ended by it', () => {
  const side = { status: 'accepted', exceptionId: 2, beforeException: 'in_progress' } as const
  expect(withException(run, subject, side, told)).toEqual(side)
})

test('a resolved finding keeps an exception that the run did not load', () => {
  const side = { status: 'resolved', exceptionId: 2, beforeException: 'in_progress' } as const
  expect(withException(run, subject, side, told)).toEqual({
    status: 'resolved',
    exceptionId: null,
    beforeException: null,
  })
})

test('a loaded exception ends if it no longer covers the finding', () => {
  const side = { status: 'accepted', exceptionId: 1, beforeException: 'in_progress' } as const
  expect(withException(run, subject, side, told)).toMatchObject({ status: 'in_progress', exceptionId: null })
})
