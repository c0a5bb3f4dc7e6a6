import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { at, complete, ingest, newAccount } from './support-ingest'

afterAll(closeDatabase)

const arnOf = (account: string, id = 'r-1') => `arn:aws:trustedadvisor::${account}:recommendation/${id}`

function summaries(account: string, change: Record<string, unknown> = {}, lastUpdatedAt = at(1)) {
  const recommendation = {
    arn: arnOf(account),
    name: 'Underutilized Amazon EBS Volumes',
    checkArn: 'arn:aws:trustedadvisor:::check/DAvU99Dc4C',
    source: 'ta_check',
    status: 'warning',
    pillars: ['cost_optimizing'],
    resourcesAggregates: { warningCount: 2 },
    lastUpdatedAt,
    ...change,
  }
  const fine = { ...recommendation, arn: arnOf(account, 'r-2'), status: 'ok', resourcesAggregates: { warningCount: 0 } }
  return {
    recommendationSummaries: [recommendation, { ...fine, checkArn: 'arn:aws:trustedadvisor:::check/Qch7DwouX1' }],
  }
}

function resources(account: string, ...ids: string[]) {
  return {
    recommendationResourceSummaries: ids.map(id => ({
      id,
      awsResourceId: id,
      regionCode: 'ap-northeast-1',
      status: 'warning',
      recommendationArn: arnOf(account),
      lastUpdatedAt: at(1),
    })),
  }
}

async function open(account: string): Promise<string[]> {
  const findings = await prisma().finding.findMany({
    where: { accountId: account, status: { not: 'resolved' } },
    orderBy: { resourceId: 'asc' },
  })
  return findings.map(({ control, resourceId }) => `${control} ${resourceId}`)
}

test('a recommendation without its resources is one finding of the account, and no record is refused', async () => {
  const account = newAccount()
  const first = await ingest(JSON.stringify(summaries(account)), { observedAt: at(2) })
  expect(first).toMatchObject({ accepted: 2, rejected: 0, created: 1, passed: 1 })
  expect(await open(account)).toEqual([`DAvU99Dc4C AWS::::Account:${account}`])
  expect(await ingest(JSON.stringify(summaries(account)), { observedAt: at(3) })).toMatchObject({ created: 0 })
})

test('its resources replace it, even in a separate report, and the same summary does not restore it', async () => {
  const account = newAccount()
  await ingest(JSON.stringify(summaries(account)), { observedAt: at(2) })
  const second = await ingest(JSON.stringify(resources(account, 'vol-a', 'vol-b')), { observedAt: at(3) })
  expect(second).toMatchObject({ created: 2, resolved: 1, passed: 0 })
  const volumes = ['recommendation/r-1 vol-a', 'recommendation/r-1 vol-b']
  expect(await open(account)).toEqual(volumes)
  await ingest(JSON.stringify(summaries(account)), { observedAt: at(4) })
  expect(await open(account)).toEqual(volumes)
})

test('a newer summary does not bring it back while its resources fail, and does once none is known', async () => {
  const account = newAccount()
  await ingest(JSON.stringify(resources(account, 'vol-a')), { observedAt: at(2) })
  await ingest(JSON.stringify(summaries(account, {}, at(3))), { observedAt: at(4) })
  expect(await open(account)).toEqual(['recommendation/r-1 vol-a'])
  const fixed = resources(account, 'vol-a')
  const [row] = fixed.recommendationResourceSummaries
  await ingest(JSON.stringify({ recommendationResourceSummaries: [{ ...row, status: 'ok', lastUpdatedAt: at(5) }] }), {
    observedAt: at(6),
  })
  expect(await open(account)).toEqual([])
  await ingest(JSON.stringify(summaries(account, {}, at(7))), { observedAt: at(8) })
  expect(await open(account)).toEqual([`DAvU99Dc4C AWS::::Account:${account}`])
})

test('the check result of the other API replaces its recommendation', async () => {
  const account = newAccount()
  await ingest(JSON.stringify(summaries(account, {}, at(1))), { observedAt: at(2) })
  const metadata = ['ap-northeast-1', 'vol-a', null, 'General Purpose (SSD)', '8', '$1', null, null, null]
  const flagged = { status: 'warning', region: 'ap-northeast-1', resourceId: 'x', metadata }
  const result = { checkId: 'DAvU99Dc4C', timestamp: at(3), status: 'warning', flaggedResources: [flagged] }
  await ingest(JSON.stringify({ result }), { account, observedAt: at(4) })
  await ingest(JSON.stringify(summaries(account, {}, at(5))), { observedAt: at(6) })
  expect(await open(account)).toEqual(['DAvU99Dc4C vol-a'])
})

test('its resources in the same report replace it under the name of the check', async () => {
  const account = newAccount()
  await ingest(JSON.stringify(summaries(account)), { observedAt: at(2) })
  const both = { ...summaries(account), ...resources(account, 'vol-a', 'vol-b') }
  expect(await ingest(JSON.stringify(both), { observedAt: at(3) })).toMatchObject({ created: 2, resolved: 1 })
  expect(await open(account)).toEqual(['DAvU99Dc4C vol-a', 'DAvU99Dc4C vol-b'])
})

test('a complete report of summaries resolves no missing resource, except of passed checks', async () => {
  const account = newAccount()
  await complete(JSON.stringify({ ...summaries(account), ...resources(account, 'vol-a') }), at(2))
  expect(await complete(JSON.stringify(summaries(account)), at(3))).toMatchObject({ resolved: 0 })
  expect(await open(account)).toEqual(['DAvU99Dc4C vol-a'])
  const clean = summaries(account, { status: 'ok', resourcesAggregates: { warningCount: 0 } }, at(4))
  expect(await complete(JSON.stringify(clean), at(5))).toMatchObject({ resolved: 1 })
  expect(await open(account)).toEqual([])
})

test('the summary of a check is a finding of the account until the result of the check comes', async () => {
  const account = newAccount()
  const check = { checkId: 'Pfx0RwqBli', timestamp: at(1), status: 'error' }
  const summary = JSON.stringify({ summaries: [{ ...check, hasFlaggedResources: true, resourcesSummary: {} }] })
  expect(await ingest(summary, { account, observedAt: at(2) })).toMatchObject({ rejected: 0, created: 1 })
  expect(await open(account)).toEqual([`s3_bucket_public_access AWS::::Account:${account}`])
  const metadata = ['us-east-1', 'us-east-1', 'my-bucket', 'No', 'No', 'Yellow', 'Yes', null]
  const flagged = { status: 'error', region: 'us-east-1', resourceId: 'x', metadata }
  const result = JSON.stringify({ result: { ...check, flaggedResources: [flagged] } })
  expect(await ingest(result, { account, observedAt: at(3) })).toMatchObject({ created: 1, resolved: 1, passed: 0 })
  await ingest(summary, { account, observedAt: at(4) })
  expect(await open(account)).toEqual(['s3_bucket_public_access arn:aws:s3:::my-bucket'])
})
