import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { expectConsistent } from './support-check'
import { asff, at, complete, newAccount, partial, prowler } from './support-ingest'

afterAll(closeDatabase)

test('an empty database is consistent', expectConsistent)

test('what imports leave is consistent', async () => {
  const account = newAccount()
  await complete(
    [
      asff({ account }),
      asff({ account, resource: 'b', severity: 'CRITICAL' }),
      asff({ account, resource: 'c', status: 'PASSED' }),
    ],
    at(2),
  )
  await partial([prowler({ account }), prowler({ account, control: 's3_b', resource: 'd' })], at(2))
  await complete(
    [asff({ account, resource: 'c' }), asff({ account, resource: 'b', updatedAt: at(3), archived: true })],
    at(3),
  )
  await expectConsistent()
  expect(1).toBe(1)
})
