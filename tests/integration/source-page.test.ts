import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { feedsOfSource } from '../../lib/queries/feeds/feeds-of-source'
import { importsOfSource } from '../../lib/queries/imports/imports'
import { accessFor } from '../support/organisation'
import { asff, at, complete, newAccount, prowler } from './support-ingest'

afterAll(() => {
  setClock()
  return closeDatabase()
})

test('a source shows when each account reported, how often it does, and what came last', async () => {
  const [silent, daily] = [newAccount(), newAccount()]
  await complete([asff({ account: silent })], at(1))
  const days = [1, 2, 3, 4].map(day => at(day))
  let last = 0
  for (const day of days) last = (await complete([asff({ account: daily, updatedAt: day })], day)).id
  await complete([prowler({ account: daily })], at(5))
  const access = accessFor('admin', { accounts: [silent, daily] })
  setClock(() => at(13))
  const { rows, total } = await feedsOfSource(access, 'security-hub')
  expect(total).toBe(2)
  expect(new Set(rows.map(row => row.accountId))).toEqual(new Set([silent, daily]))
  expect(rows.find(row => row.accountId === daily)).toMatchObject({
    lastAt: at(4),
    lastImportId: last,
    usualMs: 24 * 3_600_000,
    silent: true,
  })
  expect(rows.find(row => row.accountId === silent)).toMatchObject({ usualMs: null, lastAt: at(1) })
  const imports = await importsOfSource(access, 'security-hub', 3)
  expect(imports.map(({ id }) => id)).toEqual([last, last - 1, last - 2])
  expect((await feedsOfSource(accessFor('admin', { accounts: [silent] }), 'security-hub')).total).toBe(1)
})
