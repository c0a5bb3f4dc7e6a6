import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { at, complete, ingest, newAccount, rejectsOf } from './support-ingest'

afterAll(closeDatabase)

function evaluation(resource: string, rule = 'ec2-imdsv2-check', ComplianceType = 'NON_COMPLIANT') {
  const EvaluationResultQualifier = { ConfigRuleName: rule, ResourceType: 'AWS::EC2::Instance', ResourceId: resource }
  return { EvaluationResultIdentifier: { EvaluationResultQualifier }, ComplianceType }
}
const report = (...results: unknown[]) => JSON.stringify({ EvaluationResults: results })

test('a report without an account belongs to the account that its sender gives', async () => {
  const account = newAccount()
  const unnamed = await ingest(report(evaluation('i-1')))
  expect(unnamed).toMatchObject({ state: 'done', read: 1, accepted: 0, rejected: 1 })
  expect(await rejectsOf(unnamed.id)).toEqual({ 0: 'no_account' })
  expect(await ingest(report(evaluation('i-1')), { account })).toMatchObject({ accepted: 1, created: 1 })
  expect(await prisma().finding.findMany({ where: { accountId: account } })).toMatchObject([
    { control: 'EC2.8', resourceId: 'i-1', sources: ['config'] },
  ])
})

test('the same bytes about another account are another import', async () => {
  const [one, other] = [newAccount(), newAccount()]
  const bytes = report(evaluation('i-7'))
  const first = await ingest(bytes, { account: one, force: false })
  const second = await ingest(bytes, { account: other, force: false })
  expect(second.id).not.toBe(first.id)
  expect(second).toMatchObject({ created: 1, accounts: [other] })
  expect((await ingest(bytes, { account: one, force: false })).id).toBe(first.id)
})

test('a complete report of one rule does not affect another', async () => {
  const account = newAccount()
  await complete(report(evaluation('i-1', 'rule-a'), evaluation('i-2', 'rule-a')), at(2), { account })
  await complete(report(evaluation('i-1', 'rule-b'), evaluation('i-2', 'rule-b')), at(3), { account })
  const open = () =>
    prisma().finding.findMany({
      where: { accountId: account, status: 'new' },
      select: { control: true, resourceId: true },
      orderBy: [{ control: 'asc' }, { resourceId: 'asc' }],
    })
  expect(await open()).toHaveLength(4)
  expect(await complete(report(evaluation('i-1', 'rule-a')), at(4), { account })).toMatchObject({ resolved: 1 })
  expect(await open()).toEqual([
    { control: 'rule-a', resourceId: 'i-1' },
    { control: 'rule-b', resourceId: 'i-1' },
    { control: 'rule-b', resourceId: 'i-2' },
  ])
  // What the other rule said before is no older than what this one says now.
  const late = report(evaluation('i-1', 'rule-b', 'COMPLIANT'), evaluation('i-2', 'rule-b'))
  expect(await complete(late, at(3, 12), { account })).toMatchObject({ resolved: 1 })
  // An older report of the same rule still overwrites nothing.
  const older = report(evaluation('i-1', 'rule-a', 'COMPLIANT'))
  expect(await complete(older, at(3), { account })).toMatchObject({ resolved: 0 })
})

test('the same bytes of a feed are not skipped for another account', async () => {
  const [one, other] = [newAccount(), newAccount()]
  const results = Array.from({ length: 40 }, (_, n) => evaluation(`i-${n}`))
  await complete(report(...results), at(2), { account: one })
  expect(await complete(report(...results), at(3), { account: other })).toMatchObject({ created: 40 })
  expect(await complete(report(...results), at(4), { account: one })).toMatchObject({ unchanged: 40 })
})

test('echoes are refused, and do not stop a complete report from resolving missing findings', async () => {
  const account = newAccount()
  await complete(report(evaluation('i-1'), evaluation('i-2')), at(2), { account })
  const echo = evaluation('i-2', 'securityhub-ec2-imdsv2-check-0011')
  const second = await complete(report(evaluation('i-1'), echo), at(3), { account })
  expect(second).toMatchObject({ accepted: 1, rejected: 1, resolved: 1 })
  expect(await rejectsOf(second.id)).toEqual({ 1: 'echo' })
})

test('resources of Trusted Advisor stay open while a complete report contains them with their recommendations', async () => {
  const account = newAccount()
  const arn = `arn:aws:trustedadvisor::${account}:recommendation/r-1`
  const of = (...ids: string[]) =>
    JSON.stringify({
      checks: [{ id: 'Pfx0RwqBli', name: 'Amazon S3 Bucket Permissions', category: 'security', metadata: [] }],
      recommendationSummaries: [
        {
          arn,
          name: 'Amazon S3 Bucket Permissions',
          checkArn: 'arn:aws:trustedadvisor:::check/Pfx0RwqBli',
          status: 'error',
          resourcesAggregates: { errorCount: ids.length },
        },
      ],
      recommendationResourceSummaries: ids.map(id => ({
        id,
        awsResourceId: id,
        status: 'error',
        recommendationArn: arn,
      })),
    })
  expect(await complete(of('bucket-a', 'bucket-b'), at(2))).toMatchObject({ accepted: 2, rejected: 0, created: 2 })
  expect(await complete(of('bucket-a', 'bucket-b'), at(3))).toMatchObject({ accepted: 2, resolved: 0 })
  expect(await complete(of('bucket-a'), at(4))).toMatchObject({ accepted: 1, resolved: 1 })
})

test('a list of checks is refused, and resolves nothing', async () => {
  const account = newAccount()
  const result = (...ids: string[]) =>
    JSON.stringify({
      checkId: 'Pfx0RwqBli',
      status: 'error',
      flaggedResources: ids.map(resourceId => ({ resourceId, status: 'error' })),
    })
  const checks = JSON.stringify({ checks: [{ id: 'x', name: 'X', category: 'security', metadata: [] }] })
  await complete(result('bucket-a', 'bucket-b'), at(2), { account })
  const second = await complete(`${checks}\n${result('bucket-a')}`, at(3), { account })
  expect(second).toMatchObject({ accepted: 1, rejected: 1, resolved: 1 })
  expect(await rejectsOf(second.id)).toEqual({ 0: 'check_list' })
})
