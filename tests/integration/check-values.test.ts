import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { checkWaf } from '../../lib/queries/check/collection/waf'
import { Differences } from '../../lib/queries/check/differences'
import { checkHistory } from '../../lib/queries/check/history'
import { checkImports } from '../../lib/queries/check/imports'
import { balancer, managed, override } from '../support/waf'
import { putEntrance } from '../support/waf-assets'
import { asff, at, complete, job, newAccount, prowler } from './support-ingest'

afterAll(closeDatabase)

async function differencesOf(check: (differences: Differences) => Promise<void>) {
  const differences = new Differences()
  await check(differences)
  return differences.named
}

test('values of a step are the same in any order: the database has its own', async () => {
  const account = newAccount()
  await prisma().account.create({ data: { id: account } })
  const overrides = { RuleActionOverrides: [override('SizeRestrictions_BODY', 'Count')] }
  await putEntrance(account, balancer(), [managed('None', overrides)], at(1))
  const [stored] = await prisma().entrance.findMany({ where: { accountId: account } })
  expect(stored?.step).toBe('remove_overrides')
  expect(Object.keys(Object(stored?.stepValues))).toEqual(['acl', 'more', 'rule', 'group', 'inner'])
  expect(await differencesOf(checkWaf)).toEqual([])
})

test('a source that found no problem does not say since when it exists', async () => {
  const account = newAccount()
  const passed = { ...asff({ account, status: 'PASSED' }), FirstObservedAt: '2025-01-01T00:00:00.000Z' }
  await complete([passed], at(1))
  await complete([prowler({ account })], at(2))
  // The second report settles the finding again.
  await complete([prowler({ account, severity: 'High', updatedAt: at(3) })], at(3))
  const [finding, ...others] = await prisma().finding.findMany({ where: { accountId: account } })
  expect(others).toEqual([])
  expect(finding?.firstObservedAt).toEqual(at(2))
  expect(await prisma().sighting.count({ where: { accountId: account, firstObservedAt: { lt: at(0) } } })).toBe(1)
  expect(await differencesOf(checkHistory)).toEqual([])
})

test('a finding that its source suppresses, or no longer suppresses, is updated by the import', async () => {
  const account = newAccount()
  await complete([asff({ account, updatedAt: at(1) })], at(1))
  const suppressed = await complete([asff({ account, suppressed: true, updatedAt: at(2) })], at(2))
  const shown = await complete([asff({ account, updatedAt: at(3) })], at(3))
  expect([suppressed.updated, shown.updated]).toEqual([1, 1])
  expect(await differencesOf(differences => checkImports(job, differences))).toEqual([])
})
