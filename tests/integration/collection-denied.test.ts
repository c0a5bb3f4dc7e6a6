import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { getConnection } from '../../lib/queries/collection/connections'
import { accountCoverage, listCoverage } from '../../lib/queries/collection/coverage'
import { startRefusing } from '../support/aws/refusing'
import { addConnection } from '../support/connections'
import { accessFor } from '../support/organisation'
import { isRead, runUntil } from './support-collection'

const admin = accessFor('admin')
const account = '770000000030'
const sts = await startRefusing()
afterAll(async () => {
  sts.stop()
  await closeDatabase()
})

test('an organization whose role is missing shows that, and not an empty page', async () => {
  Object.assign(process.env, {
    HINOMI_AWS_ENDPOINT: sts.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'not-a-key',
  })
  const id = await addConnection([], { accountId: account })
  await runUntil(() => isRead(id))
  const { cells } = await accountCoverage(admin, account)
  expect(cells).toContainEqual(expect.objectContaining({ collector: 'organization', state: 'denied' }))
  expect(cells.filter(({ state }) => state !== 'denied')).toEqual([])
  expect((await listCoverage(admin, { text: '', state: ['denied'] }, null)).total).toBe(1)
  expect(await getConnection(admin, { id })).toMatchObject({ accounts: 1, ok: 0, failing: cells.length })
}, 120_000)
