import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { at, complete, everything, job, newAccount, ordersOfThree, partial } from './support-ingest'

afterAll(closeDatabase)

/** The AWS Config report of one rule with its failed resources. */
function rule(name: string, ...resources: string[]): string {
  const EvaluationResults = resources.map(resource => ({
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: name, ResourceType: 'AWS::EC2::Instance', ResourceId: resource },
    },
    ComplianceType: 'NON_COMPLIANT',
  }))
  return JSON.stringify({ EvaluationResults })
}

/** [resource, status, opened, closed] of the findings of an account. Days of June. */
async function lives(account: string) {
  const rows = await prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceId: 'asc' } })
  return rows.map(row => [row.resourceId, row.status, row.openedAt.getUTCDate(), row.resolvedAt?.getUTCDate() ?? null])
}

test.each(ordersOfThree)('reports of one rule have the same result in any order: %i %i %i', async (...order) => {
  const account = newAccount()
  const reports = [
    () => complete(rule('our-rule', 'i-1', 'i-2'), at(4), { account }),
    () => complete(rule('our-rule', 'i-1', 'i-3'), at(7), { account }),
    () => complete(rule('our-rule', 'i-1'), at(10), { account }),
  ]
  for (const index of order) await reports[index]?.()
  expect(await lives(account)).toEqual([
    ['i-1', 'new', 4, null],
    ['i-2', 'resolved', 4, 7],
    ['i-3', 'resolved', 7, 10],
  ])
})

test('a newer report of another rule, or a partial one, makes no record late', async () => {
  const account = newAccount()
  await complete(rule('their-rule', 'i-9'), at(10), { account })
  await partial(rule('our-rule', 'i-1'), at(10), { account })
  await complete(rule('our-rule', 'i-1', 'i-2'), at(4), { account })
  expect(await lives(account)).toEqual([
    ['i-1', 'new', 4, null],
    ['i-2', 'new', 4, null],
    ['i-9', 'new', 10, null],
  ])
})

test('a late report of one rule backdates no resolution that another report contradicts', async () => {
  const account = newAccount()
  await complete(rule('our-rule', 'i-1', 'i-2'), at(2), { account, region: 'us-east-1' })
  await complete(rule('their-rule', 'i-1'), at(2), { account, region: 'us-east-1' })
  await complete(rule('our-rule', 'i-3'), at(10), { account, region: 'us-east-1' })
  await complete(rule('their-rule', 'i-3'), at(10), { account, region: 'us-east-1' })
  await complete(rule('our-rule', 'i-3'), at(5), { account, region: 'us-east-1' })
  expect((await lives(account)).filter(([, status]) => status === 'resolved')).toEqual([
    ['i-1', 'resolved', 2, 5],
    ['i-1', 'resolved', 2, 10],
    ['i-2', 'resolved', 2, 5],
  ])
})

test('an identical report of a rule writes only its time', async () => {
  const account = newAccount()
  await complete(rule('our-rule', 'i-1'), at(4), { account })
  const before = await everything()
  const observed = () => prisma().sighting.findMany({ where: { accountId: account }, select: { observedAt: true } })
  expect(await complete(rule('our-rule', 'i-1'), at(6), { account })).toMatchObject({ unchanged: 1 })
  expect(await everything()).toEqual(before)
  expect(await observed()).toEqual([{ observedAt: at(4) }])
  const { id } = await prisma().finding.findFirstOrThrow({ where: { accountId: account } })
  expect((await getFinding(job, toFindingId(account, id))).sightings).toMatchObject([{ confirmedAt: at(6) }])
})
